"""Who may see which boarders, and where they are now; each name that is opened is kept."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from werkzeug.exceptions import ServiceUnavailable

from central.adapters.registry.roster import Roster
from central.adapters.store import boarding, nights, pupils
from central.adapters.store.pupils import Pupil, Wanted
from central.core.leaves import may_tend
from central.core.people import Actor, Role
from central.core.presence import Presence
from central.core.refusals import NotAllowedError
from central.web import here

MOST_BOARDERS = 10_000


@dataclass(frozen=True, slots=True)
class Bed:
    """One boarder as the school sees them now."""

    pupil: Pupil
    name: str
    presence: Presence
    is_on_leave: bool


def roster() -> Roster:
    """Give what keeps the pupils."""
    found = here.settings().roster
    if found is None:
        raise ServiceUnavailable
    return found


def tended(connection: Connection, actor: Actor, unit_code: str) -> list[Pupil]:
    """List the boarders whom somebody stands for: a safety lead all, a teacher the own class.

    Raises:
        NotAllowedError: neither of this school.
    """
    own = pupils.classes_of(connection, actor.actor_id, unit_code)
    is_teacher = actor.role is Role.CLASS_TEACHER
    if not may_tend(actor, unit_code, next(iter(own), None) if is_teacher else None, own):
        zh = "寝室情况只供本校安全负责人和本班班主任查看、登记"
        raise NotAllowedError(zh, "for the school's safety lead and the class's own teacher only")
    classes = own if is_teacher else None
    wanted = Wanted(unit_code, classes, is_boarder=True, limit=MOST_BOARDERS)
    return pupils.listed(connection, wanted)


def one(connection: Connection, actor: Actor, unit_code: str, pupil_id: str) -> Pupil:
    """Give a boarder whom somebody stands for.

    Raises:
        NotAllowedError: nobody of theirs.
    """
    for pupil in tended(connection, actor, unit_code):
        if pupil.pupil_id == pupil_id:
            return pupil
    zh = "您负责的住宿生里没有这名学生"
    raise NotAllowedError(zh, "nobody of that id among the boarders whom you stand for")


def beds(connection: Connection, actor: Actor, unit_code: str, now_ms: int) -> list[Bed]:
    """Give where each boarder is now, by room; that the names were opened is kept."""
    chosen = tended(connection, actor, unit_code)
    boarding.adopt(connection, unit_code)
    known = boarding.where(connection, [pupil.pupil_id for pupil in chosen])
    away = boarding.on_leave(connection, unit_code, now_ms)
    names = roster().names(connection, chosen, actor.actor_id, f"dormitory:{unit_code}", now_ms)
    found = [
        Bed(pupil, names.get(pupil.pupil_id, ""), known[pupil.pupil_id], pupil.pupil_id in away)
        for pupil in chosen
    ]
    return sorted(
        found, key=lambda bed: (bed.pupil.dormitory_room or "", bed.pupil.school_no or "")
    )


def rooms(found: list[Bed]) -> dict[str, list[Bed]]:
    """Put boarders into their rooms."""
    by_room: dict[str, list[Bed]] = defaultdict(list)
    for bed in found:
        by_room[bed.pupil.dormitory_room or "—"].append(bed)
    return dict(by_room)


def night_of(connection: Connection, unit_code: str, now_ms: int) -> dict[str, Any] | None:
    """Give how the last check went, in counts."""
    night = nights.latest(connection, unit_code, now_ms)
    return None if night is None else {"night": night.night, "state": night.state}
