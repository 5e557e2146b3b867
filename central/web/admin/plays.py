"""Playbooks in force, tried out; another one uploaded, compared, put in force, undone."""

from collections import Counter
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any

from flask import redirect, request
from sqlalchemy import Connection
from uuid_utils import uuid7
from werkzeug.exceptions import NotFound

from central.adapters import calendars
from central.adapters.playbooks import PlaybookError, read_playbook, shipped, sources_of
from central.adapters.store import directory, duty, playbook_texts
from central.adapters.store.checks import places as all_places
from central.adapters.store.tables import ORG_UNIT, SITE
from central.core.local_time import ZONE, clock_of, to_ms
from central.core.playbook import Opening, Playbook
from central.core.rehearsal import Event, rehearse
from central.core.workflow import STEP_WORDS, Step
from central.incidents.reaching import gaps, muster, reach
from central.web import here, saying
from central.web.admin.frame import (
    Answer,
    RefusedError,
    changes,
    keep,
    must_prove,
    pages,
    places,
    sees,
)
from central.web.admin.playbook_picture import called, drawn
from central.web.languages import say
from central.web.languages import text as _
from central.web.sheets import Act, Cell, Field, Form, Note, Row, Sheet, Table, Words, shown
from central.web.showing import day, named
from central.web.words import SCENARIO_WORDS

BACK = "/admin/playbooks"
MOST_BYTES = 200_000
MOST_GAPS = 12
WHAT: dict[str, Words] = {
    "dispatch": ("下达", "dispatched"), "copy": ("抄送", "copied"), "notice": ("告知", "told"),
    "overdue": ("超时", "overdue"), "later": ("其后", "later"),
}  # fmt: skip


@pages.get("/admin/playbooks")
@sees()
def list_playbooks() -> Answer:
    """List the playbooks in force; upload another text."""
    own = _own()
    rows = [
        Row([
            Cell(words=(one.title_zh, one.title_en), link=f"{BACK}/{one.playbook}",
                 small=one.playbook),
            Cell(f"v{one.version}", is_number=True),
            Cell(say(("、", ", ")).join(say(SCENARIO_WORDS[s]) for s in one.scenarios)),
            Cell(words=("本区", "own") if one.playbook in own else ("随附", "shipped")),
        ], key=one.playbook)
        for one in _in_force()
    ]  # fmt: skip
    hint = (
        "先检查、比较、预演，再决定是否启用；已有事件不受影响。",
        "It is checked and compared first; cases that are open keep theirs.",
    )
    form = Form(("上传新版本", "Upload a version"), BACK, [
        Field("file", ("YAML 文件", "YAML file"), "file", is_needed=True,
              more={"accept": ".yaml,.yml"}),
    ], ("上传并检查", "Upload and check"), hint, has_file=True)  # fmt: skip
    columns = (("预案", "Playbook"), ("版本", "Version"), ("场景", "Scenario"), ("来源", "From"))
    return shown(Sheet(("预案", "Playbooks"), "playbooks", places(), notes=must_prove(BACK),
                       tables=[Table(columns, rows)], forms=[form]))  # fmt: skip


@pages.post("/admin/playbooks")
@changes(BACK)
def upload_playbook() -> Answer:
    """Keep a text that can be read; nothing is in force by that."""
    file = request.files.get("file")
    content = file.stream.read(MOST_BYTES + 1) if file else b""
    if not content or len(content) > MOST_BYTES:
        raise RefusedError(("请选择一个 YAML 文件", "choose a YAML file"))
    try:
        text = content.decode("utf-8")
        read = read_playbook(text, file.filename or "playbook" if file else "playbook")
    except (PlaybookError, UnicodeDecodeError) as error:
        raise RefusedError((str(error), str(error))) from None
    now_ms = here.now_ms()
    with here.store().transaction() as connection:
        _keep_what_was(connection, read.playbook)
        row = {"text_id": str(uuid7()), "playbook": read.playbook, "version": read.version,
               "text": text, "uploaded_at": now_ms,
               "uploaded_by": here.actor().actor_id}  # fmt: skip
        playbook_texts.put(connection, row)
        keep(connection, "playbook.upload", f"playbook:{read.playbook}",
             {"version": read.version})  # fmt: skip
    saying.say_done(_("已上传，尚未启用：请比较后决定。"))
    return redirect(f"{BACK}/{read.playbook}?text={row['text_id']}")


