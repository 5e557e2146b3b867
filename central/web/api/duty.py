"""The duty roster 值班表, absences, hand-overs 交接班, gaps, and what reaches nobody."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import Field
from uuid_utils import uuid7
from werkzeug.exceptions import Forbidden

from central.adapters.store import audit, checks, duty
from central.core.duty import Absence, Shift
from central.core.duty_rights import may_read
from central.core.duty_rows import RowError, read_row
from central.incidents import duty as telling
from central.incidents import rostering
from central.web import here
from central.web.api import shapes
from central.web.api.incidents import moment
from central.web.showing import rfc3339

api = APIBlueprint("api_duty", __name__, url_prefix="/api/v1", tag="duty")


class RowWanted(shapes.Shape):
    """One row, in the words of the roster's file."""

    unit: str = Field(max_length=64)
    role: str = Field(max_length=32)
    username: str = Field(max_length=64)
    from_: str = Field(alias="from", max_length=40, description="2026-12-01 or 2026-12-01T08:00")
    to: str = Field(default="", max_length=40)
    weekdays: str = Field(default="", max_length=40, description="1-5 or 1,3,7; 1 is Monday")
    hours: str = Field(default="", max_length=40, description="08:00-20:00, past midnight too")
    days: str = Field(default="", max_length=20, description="all, work, rest, school")


class ShiftMade(shapes.Shape):
    """The row's id."""

    shift_id: str


class RosterAsked(shapes.Shape):
    """Of which unit; without it, one's own."""

    unit: str = ""


class AbsenceWanted(shapes.Shape):
    """Somebody is away."""

    username: str = Field(max_length=64)
    from_: shapes.Moment = Field(alias="from")
    to: shapes.Moment
    stand_in: str | None = Field(default=None, max_length=64)


class AbsenceMade(shapes.Shape):
    """The absence's id."""

    absence_id: str


class HandoverWanted(shapes.Shape):
    """To whom of the same unit, and what they have to know."""

    to: str = Field(max_length=64)
    note: str = Field(min_length=1, max_length=2000)


class HandoverMade(shapes.Shape):
    """The hand-over's id."""

    handover_id: str


@api.get("/duty")
@api.input(RosterAsked, location="query")
@api.output(shapes.Items)
def list_roster(query_data: RosterAsked) -> dict[str, Any]:
    """List a unit's roster, and who is on duty now."""
    unit_code = _readable(query_data.unit)
    with here.store().reading() as connection:
        rows = duty.shifts(connection, here.now_ms(), unit_code)
        found = [telling.whom(connection, unit_code, {role}, here.now_ms())
                 for role in {row.role for row in rows}]  # fmt: skip
    on = {telling.username_of(person) for one in found if one.how == "roster"
          for person in one.people}  # fmt: skip
    return {"items": [_shift(row) | {"is_on_duty": row.username in on} for row in rows]}


@api.post("/duty")
@api.input(RowWanted)
@api.output(ShiftMade, status_code=201)
def add_row(json_data: RowWanted) -> dict[str, Any]:
    """Add one row to a unit's roster."""
    given = json_data.model_dump(by_alias=True)
    try:
        shift = read_row(given, str(uuid7()))
    except RowError as error:
        raise rostering.RosterError(str(error), str(error)) from None
    with here.store().transaction() as connection:
        rostering.put_roster(connection, here.actor(), [(1, shift)], here.now_ms())
    return {"shift_id": shift.shift_id}


@api.delete("/duty/<uuid:shift_id>")  # what is no id is another resource, with its own methods
@api.output({}, status_code=204)
def drop_row(shift_id: UUID) -> str:
    """Take one row back."""
    with here.store().transaction() as connection:
        rostering.drop(connection, here.actor(), str(shift_id), here.now_ms())
    return ""


@api.get("/duty/gaps")
@api.output(shapes.Items)
def list_gaps() -> dict[str, Any]:
    """List the hours ahead in which nobody is on duty: of one's own unit, or of all."""
    who = here.actor()
    unit_code = None if who.is_district_wide else _readable("")
    with here.store().reading() as connection:
        rows = duty.known_gaps(connection, unit_code)
    kept = ("gap_id", "unit_code")
    return {"items": [{name: row[name] for name in kept} | _times(row) for row in rows]}


