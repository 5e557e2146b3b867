"""A school books a course: a case opens; moved or cancelled, everybody who knows is told."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping
from uuid_utils import uuid7

from central.adapters.menu import sample_menu
from central.adapters.store import audit, bookings, incidents, timeline
from central.adapters.store.timeline import Entry
from central.core.courses import AHEAD_MS, Course, may_book
from central.core.kinds import HandKind
from central.core.local_time import ZONE, from_ms
from central.core.naming import Words
from central.core.people import Actor
from central.core.playbook import Playbook
from central.core.refusals import (
    ClashError,
    NotAllowedError,
    TooEarlyError,
    UnfitTimeError,
    UnknownBookingError,
    UnknownSiteError,
)
from central.incidents.ending import end_early, put_off, tell_changed
from central.incidents.opening import Sighting, open_case
from central.incidents.taking import playbook_for
from central.incidents.telling import Case
from contract.scenarios import Scenario, Severity


@dataclass(frozen=True, slots=True)
class Wish:
    """What a school wants. `starts_at` in ms UTC."""

    unit_code: str
    course_code: str
    starts_at: int
    class_name: str
    expected: int
    point_id: str | None = None


def menu(connection: Connection) -> list[Course]:
    """Give the district's menu, or the samples until it has one."""
    return bookings.own_menu(connection) or list(sample_menu())


def book(
    connection: Connection,
    actor: Actor,
    wish: Wish,
    now_ms: int,
    playbooks: tuple[Playbook, ...] | None = None,
) -> str:
    """Book a course and open its case; give the booking's id.

    Raises:
        NotAllowedError, UnknownBookingError, UnknownSiteError, UnfitTimeError, ClashError.
    """
    _must_be_theirs(actor, wish.unit_code)
    incidents.queue_up(connection)
    course = next((one for one in menu(connection) if one.code == wish.course_code), None)
    if course is None:
        zh = f"课程菜单里没有 {wish.course_code!r}"
        raise UnknownBookingError(zh, f"there is no course {wish.course_code!r} on the menu")
    _must_fit(connection, wish, now_ms)
    site_id = bookings.site_of_school(connection, wish.unit_code)
    place = incidents.place(connection, site_id) if site_id else None
    if place is None:
        zh = "该学校还没有登记场所：请管理员在“系统管理 › 场所”登记，“学校”选它"
        en = "the school has no place yet: register one in Settings, Places"
        raise UnknownSiteError(zh, en)
    kind = HandKind.COURSE_BOOKED
    playbook = playbook_for(playbooks, Scenario.LAW_EDUCATION, kind)
    words = _words(course.title_zh, course.title_en, wish)
    seen = Sighting(Scenario.LAW_EDUCATION, kind, Severity.INFO, occurred_at=now_ms)
    case = open_case(connection, place, playbook, seen, now_ms, words)
    put_off(connection, case.incident, wish.starts_at)
    incident_id, booking_id = case.incident.incident_id, str(uuid7())
    entry = Entry("booked", actor.actor_id, actor.name, words[0], detail={"note_en": words[1]})
    timeline.tell(connection, incident_id, now_ms, entry)
    bookings.insert(connection, {
        "booking_id": booking_id, "incident_id": incident_id, "unit_code": wish.unit_code,
        "course_code": course.code, "course_zh": course.title_zh, "course_en": course.title_en,
        "category": course.category.value, "starts_at": wish.starts_at,
        "class_name": wish.class_name.strip(), "expected": wish.expected,
        "point_id": wish.point_id, "state": "booked", "created_at": now_ms,
        "created_by": actor.actor_id, "changed_at": now_ms,
    })  # fmt: skip
    audit.append(connection, now_ms, actor.actor_id, "booking.add", case.incident.number)
    return booking_id


def move(
    connection: Connection, actor: Actor, booking_id: str, starts_at: int, now_ms: int
) -> None:
    """Move a booking to another time, and tell the units that take part.

    Raises:
        NotAllowedError, UnknownBookingError, UnfitTimeError, TooEarlyError, ClashError.
    """
    row, case = _held(connection, actor, booking_id)
    wish = _wish(row, starts_at)
    _must_fit(connection, wish, now_ms)
    words = _words(row["course_zh"], row["course_en"], wish)
    said = (f"课程改期：{words[0]}", f"The course has been moved: {words[1]}")
    put_off(connection, case.incident, starts_at)
    _tell_changed(connection, case, actor, said, "moved", now_ms)
    bookings.change(connection, booking_id, starts_at=starts_at, changed_at=now_ms,
                    moved_times=row["moved_times"] + 1)  # fmt: skip
    audit.append(connection, now_ms, actor.actor_id, "booking.move", case.incident.number)