@pages.get("/admin/playbooks/<playbook>")
@sees()
def one_playbook(playbook: str) -> Answer:
    """Show a playbook, what would happen by it, its texts, and how one differs."""
    back = f"{BACK}/{playbook}"
    with here.store().reading() as connection:
        texts = playbook_texts.listed(connection, playbook)
        sites = directory.rows(connection, SITE, "site_id")
        chosen = playbook_texts.found(connection, request.args.get("text", ""))
        known = {one.playbook: one for one in _in_force()}
        if chosen is not None and chosen["playbook"] == playbook:
            shown_one = read_playbook(chosen["text"], playbook)
        elif playbook in known:
            shown_one = known[playbook]
        else:
            raise NotFound
        site_id = request.args.get("site", "") or (sites[0]["site_id"] if sites else "")
        told = _rehearsed(connection, shown_one, site_id, _moment())
        lacks = _lacks(connection, shown_one)
        picture = drawn(shown_one, _unit_names(connection))
    notes = must_prove(back)
    if lacks:
        zh = "找不到人的关系：" + "；".join(one for one, _en in lacks)
        en = "Relations that reach nobody: " + "; ".join(one for _zh, one in lacks)
        notes.append(Note((zh, en), "warning"))
    names = {one["site_id"]: (one["name_zh"], one["name_en"] or one["name_zh"]) for one in sites}
    filters = [
        Field("site", ("在哪里预演", "rehearsed at"), "select", site_id, options=names),
        Field("at", ("立案时间", "opened at"), "datetime-local", request.args.get("at", "")),
    ]
    columns = (("何时", "When"), ("什么", "What"), ("内容", "Words"), ("通知谁", "Told"))
    tables = [
        Table(columns, told, ("预演：若无人办理", "Rehearsal: if nobody did anything")),
        _texts(texts, playbook, back),
    ]
    diff = _diff(chosen["text"], playbook) if chosen is not None else ""
    version = f" v{shown_one.version}"
    title = (shown_one.title_zh + version, shown_one.title_en + version)
    return shown(Sheet(title, "playbooks", places(), crumb=(BACK, ("预案", "Playbooks")),
                       notes=notes, filters=filters, tables=tables, written=diff,
                       picture=picture))  # fmt: skip


@pages.post("/admin/playbooks/<playbook>/force")
@changes(BACK + "/{playbook}")
def put_in_force(playbook: str) -> Answer:
    """Put a text in force, or go back to the one that comes with the program."""
    file = _folder() / f"{playbook}.yaml"
    text_id, now_ms = request.form.get("text_id", ""), here.now_ms()
    with here.store().transaction() as connection:
        row = playbook_texts.found(connection, text_id) if text_id else None
        if text_id and (row is None or row["playbook"] != playbook):
            raise NotFound
        if row is None and playbook not in {one.playbook for one in shipped()}:
            raise RefusedError(("没有随附版本", "there is no shipped version"))
        before = _in_force_version(playbook)
        _keep_what_was(connection, playbook)
        if row is None:
            playbook_texts.end(connection, playbook, now_ms)
        else:
            playbook_texts.put_in_force(connection, row, now_ms)
        after = row["version"] if row else 0
        keep(connection, "playbook.force", f"playbook:{playbook}",
             {"version": after, "before": before})  # fmt: skip
        _write(file, row["text"] if row else None, playbook)
    live = here.settings().live
    if live is not None:
        live.look()
    saying.say_done(_("已启用：%(name)s。新事件按此办理，已有事件不变。", name=playbook))
    return redirect(f"{BACK}/{playbook}")


def _write(file: Path, text: str | None, playbook: str) -> None:
    """Put a text where playbooks lie, in the place of all others of its name."""
    for path in file.parent.glob("*.yaml"):
        if path != file and _name_in(path) == playbook:
            path.unlink()
    if text is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def _name_in(path: Path) -> str:
    try:
        return read_playbook(path.read_text("utf-8"), path.name).playbook
    except (PlaybookError, UnicodeDecodeError):
        return ""


def _keep_what_was(connection: Connection, playbook: str) -> None:
    """A text of the district's own that nobody uploaded is kept, so that one can go back to it."""
    known = {row["text"] for row in playbook_texts.listed(connection, playbook)}
    source = sources_of(_folder()).get(playbook)
    if playbook not in _own() or source is None or source[1] in known:
        return
    version = read_playbook(source[1], playbook).version
    playbook_texts.put(connection, {
        "text_id": str(uuid7()), "playbook": playbook, "version": version, "text": source[1],
        "uploaded_at": here.now_ms() - 1, "uploaded_by": "—", "in_force_at": here.now_ms() - 1,
    })  # fmt: skip


def _folder() -> Path:
    data = here.settings().data
    if data is None:
        raise NotFound
    return data.playbooks


def _in_force() -> tuple[Playbook, ...]:
    found = here.settings().playbooks
    return shipped() if found is None else found


