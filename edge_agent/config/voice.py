"""What is said aloud, to whom, and how loud."""

import re
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from contract.messages import Name
from edge_agent.config.basics import Fraction, Seconds, Section
from edge_agent.config.places import PlacedPath, SinkText
from edge_agent.config.times import WindowConfig

_UNKNOWN: Final = "unknown_placeholder"
_UNREADABLE: Final = "not_pinyin"


def _plain(text: str) -> str:
    return _with_placeholders(text, {"place"})


def _personal(text: str) -> str:
    return _with_placeholders(text, {"name", "class", "place"})


def _with_placeholders(text: str, known: set[str]) -> str:
    if not set(re.findall(r"\{([^}]*)\}", text)) <= known:
        listed = " ".join(f"{{{name}}}" for name in sorted(known))
        raise PydanticCustomError(_UNKNOWN, "only the placeholders {listed}", {"listed": listed})
    return text


def _pinyin(text: str) -> str:
    if not re.fullmatch(r"[a-zü]+[1-5]( [a-zü]+[1-5])*", text):
        raise PydanticCustomError(_UNREADABLE, "pinyin with tone numbers, like chan2 yu2")
    return text


SpokenText = Annotated[str, Field(min_length=1, max_length=200)]
Pinyin = Annotated[str, Field(max_length=200), AfterValidator(_pinyin)]


class VolumeConfig(WindowConfig):
    """How loud it is in some hours."""

    volume: Fraction = Field(description="该时段音量 / volume in these hours, 0 to 1")


class VoiceConfig(Section):
    """What is said aloud, to whom, and how loud."""

    enabled: bool = Field(default=True, description="是否喊话 / whether it speaks at all")
    rate: int = Field(default=150, ge=60, le=400, description="语速,词每分钟 / words a minute")
    volume: Fraction = Field(default=1.0, description="音量 / volume, 0 to 1")
    volumes: Annotated[tuple[VolumeConfig, ...], Field(max_length=32)] = Field(
        default=(), description="分时段音量,先写的优先 / volume by hours; the first that holds"
    )
    least_urgent_volume: Fraction = Field(
        default=0.6, description="救命喊话的最低音量 / warnings that save lives: never below"
    )
    boost_db: float = Field(
        default=0.0, ge=0.0, le=20.0, description="增益,峰值受限 / gain before the volume, limited"
    )
    phrases: dict[Name, Annotated[SpokenText, AfterValidator(_plain)]] = Field(
        default_factory=dict,
        description="按编号改写喊话内容,可用 {place} / texts by phrase id, in place of ours",
    )
    naming: Literal["none", "class", "name_and_class"] = Field(
        default="none",
        description="称呼方式,还须监护人同意 / whom it may name, where the guardian agreed",
    )
    address: Annotated[SpokenText, AfterValidator(_personal)] = Field(
        default="{class}{name}同学,",
        description="点名时放在喊话前 / said before a phrase, to somebody who may be named",
    )
    named_phrases: dict[Name, Annotated[SpokenText, AfterValidator(_personal)]] = Field(
        default_factory=dict,
        description="点名时整句改写,可用 {name} {class} {place} / whole texts with a name in them",
    )
    place: str = Field(default="", max_length=50, description="喊话中的地名 / {place}, as spoken")
    readings: dict[Annotated[str, Field(min_length=1, max_length=50)], Pinyin] = Field(
        default_factory=dict,
        description="读音更正,如 长湖 = chang2 hu2 / pinyin of words that are misread",
    )
    stale_s: Seconds = Field(
        default=10.0,
        description="等候超过此秒数且已另有喊话则作废 / a warning that waited longer is dropped",
    )
    named_bytes: int = Field(
        default=16_777_216,
        ge=0,
        le=268_435_456,
        description="称呼录音占用内存上限 / memory for the sounds with names, at most",
    )
    keep_days: float = Field(
        default=30.0, ge=0.0, le=3650.0, description="喊话记录保存天数 / days what was said is kept"
    )
    clips_dir: PlacedPath = Field(
        default=Path("voice"), validate_default=True, description="录音目录 / recorded clips"
    )
    sink: Annotated[SinkText, Field(min_length=1)] = Field(
        default="default",
        description="声卡名,或 file:目录 / audio device, or file:DIR for WAV files",
    )
