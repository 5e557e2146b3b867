"""Section of `central.toml` about the duty roster. The plan names no figure: these are ours."""

from typing import Annotated, Literal

from pydantic import Field

from central.config.section import Section

CoverName = Literal["always", "work", "school", "never"]


class DutySection(Section):
    """How far ahead gaps are looked for, how soon they are told, and when a unit must be manned.

    `cover` is by unit or by kind of unit: `{school = "school", culture = "work"}`.
    """

    look_ahead_days: Annotated[int, Field(ge=1, le=60)] = 14
    tell_days_ahead: Annotated[int, Field(ge=0, le=60)] = 3
    cover: dict[str, CoverName] = Field(default_factory=dict)