def _in_force_version(playbook: str) -> int:
    return next((one.version for one in _in_force() if one.playbook == playbook), 0)


def _own() -> set[str]:
    """Name the playbooks that the district has a text of its own for."""
    folder = _folder()
    return {name for path in folder.glob("*.yaml") if (name := _name_in(path))}


def _diff(text: str, playbook: str) -> str:
    """Compare a text with the one in force, line by line."""
    source = sources_of(_folder()).get(playbook)
    now = source[1] if source else ""
    names = say(("现行", "in force")), say(("所选", "chosen"))
    lines = unified_diff(now.splitlines(), text.splitlines(), *names, lineterm="")
    return "\n".join(lines) or say(("与现行相同。", "The same as in force."))


def _texts(texts: list[Any], playbook: str, back: str) -> Table:
    in_force = any(row["in_force_at"] and not row["ended_at"] for row in texts)
    rows = []
    for row in texts:
        is_now = bool(row["in_force_at"]) and not row["ended_at"]
        state: Words = ("现行", "in force") if is_now else ("未启用", "not in force")
        question = ("新事件立即按此办理；可以再换回。", "New cases follow it; one can go back.")
        chosen = {"text_id": row["text_id"]}
        act = Act(("启用", "Put in force"), f"{back}/force", chosen, question)
        rows.append(Row([
            Cell(f"v{row['version']}", link=f"{back}?text={row['text_id']}"),
            Cell(day(row["uploaded_at"])[:16], small=named(row["uploaded_by"])),
            Cell(words=state, tone="chip"),
        ], [] if is_now else [act], key=row["text_id"]))  # fmt: skip
    if playbook in {one.playbook for one in shipped()}:
        own = in_force or playbook in _own()
        question = ("停用本区版本，改用随附版本。", "The district's own is no longer in force.")
        words = ("换回随附版本", "Back to the shipped one")
        act = Act(words, f"{back}/force", question=question)
        state = ("未启用", "not in force") if own else ("现行", "in force")
        rows.append(Row([Cell(words=("随附", "shipped")), Cell("—"),
                         Cell(words=state, tone="chip")], [act] if own else []))  # fmt: skip
    columns = (("版本", "Version"), ("上传", "Uploaded"), ("状态", "State"))
    return Table(columns, rows, ("版本", "Versions"))


def _lacks(connection: Connection, one: Playbook) -> list[Words]:
    there = muster(connection, here.now_ms(), tuple(here.settings().channels) or None)
    found = gaps(there, [one], all_places(connection))
    counts = Counter(gap.what for gap in found)
    return [
        (f"{zh}（{count} 个场所）", f"{en} ({count} places)")
        for (zh, en), count in counts.most_common(MOST_GAPS)
    ]


def _rehearsed(connection: Connection, one: Playbook, site_id: str, at: int) -> list[Row]:
    place = next((p for p in all_places(connection) if p.site_id == site_id), None)
    if place is None:
        return []
    names = _unit_names(connection)
    known = duty.names(connection)

    def told(event: Event) -> str:
        said = []
        for to in event.tell:
            found = reach(connection, place, to, event.duty)
            people = say(("、", ", ")).join(_name(one.account_id, known) for one in found.people)
            said.append(called(to, names) + _("：") + (people or say(("无人", "nobody"))))
        return say(("；", "; ")).join(said) or "—"

    return [_event_row(event, told(event)) for event in rehearse(one, at, calendars.current())]


def _name(account_id: str, known: dict[str, str]) -> str:
    return known.get(account_id.removeprefix("account:"), account_id)


def _unit_names(connection: Connection) -> dict[str, str]:
    return {
        row["code"]: say((row["name_zh"], row["name_en"] or row["name_zh"]))
        for row in directory.rows(connection, ORG_UNIT, "code")
    }


def _event_row(event: Event, told: str) -> Row:
    what = WHAT[event.what]
    if event.waits_for:
        zh, en = STEP_WORDS[Step(event.waits_for)]
        what = (f"{zh}超时第 {event.level} 级", f"{en} overdue, level {event.level}")
    upon = event.upon
    if isinstance(upon, Opening):
        upon = f"{upon.task}: {', '.join(upon.outcomes) or '*'}"
    said = say((event.words_zh, event.words_en or event.words_zh))
    if not said and event.duty:
        said = say((event.duty.duty_zh, event.duty.duty_en))
    return Row([Cell(clock_of(event.at) if event.at else f"({upon})"), Cell(words=what),
                Cell(said or "—"), Cell(told)])  # fmt: skip


def _moment() -> int:
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        return here.now_ms()
    return to_ms(at if at.tzinfo else at.replace(tzinfo=ZONE))
