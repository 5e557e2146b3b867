"""What is said aloud, and how."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from contract.messages import Name
from edge_agent.config.basics import Fraction, Section
from edge_agent.config.places import PlacedPath, SinkText


class VoiceConfig(Section):
    """What is said aloud, and how."""

    enabled: bool = Field(default=True, description="是否喊话 / whether it speaks at all")
    rate: int = Field(default=150, ge=60, le=400, description="语速,词每分钟 / words a minute")
    volume: Fraction = Field(default=1.0, description="音量 / volume, 0 to 1")
    phrases: dict[Name, Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=dict,
        description="按编号改写喊话内容 / texts by phrase id, in place of ours",
    )
    clips_dir: PlacedPath = Field(
        default=Path("voice"), validate_default=True, description="录音目录 / recorded clips"
    )
    sink: Annotated[SinkText, Field(min_length=1)] = Field(
        default="default",
        description="声卡名,或 file:目录 / audio device, or file:DIR for WAV files",
    )