def cancel(connection: Connection, actor: Actor, booking_id: str, why: str, now_ms: int) -> None:
    """Cancel a booking: its case ends, and all who were told hear of it.

    Raises:
        NotAllowedError, UnknownBookingError, TooEarlyError.
    """
    row, case = _held(connection, actor, booking_id)
    words = _words(row["course_zh"], row["course_en"], _wish(row, row["starts_at"]))
    because = f"（{why.strip()[:100]}）" if why.strip() else ""
    said = (f"课程取消{because}：{words[0]}", f"The course has been cancelled: {words[1]}")
    entry = Entry("cancelled", actor.actor_id, actor.name, said[0], detail={"note_en": said[1]})
    timeline.tell(connection, case.incident.incident_id, now_ms, entry)
    end_early(connection, replace(case, words=said), now_ms)
    bookings.change(connection, booking_id, state="cancelled", changed_at=now_ms)
    audit.append(connection, now_ms, actor.actor_id, "booking.cancel", case.incident.number)


def _tell_changed(
    connection: Connection, case: Case, actor: Actor, said: Words, event: str, now_ms: int
) -> None:
    entry = Entry(event, actor.actor_id, actor.name, said[0], detail={"note_en": said[1]})
    timeline.tell(connection, case.incident.incident_id, now_ms, entry)
    tell_changed(connection, replace(case, words=said), now_ms)


def _held(connection: Connection, actor: Actor, booking_id: str) -> tuple[RowMapping, Case]:
    row = bookings.hold(connection, booking_id)
    if row is None:
        zh, en = "没有这个预约", "there is no such booking"
        raise UnknownBookingError(zh, en)
    _must_be_theirs(actor, row["unit_code"])
    incident = incidents.hold(connection, row["incident_id"])
    place = incidents.place(connection, incident.site_id) if incident else None
    if incident is None or place is None or row["state"] != "booked":
        zh, en = "该预约已开课或已取消，不能再改", "held or cancelled: it cannot be changed"
        raise TooEarlyError(zh, en)
    return row, Case(incident, place)


def _wish(row: RowMapping, starts_at: int) -> Wish:
    return Wish(row["unit_code"], row["course_code"], starts_at, row["class_name"],
                row["expected"], row["point_id"])  # fmt: skip


def _must_be_theirs(actor: Actor, unit_code: str) -> None:
    if not may_book(actor, unit_code):
        zh = "课程由学校自己、团区委或区级预约和更改"
        raise NotAllowedError(zh, "the school itself, the Youth League and the district book")


def _must_fit(connection: Connection, wish: Wish, now_ms: int) -> None:
    if not now_ms < wish.starts_at <= now_ms + AHEAD_MS:
        zh, en = "上课时间须在现在之后、一年之内", "a time from now on, within a year"
        raise UnfitTimeError(zh, en)
    if not wish.class_name.strip() or wish.expected < 1:
        zh, en = "请填写班级和预计人数", "please give the class and how many are expected"
        raise UnfitTimeError(zh, en)
    if wish.point_id and bookings.point(connection, wish.point_id) is None:
        zh, en = f"没有服务站点 {wish.point_id!r}", f"there is no service point {wish.point_id!r}"
        raise UnknownBookingError(zh, en)
    if bookings.clashes(connection, wish.unit_code, wish.class_name.strip(), wish.starts_at):
        zh, en = "该班级此时已有课程", "the class has another course at that time"
        raise ClashError(zh, en)


def _words(title_zh: str, title_en: str, wish: Wish) -> Words:
    at = from_ms(wish.starts_at).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    return (
        f"《{title_zh}》{at}，{wish.class_name}，预计 {wish.expected} 人",
        f"{title_en or title_zh}, {at} (UTC+8), {wish.class_name}, {wish.expected} expected",
    )
