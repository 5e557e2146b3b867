"""Mind care through the API: refer, grade, read with a reason, write down, erase."""

from typing import Any

from apiflask import APIBlueprint
from werkzeug.exceptions import Forbidden, NotFound

from central.core.care import Record, Work, published
from central.core.courses import named_term, term_of
from central.core.local_time import midnight_ms
from central.core.people import Role
from central.incidents.caring import CareDesk
from central.web import here
from central.web.api import care_shapes, forms
from central.web.showing import rfc3339

api = APIBlueprint("api_care", __name__, url_prefix="/api/v1/care", tag="mind care")

SEES_COUNTS = frozenset({Role.DUTY_OFFICER, Role.DISTRICT_ADMIN, Role.PSYCHOLOGIST})


@api.get("/referrals")
@api.output(care_shapes.ReferralsOut)
def list_referrals() -> dict[str, Any]:
    """List the referrals that the caller's unit has a task in, without content."""
    rows = desk().mine(here.actor())
    return {"items": [forms.shaped(care_shapes.ReferralOut, row) for row in rows]}


@api.post("/referrals")
@api.input(care_shapes.ReferralWanted)
@api.output(care_shapes.ReferredOut, status_code=201)
def post_referral(json_data: care_shapes.ReferralWanted) -> dict[str, Any]:
    """Refer a pupil; the case that opens knows nothing of what is said here."""
    return {"referral_id": desk().refer(here.actor(), json_data.child, json_data.referral)}


@api.post("/assessments")
@api.input(care_shapes.AssessmentWanted)
@api.output(care_shapes.AssessedOut)
def post_assessment(json_data: care_shapes.AssessmentWanted) -> dict[str, Any]:
    """Bring the results of a test at the start of term; a psychologist of the school does."""
    who = here.actor()
    if who.role is not Role.PSYCHOLOGIST:
        raise Forbidden
    return {"referred": desk().assess(who, json_data.unit_code, json_data.rows)}


@api.post("/referrals/<referral_id>/read")
@api.input(care_shapes.LookWanted)
@api.output(care_shapes.ContentOut)
def post_read(referral_id: str, json_data: care_shapes.LookWanted) -> dict[str, Any]:
    """Read a referral: who reads it says why, and that is kept."""
    opened = desk().read(here.actor(), referral_id, json_data.reason)
    return {
        "referral_id": opened.referral_id,
        "child": opened.child.model_dump(mode="json"),
        "referral": opened.referral.model_dump(mode="json"),
        "records": [
            {"at": rfc3339(at), "by": by, **record.model_dump(mode="json")}
            for at, by, record in opened.records
        ],
    }


@api.post("/referrals/<referral_id>/records")
@api.input(care_shapes.RecordWanted)
@api.output(care_shapes.ReferredOut)
def post_record(referral_id: str, json_data: care_shapes.RecordWanted) -> dict[str, Any]:
    """Grade a referral, or write down an intervention, a re-assessment, the closing."""
    record = Record(**json_data.model_dump())
    do = desk().grade if record.kind is Work.GRADE else desk().write
    do(here.actor(), referral_id, record)
    return {"referral_id": referral_id}


@api.post("/referrals/<referral_id>/erase")
@api.output(care_shapes.ReferredOut)
def post_erase(referral_id: str) -> dict[str, Any]:
    """Erase the child of a referral: its key is destroyed, so that copies forget too."""
    desk().erase(here.actor(), referral_id)
    return {"referral_id": referral_id}


@api.get("/referrals/<referral_id>/looks")
@api.output(care_shapes.LooksOut)
def get_looks(referral_id: str) -> dict[str, Any]:
    """List who looked at a referral and why, for the data protection officer."""
    if here.actor().role is not Role.DPO:
        raise Forbidden
    care = desk().care
    rows = care.looks(referral_id)
    items = [row | {"at": rfc3339(int(row["at"]))} for row in rows]
    return {"items": items, "is_chained": care.is_chained()}


@api.get("/statistics")
@api.input(care_shapes.GradesAsked, location="query")
@api.output(care_shapes.GradesOut)
def get_statistics(query_data: care_shapes.GradesAsked) -> dict[str, Any]:
    """Count by grade and school in multiples of five; sums are of what is shown."""
    if here.actor().role not in SEES_COUNTS:
        raise Forbidden
    term = named_term(query_data.term) if query_data.term else term_of(here.now_ms())
    cells = published(desk().care.grades(midnight_ms(term.begins), midnight_ms(term.ends)))
    by_school: dict[str, dict[str, int]] = {}
    by_grade: dict[str, int] = {}
    for (school, grade), count in sorted(cells.items()):
        by_school.setdefault(school, {})[grade] = count
        by_grade[grade] = by_grade.get(grade, 0) + count
    return {"term": term.name, "by_grade": by_grade, "by_school": by_school}


def desk() -> CareDesk:
    """Give where referrals are made and read; 404 where the district keeps none."""
    care = here.settings().care
    if care is None:
        raise NotFound
    return CareDesk(here.store(), care, here.now_ms(), here.settings().playbooks)
