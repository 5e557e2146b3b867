"""Section of `central.toml` about devices. The plan names no figure: these are ours."""

from typing import Annotated

from pydantic import Field

from central.config.section import Section


class FleetSection(Section):
    """How long a device may be silent before a case is opened for it."""

    silent_minutes: Annotated[int, Field(ge=3, le=1440)] = 15
