"""`huxiao-central roster`: pupils from a school's file; whose entry is whose; erased with proof."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.registry.roster import Roster
from central.adapters.registry.sheets import (
    Header,
    Mistake,
    SheetError,
    header_of,
    pupils_of,
)
from central.adapters.store import audit, pupils
from central.commands.options import EXIT_REFUSED, Central, fail, json_option, opened, show
from central.core.pupils import PupilWanted
from central.core.refusals import CaseError

BATCH = 500
MOST_MISTAKES = 100


@click.group()
def roster() -> None:
    """学生名册:导入、关联人脸登记、注销。 Pupils: import, link to enrolments, erase.

    姓名和家长联系方式加密保存。 Names and contacts are kept locked, one key a child.
    """


@roster.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@opened
def import_roster(central: Central, file: Path, *, as_json: bool) -> None:
    """导入 XLSX 或 CSV 名册;有错则全不导入。 Import a roster; with a mistake, nothing.

    首行列名 first row: 学校 班级 学号 姓名 [出生年份 住校 寝室 家长 家长手机 浙里办 关系]。
    再次导入同一文件不改变任何内容。 A second run of the same file changes nothing.
    """
    try:
        header = header_of(file)
        _must_be_right(file, header)
        tally = _imported(central, file, header)
    except SheetError as error:
        fail(f"{file.name}: {error}", EXIT_REFUSED)
    except CaseError as error:
        fail(f"{error.message_zh} / {error.message_en}", EXIT_REFUSED)
    if header.not_read:
        click.echo(f"未读取的列 columns not read: {', '.join(header.not_read)}", err=True)
    text = (f"新增 added {tally['added']},更新 changed {tally['changed']},"
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
@click.option("--reason", default="", help="原因,写入审计 / why, for the audit log")
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
    text = f"已注销 erased: {pupil.pupil_id};密钥 key {pupil.key_digest[:16]}… 已销毁 destroyed"
    show(shown, text, as_json=as_json)


def _must_be_right(file: Path, header: Header) -> None:
    """Look at the whole file before anything is kept; only numbers of pupils stay in memory."""
    mistakes: list[Mistake] = []
    seen: set[int] = set()
    for row, one in pupils_of(file, header):
        if isinstance(one, PupilWanted):
            key = hash((one.unit_code, one.school_no))
            if key not in seen:
                seen.add(key)
                continue
            why = ("这个学号前面已经出现过,同一学生的行须相邻",
                   "this number came before; rows of one pupil must follow each other")  # fmt: skip
            one = Mistake(row, f"{header.names['school_no']} {one.school_no}", why)  # noqa: PLW2901
        mistakes.append(one)
        if len(mistakes) == MOST_MISTAKES:
            break
    if mistakes:
        more = " (更多未列出 more not listed)" if len(mistakes) == MOST_MISTAKES else ""
        lines = "\n".join(map(str, mistakes))
        msg = f"{len(mistakes)} 处有误,未导入任何内容 mistakes, nothing imported{more}:\n{lines}"
        raise SheetError(msg)


def _imported(central: Central, file: Path, header: Header) -> dict[str, int]:
    tally = {"added": 0, "changed": 0, "unchanged": 0}
    keeps: Roster = central.roster()
    wanted = (one for _, one in pupils_of(file, header) if isinstance(one, PupilWanted))
    for batch in _batches(wanted):
        with central.store.transaction() as connection:
            for _, change in keeps.put(connection, batch, "cli", now_ms()):
                tally[change] += 1
        click.echo(f"\r{sum(tally.values())} …", nl=False, err=True)
    with central.store.transaction() as connection:
        detail: dict[str, Any] = {"file": file.name, **tally}
        audit.append(connection, now_ms(), "cli", "roster.import", "roster", detail)
    click.echo("", err=True)
    return tally


def _batches(wanted: Iterator[PupilWanted]) -> Iterator[list[PupilWanted]]:
    while batch := list(islice(wanted, BATCH)):
        yield batch
