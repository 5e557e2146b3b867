"""`huxiao-central playbook`: read, check and rehearse the playbooks."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from central.adapters import calendars
from central.adapters.clock import now_ms
from central.adapters.playbook_mistakes import line_of
from central.adapters.playbooks import (
    PlaybookError,
    in_force,
    read_playbook,
    shipped,
    sources_of,
)
from central.adapters.store import directory, incidents
from central.adapters.store.checks import places
from central.adapters.store.directory import DEPARTMENTS
from central.adapters.store.tables import ORG_UNIT
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    Central,
    data_option,
    db_option,
    errors_in_words,
    fail,
    json_option,
    opened,
    show,
)
from central.core.local_time import ZONE, clock_of, to_ms
from central.core.playbook import Opening, Playbook
from central.core.playbook_page import called, page
from central.core.rehearsal import Event, rehearse
from central.core.workflow import STEP_WORDS, Step
from central.incidents.reaching import gaps, muster, reach
from central.wiring import open_central

NAMES_ZH = {code: names[0] for code, names in DEPARTMENTS.items()}
WORDS = {"dispatch": "下达", "copy": "抄送", "notice": "告知", "overdue": "超时", "later": "其后"}


@click.group()
def playbook() -> None:
    """预案:检查、预演、出图。 Check, rehearse and draw what is done about a scenario."""


@playbook.command(name="list")
@json_option
@opened
def list_playbooks(central: Central, *, as_json: bool) -> None:
    """列出生效的预案。 List those in force."""
    rows = [
        {"playbook": one.playbook, "version": one.version, "title": one.title_zh,
         "scenarios": list(one.scenarios), "kinds": list(one.kinds)}
        for one in _in_force(central)
    ]  # fmt: skip
    text = "\n".join(f"{r['playbook']:<20}v{r['version']:<4}{r['title']}" for r in rows)
    show(rows, text, as_json=as_json)


@playbook.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@db_option
@errors_in_words
def lint(files: tuple[Path, ...], data: Path, db: str | None) -> None:
    """检查预案文件;有数据目录时还检查每个关系是否找得到人。 Check playbooks.

    不给文件时检查生效的全部预案。 Without files: all in force. With a data folder, each relation is
    tried at each place.
    """
    mistakes: list[str] = []
    central = open_central(data, db) if (data / "central.toml").exists() else None
    checked: list[Playbook] = []
    sources = sources_of(central.data.playbooks if central else None)
    for file in files:
        try:
            one = read_playbook(file.read_text(encoding="utf-8"), str(file))
            checked.append(one)
            sources[one.playbook] = (str(file), file.read_text(encoding="utf-8"))
        except (PlaybookError, UnicodeDecodeError) as error:
            mistakes.append(str(error))
    if not files:
        checked += _in_force(central) if central else shipped()
    if central:
        mistakes += _unreachable(central, checked, sources)
    if mistakes:
        fail("\n" + "\n".join(mistakes), EXIT_CONFIG)
    scope = "含可达性 reachability included" if central else "无数据目录 no data folder"
    click.echo(f"没有问题 no mistakes: {len(checked)} 个预案 playbooks ({scope})")


@playbook.command(name="dry-run")
@click.argument("name")
@click.option("--site", "site_id", required=True, help="场所编号 / the place")
@click.option("--at", "at_text", metavar="TIME", help="立案时间，缺省现在 / e.g. 2026-10-01T16:30")
@json_option
@opened
def dry_run(
    central: Central, name: str, site_id: str, at_text: str | None, *, as_json: bool
) -> None:
    """预演:若无人办理,谁在何时被通知;不发送。 Tell who would be told when; sends nothing."""
    chosen = next((one for one in _in_force(central) if one.playbook == name), None)
    if chosen is None:
        names = "、".join(one.playbook for one in _in_force(central))
        fail(f"没有预案 no playbook {name!r}; 现有 there are: {names}", EXIT_REFUSED)
    at = _moment(at_text)
    with central.store.reading() as connection:
        place = incidents.place(connection, site_id)
        if place is None:
            fail(f"没有场所 no site {site_id!r}", EXIT_REFUSED)
        names_zh = {row["code"]: row["name_zh"]
                    for row in directory.rows(connection, ORG_UNIT, "code")}  # fmt: skip
        rows = [
            _told(event, [
                _one(reach(connection, place, to, event.duty), called(to, names_zh), chosen)
                for to in event.tell
            ])
            for event in rehearse(chosen, at, calendars.current())
        ]  # fmt: skip
    show(rows, "\n".join(_line(row) for row in rows), as_json=as_json)


@playbook.command()
def schema() -> None:
    """输出预案文件的 JSON Schema。 Print the JSON Schema of a playbook file."""
    click.echo(schema_text(), nl=False)


@playbook.command(name="page")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@errors_in_words
def print_page(file: Path) -> None:
    """把预案画成流程图和时限表(Markdown)。 Draw a playbook as a page with a diagram."""
    try:
        click.echo(page(read_playbook(file.read_text("utf-8"), str(file)), NAMES_ZH), nl=False)
    except PlaybookError as error:
        fail(str(error), EXIT_CONFIG)


def schema_text() -> str:
    """Give the JSON Schema (2020-12) of a playbook file."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:huxiao:playbook"}
    return json.dumps(head | Playbook.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _in_force(central: Central) -> tuple[Playbook, ...]:
    try:
        return in_force(central.data.playbooks)
    except PlaybookError as error:
        fail(str(error), EXIT_CONFIG)


def _unreachable(
    central: Central, playbooks: list[Playbook], sources: dict[str, tuple[str, str]]
) -> list[str]:
    """Say each relation that reaches nobody, with the file's line where the playbook has it."""
    with central.store.reading() as connection:
        there = muster(connection, now_ms(), tuple(central.channels()) or None)
        found = gaps(there, playbooks, places(connection))
    return [
        f"{_where(sources.get(g.playbook), g.where)}: {g.where} @ {g.site_id}: "
        f"{g.what[0]} / {g.what[1]}"
        for g in found
    ]


def _where(source: tuple[str, str] | None, path: str) -> str:
    if source is None:
        return "-"
    file, text = source
    return f"{file}:{line_of(text, path)}"


def _moment(text: str | None) -> int:
    if text is None:
        return now_ms()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--at {text!r}: 应为 expected 2026-10-01T16:30", EXIT_CONFIG)
    return to_ms(at if at.tzinfo else at.replace(tzinfo=ZONE))


def _one(found: Any, name: str, chosen: Playbook) -> dict[str, Any]:
    audience = (found.unit_code or "").partition(":")[0]
    return {
        "who": name,
        "unit": found.unit_code,
        "people": [person.account_id for person in found.people],
        "channels": list(chosen.channels.get(audience, ())),
        "reached": bool(found.people),
    }


def _told(event: Event, tell: list[dict[str, Any]]) -> dict[str, Any]:
    upon = event.upon
    if isinstance(upon, Opening):
        upon = f"{upon.task}: {', '.join(upon.outcomes) or '*'}"
    return {
        "at": event.at and clock_of(event.at),
        "what": event.what,
        "waits_for": event.waits_for,
        "level": event.level,
        "duty": event.duty and event.duty.duty_zh,
        "words": event.words_zh or None,
        "upon": upon,
        "tell": tell,
    }


def _line(row: dict[str, Any]) -> str:
    when = row["at"] or f"({row['upon']})"
    what = WORDS[row["what"]]
    if row["waits_for"]:
        what = f"{STEP_WORDS[Step(row['waits_for'])][0]}超时第 {row['level']} 级"
    told = ";".join(
        f"{one['who']}[{one['unit'] or '?'}] "
        + (",".join(one["people"]) or "！无人 nobody")
        + (f" 经 via {'/'.join(one['channels'])}" if one["channels"] else "")
        for one in row["tell"]
    )
    return f"{when}  {what}  {row['words'] or row['duty'] or ''}  → {told}"
