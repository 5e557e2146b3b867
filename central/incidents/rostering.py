"""The roster is kept by people: rows, absences, hand-overs; each with its audit entry."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.store import audit, duty, timeline
from central.adapters.store.timeline import Entry
from central.core.duty import Absence, Shift
from central.core.duty_rights import may_write
from central.core.duty_rows import COLUMNS, NEEDED, RowError, read_row
from central.core.people import ON_THE_SPOT, Actor, Role
from central.core.refusals import CaseError, NotAllowedError

MOST_ROWS = 20_000


class RosterError(CaseError):
    """A roster that cannot be taken; every mistake with its line."""


def read_csv(content: bytes) -> list[tuple[int, Shift]]:
    """Read a roster's file, UTF-8 or GB 18030: each row with its line.

    Raises:
        RosterError: with all mistakes of all lines.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text))
    header = [name.strip() for name in reader.fieldnames or ()]
    mistakes = _of_header(header)
    found: list[tuple[int, Shift]] = []
    if not mistakes:
        reader.fieldnames = header
        for number, row in enumerate(reader, 1):
            if number > MOST_ROWS:
                mistakes.append(f"最多 {MOST_ROWS} 行 / at most {MOST_ROWS} rows")
                break
            if not any((value or "").strip() for value in row.values() if isinstance(value, str)):
                continue
            try:
                found.append((reader.line_num, read_row(row, str(uuid7()))))
            except RowError as error:
                mistakes.append(f"第 {reader.line_num} 行 line {reader.line_num}: {error}")
    if not found and not mistakes:
        mistakes.append("没有数据行 / there are no rows")
    _refuse(mistakes)
    return found


def _of_header(header: list[str]) -> list[str]:
    there = ", ".join(COLUMNS)
    found = [f"第 1 行 line 1: 没有这一列，应为其一 / no such column, one of {there}: {name!r}"
             for name in header if name not in COLUMNS]  # fmt: skip
    return found + [f"第 1 行 line 1: 缺少列 / a column is missing: {name}"
                    for name in NEEDED if name not in header]  # fmt: skip


def _refuse(mistakes: list[str]) -> None:
    if mistakes:
        said = "\n".join(mistakes[:100])
        raise RosterError(said, said)


def put_roster(
    connection: Connection,
    actor: Actor,
    rows: Iterable[tuple[int, Shift]],
    now_ms: int,
    *,
    replaces: bool = False,
) -> int:
    """Keep rows, all or none; `replaces`: what the same units have from now on is taken back.

    Raises:
        NotAllowedError, RosterError: nothing was kept.
    """
    found = list(rows)
    mistakes = [f"第 {line} 行 line {line}: {said}" for line, shift in found
                if (said := _mistake(connection, shift))]  # fmt: skip
    _refuse(mistakes)
    units = sorted({shift.unit_code for _, shift in found})
    for unit_code in units:
        must_write(actor, unit_code)
    if replaces:
        duty.drop_roster(connection, units, now_ms)
    for _, shift in found:
        begins = max(shift.from_at, now_ms) if replaces else shift.from_at
        if shift.to_at is None or shift.to_at > begins:
            duty.put_shift(connection, replace(shift, from_at=begins), actor.actor_id, now_ms)
    detail = {"rows": len(found), "units": units, "replaces": replaces}
    audit.append(connection, now_ms, actor.actor_id, "duty.import", ",".join(units)[:200], detail)
    return len(found)


def _mistake(connection: Connection, shift: Shift) -> str:
    person = duty.account(connection, shift.username)
    if person is None:
        return f"username {shift.username!r}: 没有这个在用账号 / no active account of that name"
    if person.unit_code != shift.unit_code:
        return (f"unit {shift.unit_code!r}: 该账号属于 / the account belongs to "
                f"{person.unit_code}")  # fmt: skip
    if Role(person.role) not in ON_THE_SPOT:
        return f"username {shift.username!r}: 该角色不参与办理 / that role takes no part"
    return ""


def must_write(actor: Actor, unit_code: str) -> None:
    """Refuse whoever may not keep a unit's roster."""
    if not may_write(actor, unit_code):
        zh = f"您不能改 {unit_code} 的值班表"
        raise NotAllowedError(zh, f"the roster of {unit_code} is not yours to change")


def drop(connection: Connection, actor: Actor, shift_id: str, now_ms: int) -> None:
    """Take a row of the roster back.

    Raises:
        NotAllowedError, RosterError.
    """
    found = next((one for one in duty.shifts(connection, 0) if one.shift_id == shift_id), None)
    if found is None:
        zh, en = "没有这一行值班", "there is no such row"
        raise RosterError(zh, en)
    must_write(actor, found.unit_code)
    duty.drop_shifts(connection, [shift_id])
    audit.append(connection, now_ms, actor.actor_id, "duty.drop", found.unit_code,
                 {"username": found.username, "role": found.role})  # fmt: skip


