"""`huxiao-central roster`: pupils from a school's file; whose entry is whose; erased with proof."""

from collections import Counter
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from central.adapters.clock import now_ms
from central.adapters.registry.books import Book, SheetError, count_rows
from central.adapters.registry.importing import Findings, Importing
from central.adapters.registry.roster_jobs import allowed_for
from central.adapters.registry.sheets import header_of
from central.adapters.registry.templates import template_of
from central.adapters.store import audit, pupils
from central.commands.options import EXIT_REFUSED, Central, fail, json_option, opened, show
from central.core.refusals import CaseError


@click.group()
def roster() -> None:
    """学生名册:导入、关联人脸登记、注销。 Pupils: import, link to enrolments, erase.

    姓名和家长联系方式加密保存。 Names and contacts are kept locked, one key a child.
    """


@roster.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不导入 / look through it, keep nothing")
@json_option
@opened
def import_roster(central: Central, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """导入 XLSX 或 CSV 名册;有错则全不导入。 Import a roster; with a mistake, nothing.

    首行列名 first row: 学校 班级 学号 姓名 [出生年份 住校 寝室 家长 家长手机 浙里办 关系]。
    学校写编号或名称。 A second run of the same file changes nothing.
    """
    book = Book.at(file)
    try:
        with central.store.reading() as connection:
            allowed = allowed_for(connection)
        header = header_of(book, allowed.schools)
        if header.not_read:
            click.echo(f"未读取的列 columns not read: {', '.join(header.not_read)}", err=True)
        importing = Importing(central.store, central.roster(), book, header, allowed, now_ms())
        tally = _looked_through(importing)
        if not dry_run:
            tally = _taken(central, importing, sum(tally.values()))
    except SheetError as error:
        fail(f"{file.name}: {error}", EXIT_REFUSED)
    except CaseError as error:
        fail(f"{error.message_zh} / {error.message_en}", EXIT_REFUSED)
    head = "将 would: " if dry_run else ""
    text = (f"{head}新增 added {tally['added']}，更新 changed {tally['changed']}，"
            f"不变 unchanged {tally['unchanged']}")  # fmt: skip
    show(tally, text, as_json=as_json)


@roster.command()
@click.argument("school")
@click.argument("number")
@click.argument("entry_id")
@opened
def link(central: Central, school: str, number: str, entry_id: str) -> None:
    """说明人脸登记属于哪名学生。 Say which pupil an enrolment is.

    学校编号、学号、登记编号。 The school's code, the pupil's number, the entry's id.
    """
    try:
        with central.store.transaction() as connection:
            pupil = pupils.by_school_no(connection, school, number)
            if pupil is None:
                fail(f"{school} 没有学号 has no number {number!r}", EXIT_REFUSED)
            central.roster().link(connection, pupil, entry_id, "cli", now_ms())
    except CaseError as error:
        fail(f"{error.message_zh} / {error.message_en}", EXIT_REFUSED)
    click.echo(f"已关联 linked: {entry_id}")


@roster.command()
@click.argument("school")
@click.argument("number")
@click.option("--reason", default="", help="原因，写入审计 / why, for the audit log")
@json_option
@opened
def withdraw(central: Central, school: str, number: str, *, reason: str, as_json: bool) -> None:
    """注销学生:清空资料,销毁密钥,注销人脸登记。 Erase a pupil, key and enrolments."""
    at, keeps = now_ms(), central.roster()
    with central.store.transaction() as connection:
        pupil = pupils.by_school_no(connection, school, number)
        if pupil is None:
            fail(f"{school} 没有学号 has no number {number!r}", EXIT_REFUSED)
        keeps.withdraw(connection, pupil.pupil_id, "cli", at, reason)
    keeps.erase(central.store, at)
    shown = {"pupil_id": pupil.pupil_id, "key_digest": pupil.key_digest}
    text = f"已注销 erased: {pupil.pupil_id}；密钥 key {pupil.key_digest[:16]}… 已销毁 destroyed"
    show(shown, text, as_json=as_json)


@roster.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """输出可填写的名册模板(.xlsx 或 .csv)。 Write an empty roster to be filled in."""
    file.write_bytes(template_of(file.suffix.lower() == ".xlsx"))
    click.echo(f"已写入 written: {file}")


def _looked_through(importing: Importing) -> dict[str, int]:
    """Look at the whole file before anything is kept."""
    total, found = count_rows(importing.book), Findings()
    for found in importing.look_through():
        _progress("检查 checked", found.rows, total)
    click.echo("", err=True)
    if found.wrong:
        kept = len(found.mistakes)
        more = f"，只列出前 {kept} 处 the first {kept} are listed" if found.wrong > kept else ""
        lines = "\n".join(map(str, found.mistakes))
        msg = f"{found.wrong} 处有误，未导入任何内容 mistakes, nothing imported{more}:\n{lines}"
        raise SheetError(msg)
    return _tally(found.changes)


def _taken(central: Central, importing: Importing, total: int) -> dict[str, int]:
    def note(_connection: Connection, _count: int, _here: Counter[str]) -> None:
        return

    done: Counter[str] = Counter()
    for count, tally in importing.take("cli", now_ms, note):
        _progress("导入 imported", count, total)
        done = tally
    click.echo("", err=True)
    with central.store.transaction() as connection:
        detail: dict[str, Any] = {"file": importing.book.name, **_tally(done)}
        audit.append(connection, now_ms(), "cli", "roster.import", "roster", detail)
    return _tally(done)


def _tally(counted: Counter[str]) -> dict[str, int]:
    return {name: counted[name] for name in ("added", "changed", "unchanged")}


def _progress(what: str, done: int, total: int | None) -> None:
    of = f"/{total} ({100 * done // max(1, total)}%)" if total else ""
    click.echo(f"\r{what} {done}{of} …", nl=False, err=True)
