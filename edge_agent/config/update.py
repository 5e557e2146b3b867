"""When releases may be installed, and whose are believed."""

from datetime import time
from pathlib import Path

from pydantic import Field

from edge_agent.config.basics import Section
from edge_agent.config.places import PlacedPath
from edge_agent.config.times import Hours, WindowConfig


class UpdateConfig(Section):
    """Releases: which keys sign them, where they lie, when nothing is touched."""

    root: Path = Field(
        default=Path("/opt/huxiao"), description="程序目录 / where slots and `current` are"
    )
    keys_file: PlacedPath | None = Field(
        default=None, description="发布公钥(两把)/ the two keys of which one signs a release, PEM"
    )
    guarded: Hours = Field(
        default=(WindowConfig(start=time(6), until=time(22)),),
        description="值守时段,不更新 / hours in which nothing is installed",
    )
