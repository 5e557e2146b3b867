"""Pupils: every opening of a name is kept; a name goes only to the child's own school."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy import Connection
from werkzeug.exceptions import ServiceUnavailable

from central.adapters.registry.roster import Roster, unknown_pupil
from central.adapters.store import pupils
from central.adapters.store.pupils import Pupil, Wanted
from central.core.people import Role
from central.core.pupils import PupilWanted, may_end, may_find, may_keep, may_name
from central.core.refusals import NotAllowedError
from central.web import here
from central.web.api import forms, shapes
from central.web.api import pupil_shapes as own

api = APIBlueprint("api_pupils", __name__, url_prefix="/api/v1", tag="pupils")

MOST_OPENED = 5000
"""Names of one school that a search by name opens at most: the largest school has fewer."""


@api.get("/pupils")
@api.input(own.PupilsAsked, location="query")
@api.output(own.PupilsOut)
def list_pupils(query_data: own.PupilsAsked) -> dict[str, Any]:
    """List pupils by school, class or number; `name` looks through one's own school only."""
    asked = query_data
    with here.store().transaction() as connection:
        rows = _chosen(connection, asked)
        names = _names(connection, rows, "list")
    if asked.name:
        rows = [row for row in rows if asked.name in names.get(row.pupil_id, "")]
        return {"items": [_shown(row, names) for row in rows[: asked.limit]], "next": None}
    page = rows[: asked.limit]
    after = page[-1].pupil_id if len(rows) > asked.limit else None
    return {"items": [_shown(row, names) for row in page], "next": after}


@api.post("/pupils")
@api.input(PupilWanted)
@api.output(own.OnePupilOut, status_code=201)
def post_pupil(json_data: PupilWanted) -> dict[str, Any]:
    """Add a pupil, or change the one of this school and number."""
    who = here.actor()
    if not may_keep(who, json_data.unit_code):
        zh = "您不能为这所学校登记学生"
        raise NotAllowedError(zh, "not yours to add pupils to this school")
    with here.store().transaction() as connection:
        done = _roster().put(connection, [json_data], who.actor_id, here.now_ms())
        return _one(connection, _theirs(connection, done[0][0]))


@api.get("/pupils/<pupil_id>")
@api.output(own.OnePupilOut)
def get_pupil(pupil_id: str) -> dict[str, Any]:
    """Read one pupil; that look is kept."""
    with here.store().transaction() as connection:
        return _one(connection, _theirs(connection, pupil_id))


@api.post("/pupils/<pupil_id>/entries")
@api.input(own.EntryWanted)
@api.output(own.OnePupilOut)
def post_entry(pupil_id: str, json_data: own.EntryWanted) -> dict[str, Any]:
    """Say that an enrolment of the school is this pupil."""
    who, now_ms = here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        pupil = _theirs(connection, pupil_id)
        if not may_keep(who, pupil.unit_code):
            zh = "您不能修改这名学生"
            raise NotAllowedError(zh, "not yours to change")
        _roster().link(connection, pupil, json_data.entry_id, who.actor_id, now_ms)
        return _one(connection, pupil)


@api.post("/pupils/<pupil_id>/withdraw")
@api.input(shapes.WithdrawalWanted)
@api.output(own.PupilOut)
def post_withdrawal(pupil_id: str, json_data: shapes.WithdrawalWanted) -> dict[str, Any]:
    """Erase a pupil: row, guardians, enrolments and key; the answer names the key as proof."""
    who, now_ms, roster = here.actor(), here.now_ms(), _roster()
    with here.store().transaction() as connection:
        pupil = _theirs(connection, pupil_id)
        if not may_end(who, pupil.unit_code):
            zh = "您不能注销这名学生"
            raise NotAllowedError(zh, "not yours to erase")
        roster.withdraw(connection, pupil_id, who.actor_id, now_ms, json_data.reason)
    roster.erase(here.store(), now_ms)
    with here.store().reading() as connection:
        erased = pupils.found(connection, pupil_id)
    return _shown(erased or pupil, {})


def _roster() -> Roster:
    roster = here.settings().roster
    if roster is None:
        raise ServiceUnavailable
    return roster


def _chosen(connection: Connection, asked: own.PupilsAsked) -> list[Pupil]:
    """Give what the caller may find: a school's people their own, by class for a teacher."""
    who = here.actor()
    mine = pupils.classes_of(connection, who.actor_id, who.unit_code)
    unit_code = asked.unit_code or (who.unit_code if who.unit_code.startswith("school:") else "")
    by_class = [asked.class_code] if asked.class_code else None
    if who.role is Role.CLASS_TEACHER:
        by_class = [code for code in mine if asked.class_code in {"", code}]
    if not may_find(who, unit_code or who.unit_code, (by_class or [""])[0], mine):
        zh = "您不能查看学生名册"
        raise NotAllowedError(zh, "not yours to look up pupils there")
    return pupils.listed(connection, Wanted(
        unit_code or None, by_class, asked.school_no or None, asked.is_boarder, asked.after,
        MOST_OPENED if asked.name else asked.limit + 1,
    ))  # fmt: skip


def _theirs(connection: Connection, pupil_id: str) -> Pupil:
    who = here.actor()
    pupil = pupils.found(connection, pupil_id)
    mine = pupils.classes_of(connection, who.actor_id, who.unit_code)
    if pupil is None or not may_find(who, pupil.unit_code, pupil.class_code, mine):
        raise unknown_pupil(pupil_id)
    return pupil


def _names(connection: Connection, rows: list[Pupil], why: str) -> dict[str, str]:
    who = here.actor()
    mine = pupils.classes_of(connection, who.actor_id, who.unit_code)
    open_to = [row for row in rows if may_name(who, row.unit_code, row.class_code, mine)]
    return _roster().names(connection, open_to, who.actor_id, why, here.now_ms())


def _one(connection: Connection, pupil: Pupil) -> dict[str, Any]:
    who = here.actor()
    mine = pupils.classes_of(connection, who.actor_id, who.unit_code)
    entry_ids = pupils.entries(connection, pupil.pupil_id)
    if pupil.is_gone or not may_name(who, pupil.unit_code, pupil.class_code, mine):
        return _shown(pupil, {}) | {"entries": entry_ids}
    opened = _roster().opened(connection, pupil, who.actor_id, "look", here.now_ms())
    return _shown(pupil, {pupil.pupil_id: opened.name}) | {
        "class_name": opened.class_name,
        "guardians": [asdict(one) for one in opened.guardians],
        "entries": entry_ids,
    }


def _shown(pupil: Pupil, names: dict[str, str]) -> dict[str, Any]:
    row = {name: getattr(pupil, name) for name in Pupil.__slots__}
    if pupil.pupil_id not in names:  # where a child sleeps is for those who know its name
        row["dormitory_room"] = None
    return forms.shaped(own.PupilOut, row, name=names.get(pupil.pupil_id))
