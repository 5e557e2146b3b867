"""`huxiao-central audit`: who saw and did what, and whether the log is whole."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.store import audit as log
from central.adapters.store import figures
from central.adapters.tables.audit_pack import gather, zipped
from central.commands.options import EXIT_REFUSED, Central, json_option, opened, show
from central.core.local_time import ZONE, from_ms
from central.web.words import ROLES


@click.group()
def audit() -> None:
    """审计日志:核对、列出。 The audit log: verify it, list it.

    每条记录封住前一条,改动、删除或插入都会被发现。 Each entry seals the one before it.
    """


@audit.command()
@click.option(
    "--entry",
    "entries",
    multiple=True,
    nargs=2,
    type=(int, str),
    metavar="编号 封印",
    help="此条是否如打印的案卷所示 / whether this entry bears this seal",
)
@json_option
@opened
def verify(central: Central, entries: tuple[tuple[int, str], ...], *, as_json: bool) -> None:
    """核对整条审计链;不符则指出第一条,退出码 1。 Check the chain; name the first broken entry.

    末尾被删看不出来:请把显示的“最后一条”另处留存,下次对照。 Entries cut off at the end leave
    no trace: keep the last id and seal elsewhere, and compare.
    """
    with central.store.reading() as connection:
        broken = log.verify(connection)
        last = figures.audit_entries(connection, None, 1)
        entry = None if broken is None else _entry(figures.audit_entries(connection, broken + 1, 1))
        others = [number for number, seal in entries
                  if log.seal_of(connection, number) != seal.strip().lower()]  # fmt: skip
    end = {"id": last[0]["id"], "hash": last[0]["hash"]} if last else {"id": 0, "hash": log.FIRST}
    if entry is None and others:
        told = f"这些记录与所示的封印不符 not with these seals: {', '.join(map(str, others))}"
        show({"is_whole": True, "others": others}, told, as_json=as_json)
        raise SystemExit(EXIT_REFUSED)
    if entry is None:
        told = f"审计链完整 the chain is whole；最后一条 last entry: {end['id']} {end['hash']}"
        show({"is_whole": True, "last": end}, told, as_json=as_json)
        return
    told = f"审计链在此处不符 the chain breaks at entry {entry['id']}: {_line(entry)}"
    show({"is_whole": False, "broken": entry}, told, as_json=as_json)
    raise SystemExit(EXIT_REFUSED)


@audit.command(name="list")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000),
              help="最多几条 / how many at most")  # fmt: skip
@click.option("--before", type=int, help="此编号之前的 / only entries before this id")
@json_option
@opened
def list_entries(central: Central, *, limit: int, before: int | None, as_json: bool) -> None:
    """列出审计记录,新的在前;这次查看也会记入。 List entries, newest first; this look is kept."""
    with central.store.transaction() as connection:
        log.append(connection, now_ms(), "cli", "look", "audit")
        rows = [_entry([row]) for row in figures.audit_entries(connection, before, limit)]
    show(rows, "\n".join(map(_line, rows)), as_json=as_json)


@audit.command()
@click.option("--year", type=click.IntRange(2020, 2100), required=True, help="年份 / of which year")
@click.option("--out", "file", type=click.Path(dir_okay=False, writable=True, path_type=Path),
              required=True, help="ZIP 文件 / the ZIP to write")  # fmt: skip
@opened
def pack(central: Central, *, year: int, file: Path) -> None:
    """年度合规审计材料:PDF、XLSX、CSV 和审计链校验值。 The yearly pack for the compliance audit."""
    with central.store.transaction() as connection:
        log.append(connection, now_ms(), "cli", "audit.pack", f"year:{year}")
    with central.store.reading() as connection:
        made = gather(connection, year, central.kept_days(), "cli", now_ms(), ROLES)
    file.write_bytes(zipped(made))
    state = "完整 whole" if made.is_whole else "不完整 NOT whole"
    click.echo(f"已写入 written: {file}；审计链 audit chain: {state}")


def _entry(rows: list[dict[str, Any]]) -> dict[str, Any]:
    row = rows[0]
    at: datetime = from_ms(row["at"]).astimezone(ZONE)
    return {
        "id": row["id"],
        "at": at.isoformat(timespec="seconds"),
        **{name: row[name] for name in ("actor", "action", "subject", "detail")},
    }


def _line(row: dict[str, Any]) -> str:
    detail = json.dumps(row["detail"], ensure_ascii=False) if row["detail"] else ""
    head = f"{row['id']:>8}  {row['at']}  {row['actor']:<24}{row['action']:<20}"
    return f"{head}{row['subject']}  {detail}".rstrip()
