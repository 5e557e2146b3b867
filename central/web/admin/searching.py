"""The audit log searched: by whom, about what, which action, when; each search is kept too."""

import csv
import io
import json
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from central.adapters.store import audit
from central.adapters.store.audit_search import Asked, actions, search
from central.core.local_time import ZONE, to_ms
from central.web import here
from central.web.admin.frame import READS_AUDIT, Answer, pages, places, sees
from central.web.sheets import Cell, Field, Row, Sheet, Table, Words, shown
from central.web.showing import day

ROWS = 100
MOST_EXPORTED = 50_000
_COLUMNS: tuple[Words, ...] = (
    ("编号", "Number"), ("时间", "Time"), ("谁", "Who"), ("做了什么", "Action"),
    ("对象", "About"), ("详情", "Detail"),
)  # fmt: skip


@pages.get("/admin/audit")
@sees(READS_AUDIT)
def search_audit() -> Answer:
    """Show what fits, the newest first."""
    asked, before = _asked(), request.args.get("before", "")
    with here.store().transaction() as connection:
        _note(connection, asked, "look")
        rows = search(connection, asked, int(before) if before.isdecimal() else None, ROWS + 1)
        known = actions(connection)
    page = rows[:ROWS]
    given = {name: value for name, value in request.args.items() if name != "before" and value}
    after = urlencode(given | {"before": str(page[-1]["id"])}) if len(rows) > ROWS else ""
    table = Table(_COLUMNS, [_row(row) for row in page],
                  empty=("没有符合的记录。", "Nothing fits."),
                  after=f"/admin/audit?{after}" if after else "")  # fmt: skip
    return shown(Sheet(
        ("审计查询", "Audit search"), "audit", places(), filters=_filters(known), tables=[table],
        hint=("按人、事件、学生、动作和时间查询；每次查询和导出也会记入审计。",
              "By person, case, pupil, action and time; each search and export is kept, too."),
        links=[("/admin/audit.csv?" + urlencode(given), ("导出 CSV", "Export CSV"))],
    ))  # fmt: skip


@pages.get("/admin/audit.csv")
@sees(READS_AUDIT)
def export_audit() -> Answer:
    """Give what fits as a file, with the hashes of the chain."""
    asked = _asked()
    with here.store().transaction() as connection:
        _note(connection, asked, "audit.export")
        rows = search(connection, asked, None, MOST_EXPORTED)
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(["id", "at", "actor", "action", "subject", "detail", "previous_hash", "hash"])
    for row in rows:
        detail = json.dumps(row["detail"], ensure_ascii=False)
        cells = [row["actor"], row["action"], row["subject"], detail]
        out.writerow([row["id"], day(row["at"]), *map(_plain, cells), row["previous_hash"],
                      row["hash"]])  # fmt: skip
    head = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    content = text.getvalue().encode("utf-8-sig")
    return Response(content, mimetype="text/csv; charset=utf-8", headers=head)


def _plain(text: str) -> str:
    """A cell that a sheet would take for a formula is made a text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _note(connection: Any, asked: Asked, action: str) -> None:
    detail = {"asked": {name: value for name, value in asked.as_dict().items() if value}}
    audit.append(connection, here.now_ms(), here.actor().actor_id, action, "audit", detail)


def _asked() -> Asked:
    args = request.args
    return Asked(
        args.get("who", "").strip()[:100], args.get("about", "").strip()[:200],
        args.get("action", "").strip()[:64], _moment("from"), _moment("to", is_end=True),
    )  # fmt: skip


def _moment(name: str, *, is_end: bool = False) -> int | None:
    try:
        date = datetime.fromisoformat(request.args.get(name, "")).date()
    except ValueError:
        return None
    at = datetime.combine(date, time(), ZONE) + timedelta(days=1 if is_end else 0)
    return to_ms(at)


def _filters(known: list[str]) -> list[Field]:
    args = request.args
    every: dict[str, Words] = {"": ("（全部）", "(all)")} | {one: (one, one) for one in known}
    return [
        Field("who", ("谁（账号、令牌）", "who (account, token)"), value=args.get("who", "")),
        Field(
            "about", ("对象（事件、学生编号）", "about (case, pupil)"), value=args.get("about", "")
        ),
        Field("action", ("动作", "action"), "select", args.get("action", ""), options=every),
        Field("from", ("从", "from"), "date", args.get("from", "")),
        Field("to", ("到", "to"), "date", args.get("to", "")),
    ]


def _row(row: dict[str, Any]) -> Row:
    detail = json.dumps(row["detail"], ensure_ascii=False) if row["detail"] else "—"
    return Row([
        Cell(str(row["id"]), is_number=True), Cell(day(row["at"])), Cell(row["actor"]),
        Cell(row["action"]), Cell(row["subject"]),
        Cell(detail if len(detail) <= 300 else detail[:300] + "…"),  # noqa: PLR2004 - readable
    ])  # fmt: skip