def be_away(connection: Connection, actor: Actor, absence: Absence, now_ms: int) -> str:
    """Keep that somebody is away and who of the same unit stands in; give its id.

    Raises:
        NotAllowedError, RosterError.
    """
    person = duty.account(connection, absence.username)
    if person is None:
        zh, en = f"没有账号 {absence.username!r}", f"there is no account {absence.username!r}"
        raise RosterError(zh, en)
    if actor.actor_id != f"account:{absence.username}":
        must_write(actor, person.unit_code)
    if absence.from_at >= absence.to_at:
        zh, en = "结束时间必须晚于开始时间", "the end must be later than the beginning"
        raise RosterError(zh, en)
    if absence.stand_in is not None:
        _must_fit(connection, absence, person.unit_code)
    absence_id = duty.put_absence(connection, absence, actor.actor_id, now_ms)
    detail = {"stand_in": absence.stand_in, "from": absence.from_at, "to": absence.to_at}
    who = f"account:{absence.username}"
    audit.append(connection, now_ms, actor.actor_id, "duty.away", who, detail)
    return absence_id


def _must_fit(connection: Connection, absence: Absence, unit_code: str) -> None:
    other = duty.account(connection, absence.stand_in or "")
    if other is None or other.unit_code != unit_code or Role(other.role) not in ON_THE_SPOT:
        zh = f"替班人 {absence.stand_in!r} 须是同一单位的在用账号"
        raise RosterError(zh, f"{absence.stand_in!r} must be an active account of the same unit")
    if other.username == absence.username:
        zh, en = "替班人不能是本人", "nobody stands in for themselves"
        raise RosterError(zh, en)


def be_back(connection: Connection, actor: Actor, absence_id: str, now_ms: int) -> None:
    """Take an absence back.

    Raises:
        NotAllowedError, RosterError.
    """
    found = duty.absence_of(connection, absence_id)
    if found is None:
        zh, en = "没有这条请假", "there is no such absence"
        raise RosterError(zh, en)
    person = duty.account(connection, found.username)
    if actor.actor_id != f"account:{found.username}":
        must_write(actor, person.unit_code if person else "")
    duty.drop_absence(connection, absence_id)
    audit.append(connection, now_ms, actor.actor_id, "duty.back", f"account:{found.username}")


def hand_over(
    connection: Connection, actor: Actor, to_username: str, note: str, now_ms: int
) -> str:
    """Hand the unit's open tasks over to the next person on duty; give the hand-over's id.

    Raises:
        NotAllowedError, RosterError.
    """
    if actor.role not in ON_THE_SPOT:
        zh, en = "您的角色不值班", "your role is not on duty"
        raise NotAllowedError(zh, en)
    person = duty.account(connection, to_username)
    fits = person is not None and person.unit_code == actor.unit_code
    if person is None or not fits or f"account:{to_username}" == actor.actor_id:
        zh = f"接班人 {to_username!r} 须是本单位的另一个在用账号"
        raise RosterError(zh, f"{to_username!r} must be another active account of your unit")
    if not note.strip():
        zh, en = "请填写交班说明", "please write what the next person has to know"
        raise RosterError(zh, en)
    tasks = duty.open_tasks(connection, actor, actor.unit_code)
    handover_id = str(uuid7())
    duty.put_handover(connection, {
        "handover_id": handover_id, "unit_code": actor.unit_code, "from_actor": actor.actor_id,
        "from_name": actor.name, "to_username": to_username, "note": note.strip(),
        "tasks": [task["task_id"] for task in tasks], "at": now_ms,
    })  # fmt: skip
    for task in tasks:
        entry = Entry("handover", actor.actor_id, actor.name, f"交班给 {person.name}，待接班确认",
                      task["task_id"], {"note_en": f"handed over to {person.name}",
                                        "unit": actor.unit_code})  # fmt: skip
        timeline.tell(connection, task["incident_id"], now_ms, entry)
    audit.append(connection, now_ms, actor.actor_id, "duty.handover", actor.unit_code,
                 {"to": to_username, "tasks": len(tasks)})  # fmt: skip
    return handover_id


def take_over(connection: Connection, actor: Actor, handover_id: str, now_ms: int) -> None:
    """Acknowledge a hand-over, as the person it was made to.

    Raises:
        NotAllowedError, RosterError.
    """
    found = duty.handover(connection, handover_id)
    if found is None or found["unit_code"] != actor.unit_code:
        zh, en = "没有这次交接", "there is no such hand-over"
        raise RosterError(zh, en)
    if actor.actor_id != f"account:{found['to_username']}":
        zh, en = "只有接班人本人可以确认", "only the incoming person may acknowledge"
        raise NotAllowedError(zh, en)
    if found["acknowledged_at"] is not None:
        zh, en = "已经确认过了", "it is acknowledged already"
        raise RosterError(zh, en)
    duty.take_over(connection, handover_id, actor.actor_id, now_ms)
    handed = set(found["tasks"])
    for task in duty.open_tasks(connection, actor, actor.unit_code):
        if task["task_id"] in handed:
            entry = Entry("handover", actor.actor_id, actor.name, f"已从 {found['from_name']} 接班",
                          task["task_id"], {"note_en": f"taken over from {found['from_name']}",
                                            "unit": actor.unit_code})  # fmt: skip
            timeline.tell(connection, task["incident_id"], now_ms, entry)
    audit.append(connection, now_ms, actor.actor_id, "duty.takeover", actor.unit_code,
                 {"from": found["from_actor"], "tasks": len(handed)})  # fmt: skip
