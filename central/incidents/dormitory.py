"""A boarder is seen: by a door, or by whoever calls the roll; and whoever was missing has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from central.adapters.store import boarding, incidents, nights, timeline
from central.adapters.store.boarding import Origin, Whom
from central.adapters.store.timeline import spoken
from central.core.leaves import BoardingError
from central.core.local_time import clock_of, to_ms
from central.core.playbook import Notice, Recipient
from central.core.presence import Presence, Sign, Where, is_from_the_future
from central.core.workflow import Status
from central.incidents.telling import Case, Round
from contract.doors import Passage

State = Literal["kept", "repeated", "unknown"]


class FutureError(BoardingError):
    """A sign that claims to be later than now: some clock is wrong."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What whoever called the roll found of one boarder; unknown says nothing."""

    pupil_id: str
    where: Where


def take_passage(connection: Connection, origin: Origin, passage: Passage, now_ms: int) -> State:
    """Keep that somebody went through a door: once, by its own time, known or not.

    Raises:
        FutureError: it claims to come from the future; nothing was kept.
    """
    at = to_ms(passage.at)
    if is_from_the_future(at, now_ms):
        zh = f"时间晚于平台时间 {(at - now_ms) // 1000} 秒，请给门禁校时"
        en = f"{(at - now_ms) // 1000} s in the future: set the gateway's clock"
        raise FutureError(zh, en)
    pupil_id = boarding.pupil_of(connection, origin.unit_code, passage)
    sign = Sign(at, origin.source, passage.event_id, passage.direction == "in")
    whom = Whom(pupil_id, None if pupil_id else boarding.named(passage), passage.door_id)
    is_new = boarding.keep(connection, origin, sign, whom, now_ms)
    if not is_new:
        return "repeated"
    if pupil_id is None:
        return "unknown"
    if sign.is_in:
        say_who_has_come(connection, [pupil_id], now_ms)
    return "kept"


def take_marks(
    connection: Connection, origin: Origin, roll_call_id: str, at: int, marks: Sequence[Mark],
    now_ms: int,
) -> int:  # fmt: skip
    """Keep a roll call; give how many marks were new. Sent again it changes nothing.

    Raises:
        FutureError: as for a door.
    """
    if is_from_the_future(at, now_ms):
        zh = "点名时间晚于平台时间"
        raise FutureError(zh, "the roll call is in the future")
    said = [mark for mark in marks if mark.where is not Where.UNKNOWN]
    new = 0
    for mark in said:
        sign = Sign(at, "roll_call", mark.pupil_id, mark.where is Where.PRESENT)
        own = Origin(f"{origin.name}/{roll_call_id}", origin.unit_code, "roll_call")
        new += boarding.keep(connection, own, sign, Whom(mark.pupil_id), now_ms)
    here = [mark.pupil_id for mark in said if mark.where is Where.PRESENT]
    say_who_has_come(connection, here, now_ms)
    return new


def say_who_has_come(connection: Connection, pupil_ids: Sequence[str], now_ms: int) -> None:
    """Say on the case of each who was missing and is in now, and to the class teacher, once."""
    found = boarding.where(connection, pupil_ids)
    for pupil_id in pupil_ids:
        searched = nights.searched(connection, pupil_id)
        if searched is None or found[pupil_id].where is not Where.PRESENT:
            continue
        night, incident_id = searched
        incident = incidents.hold(connection, incident_id)
        place = incidents.place(connection, incident.site_id) if incident else None
        if incident is None or place is None or incident.status is Status.CLOSED:
            continue
        nights.returned(connection, pupil_id, night, found[pupil_id].since or now_ms)
        _say(connection, Case(incident, place), found[pupil_id], now_ms)
        incidents.change(connection, incident_id)


def _say(connection: Connection, case: Case, seen: Presence, now_ms: int) -> None:
    clock = clock_of(seen.since or now_ms)
    by_door = seen.source == "door"
    zh, en = ("门禁", "the door") if by_door else ("点名", "the roll call")
    entry = spoken(
        "boarder_in", f"{clock} {zh}记录显示学生已在宿舍", f"{clock}: in the dormitory, says {en}"
    )
    timeline.tell(connection, case.incident.incident_id, now_ms, entry)
    words = Notice(
        upon="open",
        tell=(Recipient(relation="class_teacher"),),
        words_zh=f"{clock} {zh}记录显示学生已在宿舍，请当面确认并谈话后反馈。",
        words_en=f"{clock}: in the dormitory, says {en}. Please see for yourself and report back.",
    )
    telling = Round(connection, case, now_ms)
    telling.tell_notices([words])
    telling.end()
