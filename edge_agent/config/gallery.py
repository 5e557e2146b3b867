"""Whom the device may match: where its keys lie, and when it forgets."""

from pathlib import Path

from pydantic import Field

from edge_agent.config.basics import Section
from edge_agent.config.places import PlacedPath


class GalleryConfig(Section):
    """The gallery that central delivers; without it faces are matched with nobody."""

    key_dir: PlacedPath = Field(
        default=Path("/run/huxiao"),
        description="密钥目录,断电即失 / the keys' folder; in memory, so that power off forgets",
    )
    max_silence_days: float = Field(
        default=7.0,
        gt=0.0,
        le=366.0,
        description="与平台失联多少天后清空 / wiped after so many days without contact",
    )
    enrolment_key_file: PlacedPath | None = Field(
        default=None,
        description="登记时加密用的平台公钥 / central's key, to which an enrolment is sealed",
    )
