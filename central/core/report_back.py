"""What a report-back must hold, and what it holds: words, pictures, a place, an outcome."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from central.core.naming import Words
from contract.topics import SHA256_PATTERN

MOST_PHOTOS = 9
Sha256 = Annotated[str, Field(pattern=SHA256_PATTERN)]
OutcomeCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
OutcomeWords = Annotated[str, Field(min_length=1, max_length=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(_Strict):
    """One way in which a task may end."""

    zh: OutcomeWords
    en: OutcomeWords


class Demand(_Strict):
    """What a playbook asks of a report-back. The words of the note are always asked for."""

    text_min: int = Field(default=2, ge=1, le=500, description="characters")
    photos: int = Field(default=0, ge=0, le=MOST_PHOTOS, description="at least so many")
    place: bool = Field(default=False, description="where it was, on the map")
    outcomes: Mapping[OutcomeCode, Outcome] = Field(
        default_factory=dict, description="one of these; none: no outcome is asked for"
    )
    outcome_optional: bool = Field(default=False, description="it may be left out")
    public_result: bool = Field(
        default=False, description="what guardians are told of the result, once it is verified"
    )
    attended: bool = Field(default=False, description="how many came")
    plan: bool = Field(default=False, description="the school's plan, renewed since")


class Place(_Strict):
    """Where, in WGS-84 degrees."""

    lat: float = Field(ge=-90.0, le=90.0)
    lon: float = Field(ge=-180.0, le=180.0)


class Report(_Strict):
    """What somebody reports back, beside the note."""

    photos: tuple[Sha256, ...] = Field(default=(), max_length=MOST_PHOTOS)
    place: Place | None = None
    outcome: OutcomeCode | None = None
    public_result: str | None = Field(default=None, min_length=5, max_length=500)
    attended: int | None = Field(default=None, ge=0, le=100_000)


NOTHING_MORE = Report()
"""The note is all."""


def missing(demand: Demand, note: str, report: Report) -> list[Words]:
    """Say what is still missing, in words for whoever fills it in."""
    known = "、".join(f"{code}（{one.zh}）" for code, one in demand.outcomes.items())
    known_en = ", ".join(f"{code} ({one.en})" for code, one in demand.outcomes.items())
    is_left_out = demand.outcome_optional and report.outcome is None
    lacks: list[tuple[bool, Words]] = [
        (len(note) < demand.text_min,
         (f"说明至少 {demand.text_min} 个字", f"a note of {demand.text_min} characters or more")),
        (len(set(report.photos)) < demand.photos,
         (f"照片至少 {demand.photos} 张", f"{demand.photos} photo(s) or more")),
        (demand.place and report.place is None, ("地点", "the place")),
        (bool(demand.outcomes) and not is_left_out and report.outcome not in demand.outcomes,
         (f"结果，取其一：{known}", f"an outcome, one of: {known_en}")),
        (not demand.outcomes and report.outcome is not None,
         ("本任务不分结果，请去掉 outcome", "no outcome: this task has none")),
        (demand.public_result and report.public_result is None,
         ("公布给家长的处置结果 public_result", "the result for guardians (public_result)")),
        (not demand.public_result and report.public_result is not None,
         ("本任务不向家长公布，请去掉 public_result", "no public_result: nothing is made known")),
        (demand.attended and report.attended is None,
         ("到课人数 attended", "how many came (attended)")),
    ]  # fmt: skip
    return [words for is_so, words in lacks if is_so]
