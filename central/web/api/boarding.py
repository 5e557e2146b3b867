"""Boarding: doors and roll calls in, presence by room and leaves out; nobody's history anywhere."""

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import AwareDatetime, Field, ValidationError
from uuid_utils import uuid7
from werkzeug.exceptions import NotFound

from central.adapters.store import audit, boarding, nights, pupils
from central.adapters.store.boarding import Origin
from central.adapters.store.nights import Home
from central.core.curfew import House
from central.core.leaves import BoardingError, LeaveWanted, check_leave, may_run
from central.core.local_time import to_ms
from central.core.people import ON_THE_SPOT
from central.core.presence import Where
from central.core.refusals import NotAllowedError, UnknownSiteError
from central.incidents.dormitory import FutureError, Mark, take_marks, take_passage
from central.incidents.nightly import after_roll_call
from central.web import here, tending
from central.web.api.shapes import Shape
from central.web.showing import rfc3339
from contract.doors import Passage
from contract.messages import Name, Sha256

MOST_EVENTS = 500

api = APIBlueprint("api_boarding", __name__, url_prefix="/api/v1", tag="boarding")


class EventOut(Shape):
    """What became of one event: kept, repeated, unknown (nobody of the roster) or refused."""

    event_id: str
    state: str
    reason: str = ""


class EventsOut(Shape):
    """Of each event, in order."""

    items: list[EventOut]


class BedOut(Shape):
    """One boarder now."""

    pupil_id: str
    name: str
    class_code: str | None
    school_no: str | None
    room: str | None
    state: str
    is_on_leave: bool
    since_at: str | None
    source: str | None


class PresenceOut(Shape):
    """A school's boarders now, in counts and by room; `night` is how the last check went."""

    present: int
    absent: int
    unknown: int
    on_leave: int
    night: dict[str, str] | None
    items: list[BedOut]


class MarkWanted(Shape):
    """What was found of one boarder."""

    pupil_id: str = Field(max_length=64)
    state: Where


class RollCallWanted(Shape):
    """A roll call; `roll_call_id` stays the same when it is sent again."""

    roll_call_id: Name
    at: AwareDatetime | None = None
    marks: list[MarkWanted] = Field(min_length=1, max_length=2000)


class RollCallOut(Shape):
    """How many marks were new, and how many cases were opened for whom it missed."""

    marks: int
    incidents: int


class LeaveOut(Shape):
    """One leave."""

    leave_id: str
    pupil_id: str
    from_at: str
    to_at: str
    asked_by: str
    approved_by: str


class LeavesOut(Shape):
    """Leaves that are not over yet."""

    items: list[LeaveOut]


class StrangerOut(Shape):
    """By what a door named somebody who is not on the roster, how often, and when last."""

    named: str
    door_id: str
    count: int
    last_at: str


class StrangersOut(Shape):
    """Those of the last days."""

    items: list[StrangerOut]


class HouseWanted(House):
    """How a dormitory is run, and which place it is."""

    site_id: str = Field(max_length=64)


class CardWanted(Shape):
    """Whose a card is: the SHA-256 of its number."""

    school_no: str = Field(max_length=32)
    card: Sha256


class CardsWanted(Shape):
    """Cards of a school."""

    cards: list[CardWanted] = Field(min_length=1, max_length=2000)


class CountOut(Shape):
    """How many were kept."""

    count: int


@api.post("/door-events")
@api.doc(description='One event as `contract/doors.py` has it, or `{"events": [...]}`, at most 500')
@api.output(EventsOut)
def post_door_events() -> dict[str, Any]:
    """Take door events of the caller's own school, each for itself; a repeat changes nothing."""
    who = here.actor()
    if who.role not in ON_THE_SPOT or not who.unit_code.startswith("school:"):
        zh = "门禁事件须用本校的令牌上报"
        raise NotAllowedError(zh, "door events come with a token of the school itself")
    origin = Origin(who.actor_id, who.unit_code, "door")
    return {"items": [_taken(origin, one) for one in _events()]}