@api.get("/duty/absences")
@api.output(shapes.Items)
def list_absences() -> dict[str, Any]:
    """List who is away or will be, and who stands in: of one's own unit, or of all."""
    with here.store().reading() as connection:
        rows = duty.listed_absences(connection, here.now_ms())
    seen = [row for row in rows if may_read(here.actor(), row["unit_code"])]
    names = ("absence_id", "username", "name", "unit_code", "stand_in")
    return {"items": [{name: row[name] for name in names} | _times(row) for row in seen]}


@api.post("/duty/absences")
@api.input(AbsenceWanted)
@api.output(AbsenceMade, status_code=201)
def add_absence(json_data: AbsenceWanted) -> dict[str, Any]:
    """Say that somebody is away, and who of the same unit stands in."""
    asked = json_data
    begins, ends = moment(asked.from_, "from"), moment(asked.to, "to")
    absence = Absence(asked.username, begins, ends, asked.stand_in)
    with here.store().transaction() as connection:
        made = rostering.be_away(connection, here.actor(), absence, here.now_ms())
    return {"absence_id": made}


@api.delete("/duty/absences/<absence_id>")
@api.output({}, status_code=204)
def drop_absence(absence_id: str) -> str:
    """Take an absence back."""
    with here.store().transaction() as connection:
        rostering.be_back(connection, here.actor(), absence_id, here.now_ms())
    return ""


@api.get("/duty/handovers")
@api.output(shapes.Items)
def list_handovers() -> dict[str, Any]:
    """List the hand-overs that are the caller's to read, the newest first."""
    unit_code = None if here.actor().is_district_wide else _readable("")
    with here.store().reading() as connection:
        rows = duty.handovers(connection, here.actor(), unit_code)
    return {"items": [row | {"at": rfc3339(row["at"]),
                             "acknowledged_at": rfc3339(row["acknowledged_at"])}
                      for row in rows]}  # fmt: skip


@api.post("/duty/handovers")
@api.input(HandoverWanted)
@api.output(HandoverMade, status_code=201)
def hand_over(json_data: HandoverWanted) -> dict[str, Any]:
    """Hand the unit's open tasks over to the next person, with a note."""
    with here.store().transaction() as connection:
        made = rostering.hand_over(connection, here.actor(), json_data.to, json_data.note,
                                   here.now_ms())  # fmt: skip
    return {"handover_id": made}


@api.post("/duty/handovers/<handover_id>/acknowledge")
@api.output({}, status_code=204)
def take_over(handover_id: str) -> str:
    """Acknowledge a hand-over, as the person it was made to."""
    with here.store().transaction() as connection:
        rostering.take_over(connection, here.actor(), handover_id, here.now_ms())
    return ""


@api.get("/reachability")
@api.output(shapes.Items)
def list_unreachable() -> dict[str, Any]:
    """List the relations that would reach nobody; for the district's officers."""
    if not here.actor().is_district_wide:
        raise Forbidden
    with here.store().transaction() as connection:
        rows = checks.open_findings(connection)
        audit.append(connection, here.now_ms(), here.actor().actor_id, "look", "reachability")
    names = ("gap_id", "playbook", "site_id", "place", "unit_code", "what_zh", "what_en")
    return {"items": [{name: row[name] for name in names} | {"since": rfc3339(row["since"])}
                      for row in rows]}  # fmt: skip


def _readable(unit_code: str) -> str:
    wanted = unit_code or here.actor().unit_code
    if not may_read(here.actor(), wanted):
        raise Forbidden
    return wanted


def _shift(row: Shift) -> dict[str, Any]:
    pattern = row.pattern
    return {
        "shift_id": row.shift_id, "unit_code": row.unit_code, "role": row.role,
        "username": row.username, "from_at": rfc3339(row.from_at), "to_at": rfc3339(row.to_at),
        "weekdays": sorted(pattern.weekdays) if pattern else None,
        "days": pattern.days if pattern else None,
        "hours": f"{pattern.starts:%H:%M}-{pattern.ends:%H:%M}" if pattern else None,
    }  # fmt: skip


def _times(row: dict[str, Any]) -> dict[str, Any]:
    return {"from_at": rfc3339(row["from_at"]), "to_at": rfc3339(row["to_at"])}
