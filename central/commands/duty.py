"""`huxiao-central duty`: who is on duty when, and where nobody is."""

from pathlib import Path
from typing import Any

import click
from uuid_utils import uuid7

from central.adapters import calendars
from central.adapters.clock import now_ms
from central.adapters.store import duty as kept
from central.commands.options import EXIT_REFUSED, Central, fail, json_option, opened, show
from central.core.bulletin import clock
from central.core.duty import gaps
from central.core.duty_rows import RowError, read_row
from central.core.people import Actor, Role
from central.incidents import CaseError
from central.incidents.rostering import put_roster, read_csv
from central.watching import Watch

OPERATOR = Actor("cli", "管理员（命令行）", Role.DISTRICT_ADMIN, "edu")
DAY_MS = 86_400_000


@click.group()
def duty() -> None:
    """值班表:导入、增加、查看、查缺口。 The duty roster: import, add, list, gaps.

    通知先问值班表;无人在岗时通知该角色全部人员。 Telling asks the roster first.
    """


@duty.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="取代这些单位自现在起的班次 / in place of theirs")
@opened
def import_roster(central: Central, file: Path, *, replace: bool) -> None:
    """导入 CSV;有错则全不导入。 Import rows; with a mistake, nothing.

    列 columns: unit,role,username,from,to,weekdays,hours,days
    例 e.g.: town:yuelin,water_warden,wang,2026-12-01,2027-02-28,1-5,08:00-20:00,all
    """
    try:
        rows = read_csv(file.read_bytes())
        with central.store.transaction() as connection:
            count = put_roster(connection, OPERATOR, rows, now_ms(), replaces=replace)
    except CaseError as error:
        fail(f"{file.name}\n{error.message_zh}", EXIT_REFUSED)
    click.echo(f"已导入 imported: {count}")


@duty.command()
@click.option("--unit", required=True, help="单位 / unit")
@click.option("--role", required=True, help="角色 / role")
@click.option("--user", "username", required=True, help="账号 / account")
@click.option("--from", "from_", required=True, help="从 / 2026-12-01 or 2026-12-01T08:00")
@click.option("--to", default="", help="到 / the last day counts")
@click.option("--weekdays", default="", help="星期 / 1-5 or 1,3,7")
@click.option("--hours", default="", help="时段 / 08:00-20:00")
@click.option("--days", default="", help="日子 / all, work, rest, school")
@opened
def add(central: Central, *, from_: str, **row: str) -> None:
    """增加一行。 Add one row."""
    try:
        shift = read_row({**row, "from": from_}, str(uuid7()))
        with central.store.transaction() as connection:
            put_roster(connection, OPERATOR, [(1, shift)], now_ms())
    except RowError as error:
        fail(str(error), EXIT_REFUSED)
    except CaseError as error:
        fail(error.message_zh, EXIT_REFUSED)
    click.echo(f"已增加 added: {shift.shift_id}")


@duty.command(name="list")
@click.option("--unit", help="单位 / of one unit")
@json_option
@opened
def list_roster(central: Central, *, unit: str | None, as_json: bool) -> None:
    """列出值班表。 List the rows that have not ended."""
    with central.store.reading() as connection:
        rows: list[dict[str, Any]] = [
            {"shift_id": one.shift_id, "unit": one.unit_code, "role": str(one.role),
             "username": one.username, "from": clock(one.from_at),
             "to": one.to_at and clock(one.to_at), "weekly": one.pattern is not None}
            for one in kept.shifts(connection, now_ms(), unit)
        ]  # fmt: skip
    text = "\n".join(f"{r['unit']:<20}{r['role']:<20}{r['username']:<16}{r['from']} — {r['to']}"
                     for r in rows)  # fmt: skip
    show(rows, text, as_json=as_json)


@duty.command(name="gaps")
@json_option
@opened
def list_gaps(central: Central, *, as_json: bool) -> None:
    """列出无人值班的时间。 List the hours ahead in which nobody of a unit is on duty."""
    section, at = central.config.duty, now_ms()
    watch = Watch(central.store, tuple, (), section)
    until = at + section.look_ahead_days * DAY_MS
    with central.store.reading() as connection:
        away = kept.absences(connection, at)
        rows = [
            {"unit": unit, "from": clock(a), "to": clock(b)}
            for unit in kept.units_with_roster(connection, at)
            for a, b in gaps(kept.shifts(connection, at, unit), away, at, until,
                             calendars.current(), watch.cover_of(unit))
        ]  # fmt: skip
    text = "\n".join(f"{r['unit']:<20}{r['from']} — {r['to']}" for r in rows)
    show(rows, text or "没有缺口 no gaps", as_json=as_json)