@api.get("/boarding/<unit_code>/presence")
@api.output(PresenceOut)
def get_presence(unit_code: str) -> dict[str, Any]:
    """Give where the boarders are now, by room."""
    with here.store().transaction() as connection:
        found = tending.beds(connection, here.actor(), unit_code, here.now_ms())
        night = tending.night_of(connection, unit_code, here.now_ms())
    counts = {where.value: sum(1 for bed in found if bed.presence.where is where)
              for where in Where}  # fmt: skip
    away = sum(1 for bed in found if bed.is_on_leave)
    return {**counts, "on_leave": away, "night": night, "items": [_bed(bed) for bed in found]}


@api.post("/boarding/<unit_code>/roll-calls")
@api.input(RollCallWanted)
@api.output(RollCallOut, status_code=201)
def post_roll_call(unit_code: str, json_data: RollCallWanted) -> dict[str, Any]:
    """Enter a roll call; after curfew and grace, whom it missed has a case at once."""
    asked, who, now_ms = json_data, here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        mine = {one.pupil_id for one in tending.tended(connection, who, unit_code)}
        if strange := [one.pupil_id for one in asked.marks if one.pupil_id not in mine]:
            zh = f"{len(strange)} 人不在您负责的住宿生名单里，整份未录入"
            raise BoardingError(zh, f"{len(strange)} are not among your boarders: nothing was kept")
        origin = Origin(who.actor_id, unit_code, "roll_call")
        marks = [Mark(one.pupil_id, one.state) for one in asked.marks]
        at = to_ms(asked.at) if asked.at else now_ms
        new = take_marks(connection, origin, asked.roll_call_id, at, marks, now_ms)
        opened = after_roll_call(connection, unit_code, here.settings().playbooks, now_ms)
        detail = {"marks": len(marks)}
        audit.append(connection, now_ms, who.actor_id, "boarding.roll_call", unit_code, detail)
    return {"marks": new, "incidents": opened}


@api.get("/boarding/<unit_code>/leaves")
@api.output(LeavesOut)
def list_leaves(unit_code: str) -> dict[str, Any]:
    """List the leaves of the boarders whom the caller stands for."""
    who, now_ms = here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        mine = {one.pupil_id for one in tending.tended(connection, who, unit_code)}
        rows = boarding.leaves(connection, unit_code, now_ms)
        audit.append(connection, now_ms, who.actor_id, "look", f"leaves:{unit_code}")
    return {"items": [_leave(row) for row in rows if row["pupil_id"] in mine]}


@api.post("/boarding/<unit_code>/leaves")
@api.input(LeaveWanted)
@api.output(LeaveOut, status_code=201)
def post_leave(unit_code: str, json_data: LeaveWanted) -> dict[str, Any]:
    """Register a leave; whoever registers it has approved it."""
    with here.store().transaction() as connection:
        return _leave(register_leave(connection, unit_code, json_data))


@api.post("/boarding/<unit_code>/leaves/<leave_id>/withdraw")
@api.output(CountOut)
def withdraw_leave(unit_code: str, leave_id: str) -> dict[str, Any]:
    """Withdraw a leave: from now on the boarder is expected."""
    who, now_ms = here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        row = boarding.leave(connection, leave_id)
        if row is None or row["unit_code"] != unit_code:
            raise NotFound
        tending.one(connection, who, unit_code, row["pupil_id"])
        done = boarding.withdraw_leave(connection, leave_id, who.actor_id, now_ms)
        if done:
            audit.append(connection, now_ms, who.actor_id, "boarding.leave_withdrawn", leave_id)
    return {"count": int(done)}


@api.get("/boarding/<unit_code>/unknown")
@api.output(StrangersOut)
def list_unknown(unit_code: str) -> dict[str, Any]:
    """List by what the doors named nobody of the roster, for the school to put right."""
    _run(unit_code)
    with here.store().reading() as connection:
        rows = boarding.strangers(connection, unit_code)
    return {"items": [dict(row) | {"last_at": rfc3339(row["last_at"])} for row in rows]}


@api.post("/boarding/<unit_code>/house")
@api.input(HouseWanted)
@api.output(CountOut)
def put_house(unit_code: str, json_data: HouseWanted) -> dict[str, Any]:
    """Say how a school's dormitory is run: curfews, grace, and what counts as a fault."""
    _run(unit_code)
    rules = House.model_validate(json_data.model_dump(exclude={"site_id"}))
    with here.store().transaction() as connection:
        if not nights.is_of(connection, json_data.site_id, unit_code):
            zh = f"场所 {json_data.site_id!r} 不存在，或不属于本校"
            raise UnknownSiteError(zh, "no such place, or none of this school's")
        now_ms = here.now_ms()
        nights.put_home(connection, Home(unit_code, json_data.site_id, rules), now_ms)
        audit.append(connection, now_ms, here.actor().actor_id, "boarding.house", unit_code,
                     rules.model_dump(mode="json"))  # fmt: skip
    return {"count": 1}


