"""Whom a case is about: seen as far as one may, named, verified; and what verifying taught."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from central.adapters.registry.roster import unknown_pupil
from central.adapters.store import audit, pupils, subjects
from central.core.subjects import Finding
from central.incidents.verifying import Verification, name_subject, verify_subject
from central.web import here, looking, subjects_shown
from central.web.api import forms
from central.web.api.incidents import moment
from central.web.api.shapes import Moment, Shape

api = APIBlueprint("api_subjects", __name__, url_prefix="/api/v1", tag="subjects")

YEAR_MS = 365 * 24 * 3600 * 1000


class SubjectOut(Shape):
    """Somebody whom a case is about; name and school only for those who may know them."""

    subject_id: str
    pupil_id: str | None
    is_pupil: bool
    entry_id: str | None
    how: str
    certainty: str
    similarity: float | None
    votes: int | None
    frames: int | None
    finding: str | None
    found_by: str | None
    found_at: str | None
    note: str
    name: str | None
    class_name: str | None
    unit_code: str | None
    age_zh: str | None
    age_en: str | None
    may_verify: bool


class SubjectsOut(Shape):
    """All of one case."""

    items: list[SubjectOut]


def _one_of(schema: JsonDict) -> None:
    """Describe a shape as one that has exactly one of its fields."""
    fields = schema.pop("properties")
    if isinstance(fields, dict):
        schema["oneOf"] = [
            {"type": "object", "properties": {name: field}, "required": [name],
             "additionalProperties": False}
            for name, field in fields.items()
        ]  # fmt: skip
    for key in ("type", "additionalProperties"):
        schema.pop(key)


class NamingWanted(Shape):
    """A pupil of one's own whom the case is about: by id, or by the school's own number."""

    model_config = ConfigDict(json_schema_extra=_one_of)

    pupil_id: str = Field(default="", min_length=1, max_length=64)
    school_no: str = Field(default="", min_length=1, max_length=32)

    @model_validator(mode="after")
    def _one_way(self) -> "NamingWanted":
        if len(self.model_fields_set) != 1:
            msg = "恰用一种方式 / exactly one of pupil_id and school_no"
            raise ValueError(msg)
        return self


class VerificationWanted(Shape):
    """What somebody found about one person."""

    finding: Finding
    note: str = Field(default="", max_length=500)


class SinceAsked(Shape):
    """Since when; without it, the last year."""

    since: Moment | None = None


class VenuesAsked(SinceAsked):
    """Which venues repeat."""

    least: int = Field(default=2, ge=1, le=1000)


class FalseMatchOut(Shape):
    """One device: how many matches people verified, and how many were somebody else."""

    device_id: str
    verified: int
    false_matches: int
    lowest_right: float | None
    highest_wrong: float | None


class FalseMatchesOut(Shape):
    """By device."""

    items: list[FalseMatchOut]


class VenueOut(Shape):
    """A venue in which minors were found again and again."""

    site_id: str
    name_zh: str
    name_en: str
    verified_cases: int
    last_at: str


class VenuesOut(Shape):
    """The worst first."""

    items: list[VenueOut]


@api.get("/incidents/<incident_id>/subjects")
@api.output(SubjectsOut)
def list_subjects(incident_id: str) -> dict[str, Any]:
    """List whom a case is about, as far as the caller may know; a name that is shown is kept."""
    with here.store().reading() as connection:
        looking.case(connection, incident_id)
    return _all(incident_id)


@api.post("/incidents/<incident_id>/subjects")
@api.input(NamingWanted)
@api.output(SubjectsOut, status_code=201)
def post_subject(incident_id: str, json_data: NamingWanted) -> dict[str, Any]:
    """Say that a case is about a pupil of one's own school."""
    who = here.actor()
    with here.store().transaction() as connection:
        looking.case(connection, incident_id)
        if json_data.pupil_id:
            pupil = pupils.found(connection, json_data.pupil_id)
        else:
            pupil = pupils.by_school_no(connection, who.unit_code, json_data.school_no)
        if pupil is None:
            raise unknown_pupil(json_data.pupil_id or json_data.school_no)
        name_subject(connection, who, incident_id, pupil, here.now_ms())
    return _all(incident_id)


@api.post("/incidents/<incident_id>/subjects/<subject_id>/verify")
@api.input(VerificationWanted)
@api.output(SubjectsOut)
def post_verification(
    incident_id: str, subject_id: str, json_data: VerificationWanted
) -> dict[str, Any]:
    """Say what was found on the spot: confirmed, not the person, or left."""
    found = Verification(subject_id, json_data.finding, json_data.note)
    with here.store().transaction() as connection:
        looking.case(connection, incident_id)
        verify_subject(connection, here.actor(), incident_id, found, here.now_ms())
    return _all(incident_id)


@api.get("/statistics/false-matches")
@api.input(SinceAsked, location="query")
@api.output(FalseMatchesOut)
def list_false_matches(query_data: SinceAsked) -> dict[str, Any]:
    """Count by device the matches that people found to be somebody else."""
    with here.store().reading() as connection:
        rows = subjects.false_matches(connection, here.actor(), _since(query_data))
    return {"items": [forms.shaped(FalseMatchOut, row) for row in rows]}


@api.get("/statistics/repeat-venues")
@api.input(VenuesAsked, location="query")
@api.output(VenuesOut)
def list_repeat_venues(query_data: VenuesAsked) -> dict[str, Any]:
    """List the venues in which minors were found in several verified cases; that look is kept."""
    who, now_ms = here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        audit.append(connection, now_ms, who.actor_id, "look", "repeat-venues")
        rows = subjects.repeat_venues(connection, who, _since(query_data), query_data.least)
    return {"items": [forms.shaped(VenueOut, row) for row in rows]}


def _all(incident_id: str) -> dict[str, Any]:
    rows = subjects_shown.of_incident(incident_id)
    return {"items": [forms.shaped(SubjectOut, row) for row in rows]}


def _since(asked: SinceAsked) -> int:
    return moment(asked.since) if asked.since is not None else here.now_ms() - YEAR_MS
