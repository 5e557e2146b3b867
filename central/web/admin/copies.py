"""The state of backups: when the last was made and tried, how large, and what is wrong."""

from pathlib import Path
from typing import Any

from flask import redirect
from werkzeug.exceptions import NotFound

from central.adapters.store import backups
from central.web import here, saying
from central.web.admin.frame import (
    ADMIN,
    LOOKS,
    Answer,
    changes,
    keep,
    must_prove,
    pages,
    places,
    sees,
)
from central.web.languages import text as _
from central.web.sheets import Act, Cell, Figure, Note, Row, Sheet, Table, Words, shown
from central.web.showing import ago, day, named, size

BACK = "/admin/backups"
ROWS = 30
DRILL_DAYS = 90
DAY_MS = 24 * 3600 * 1000
LOST_MS = DAY_MS // 4
KINDS: dict[str, Words] = {
    "backup": ("备份", "backup"), "check": ("核对", "check"), "drill": ("恢复演练", "drill"),
}  # fmt: skip


@pages.get("/admin/backups")
@sees(LOOKS)
def list_backups() -> Answer:
    """Show how backups went, and what is wrong with that."""
    with here.store().reading() as connection:
        rows = backups.listed(connection, ROWS)
        good = backups.last_good(connection, "backup")
        drilled = backups.last_good(connection, "drill")
    may = here.actor().role in ADMIN
    acts = [Act(("立即备份", "Back up now"), f"{BACK}/backup"),
            Act(("核对", "Check"), f"{BACK}/check"),
            Act(("恢复演练", "Drill"), f"{BACK}/drill")]  # fmt: skip
    last = Row([
        Cell(day(good["began_at"])[:16] if good else "—", small=ago(good["began_at"]) if good
             else ""),
        Cell(size(good["size_bytes"]) if good else "—"),
        Cell(day(drilled["began_at"])[:16] if drilled else "—"),
    ], acts if may and _keeps() else [])  # fmt: skip
    head = Table(
        (("最近备份", "Last backup"), ("大小", "Size"), ("最近演练", "Last drill")), [last]
    )
    table = Table(
        (("什么", "What"), ("开始", "Began"), ("用时", "Took"), ("大小", "Size"),
         ("文件", "Files"), ("结果", "Outcome")),
        [_row(row) for row in rows], ("经过", "How they went"),
        ("还没有备份。", "There is no backup yet."),
    )  # fmt: skip
    notes = [*_warnings(good, drilled), *(must_prove(BACK) if may else [])]
    figures = [Figure(ago(good["began_at"]) if good else "—", ("距最近备份", "since the last"))]
    return shown(Sheet(
        ("备份", "Backups"), "backups", places(), notes=notes, figures=figures,
        tables=[head, table],
        hint=("备份用口令加密；已销毁的个人密钥不会随备份回来。",
              "Sealed under a passphrase; a destroyed key does not come back with a backup."),
    ))  # fmt: skip


@pages.post("/admin/backups/<kind>")
@changes(BACK)
def run_backup(kind: str) -> Answer:
    """Make, check or try a backup now."""
    keeps = _keeps()
    if keeps is None or kind not in KINDS:
        raise NotFound
    with here.store().transaction() as connection:
        backup_id = backups.ask(connection, kind, here.actor().actor_id, here.now_ms())
        keep(connection, "backup.asked", f"backup:{backup_id}", {"kind": kind})
    saying.say_done(_("已安排，后台马上开始；刷新本页看结果。"))
    return redirect(BACK)


def _keeps() -> Any:
    return here.settings().backups


def _warnings(good: Any, drilled: Any) -> list[Note]:
    keeps, now_ms = _keeps(), here.now_ms()
    if keeps is None or not keeps.is_set_up:
        words = (
            "没有设置自动备份：请在 central.toml 写 [backup] folder 和 passphrase_file。",
            "No backup is set up: [backup] folder and passphrase_file in central.toml.",
        )
        return [Note(words, "danger")]
    notes = []
    if good is None or now_ms - good["began_at"] > 2 * keeps.every_ms:
        words = ("备份过期：已超过两个周期没有成功的备份。",
                 "Overdue: no backup has ended well for two periods.")  # fmt: skip
        notes.append(Note(words, "danger"))
    if drilled is None or now_ms - drilled["began_at"] > DRILL_DAYS * DAY_MS:
        words = (f"超过 {DRILL_DAYS} 天没有做恢复演练。",
                 f"No restore has been tried for {DRILL_DAYS} days.")  # fmt: skip
        notes.append(Note(words, "warning"))
    if Path(keeps.folder).absolute().is_relative_to(keeps.data.path):
        words = ("备份目录在数据目录之内：磁盘损坏时会一起丢失。",
                 "Backups lie within the data folder: one disk takes both.")  # fmt: skip
        notes.append(Note(words, "warning"))
    return notes


def _row(row: Any) -> Row:
    is_bad = bool(row["trouble"])
    is_lost = not row["ended_at"] and here.now_ms() - row["began_at"] > LOST_MS
    outcome: Words = ("成功", "well") if row["ended_at"] else ("进行中", "under way")
    outcome = ("中断", "interrupted") if is_lost else outcome
    took = f"{(row['ended_at'] - row['began_at']) / 1000:.0f} s" if row["ended_at"] else "—"
    return Row([
        Cell(words=KINDS[row["kind"]], small=named(row["by"])),
        Cell(day(row["began_at"])[:16]),
        Cell(took), Cell(size(row["size_bytes"])),
        Cell(f"{row['files'] or 0:,}", is_number=True),
        Cell(row["trouble"], tone="bad") if is_bad else Cell(words=outcome, tone="chip"),
    ], key=row["backup_id"])  # fmt: skip