@api.post("/boarding/<unit_code>/cards")
@api.input(CardsWanted)
@api.output(CountOut)
def post_cards(unit_code: str, json_data: CardsWanted) -> dict[str, Any]:
    """Say whose cards are, by the school's own numbers; all or nothing."""
    _run(unit_code)
    with here.store().transaction() as connection:
        for one in json_data.cards:
            pupil = pupils.by_school_no(connection, unit_code, one.school_no)
            if pupil is None or pupil.is_gone:
                zh = f"本校没有学号 {one.school_no}，整份未录入"
                raise BoardingError(zh, f"no pupil {one.school_no} here: nothing was kept")
            boarding.put_card(connection, one.card, pupil.pupil_id)
        audit.append(connection, here.now_ms(), here.actor().actor_id, "boarding.cards",
                     unit_code, {"count": len(json_data.cards)})  # fmt: skip
    return {"count": len(json_data.cards)}


def register_leave(connection: Any, unit_code: str, wanted: LeaveWanted) -> dict[str, Any]:
    """Keep a leave of a boarder whom the caller stands for; pages come here too."""
    who, now_ms = here.actor(), here.now_ms()
    begins, ends = check_leave(wanted, now_ms)
    pupil = tending.one(connection, who, unit_code, wanted.pupil_id)
    row = {
        "leave_id": str(uuid7()), "unit_code": unit_code, "pupil_id": pupil.pupil_id,
        "from_at": begins, "to_at": ends, "asked_by": wanted.asked_by,
        "approved_by": who.actor_id, "created_at": now_ms,
    }  # fmt: skip
    boarding.put_leave(connection, row)
    audit.append(connection, now_ms, who.actor_id, "boarding.leave", f"pupil:{pupil.pupil_id}")
    return row


def _run(unit_code: str) -> None:
    if not may_run(here.actor(), unit_code):
        zh = "只有本校安全负责人和区管理员可以设置宿舍"
        raise NotAllowedError(zh, "only the school's safety lead and the district administrator")


def _events() -> list[Any]:
    body = request.get_json(silent=True)
    found = body.get("events") if isinstance(body, dict) and "events" in body else [body]
    if not isinstance(found, list) or not 0 < len(found) <= MOST_EVENTS or body is None:
        raise BoardingError(*NOT_EVENTS)
    return found


def _taken(origin: Origin, said: Any) -> dict[str, Any]:
    """Take one event in a transaction of its own: one that is wrong spoils no other."""
    event_id = said.get("event_id") if isinstance(said, dict) else None
    name = event_id if isinstance(event_id, str) else ""
    try:
        passage = Passage.model_validate(said)
        with here.store().transaction() as connection:
            state: str = take_passage(connection, origin, passage, here.now_ms())
    except ValidationError as error:
        words = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        return {"event_id": name[:64], "state": "refused", "reason": words[:500]}
    except FutureError as error:
        reason = f"{error.message_zh} / {error.message_en}"
        return {"event_id": name[:64], "state": "refused", "reason": reason}
    return {"event_id": passage.event_id, "state": state, "reason": ""}


def _bed(bed: tending.Bed) -> dict[str, Any]:
    pupil, seen = bed.pupil, bed.presence
    return {
        "pupil_id": pupil.pupil_id, "name": bed.name, "class_code": pupil.class_code,
        "school_no": pupil.school_no, "room": pupil.dormitory_room, "state": seen.where.value,
        "is_on_leave": bed.is_on_leave, "since_at": rfc3339(seen.since), "source": seen.source,
    }  # fmt: skip


def _leave(row: Any) -> dict[str, Any]:
    return {
        name: rfc3339(row[name]) if name.endswith("_at") else row[name]
        for name in LeaveOut.model_fields
    }


NOT_EVENTS = (f"需要一条事件或 events 列表（1-{MOST_EVENTS} 条）", "one event, or a list `events`")
