"""For how long things are kept: the terms, and what is due for deletion now."""

from central.adapters.store import retention, year_figures
from central.web import here
from central.web.admin.frame import LOOKS, Answer, pages, places, sees
from central.web.sheets import Cell, Note, Row, Sheet, Table, Words, shown

DAY_MS = 24 * 3600 * 1000
MOST = 100_000
TERMS: dict[str, tuple[Words, str]] = {
    "evidence_days": (("办结后的照片、录像", "pictures and clips after closing"), "[retention]"),
    "quarantine_days": (("无法识别的设备消息", "messages put aside"), "[retention]"),
    "boarding_days": (("宿舍进出记录", "door events of dormitories"), "[retention]"),
    "reply_days": (("办结后的答复电话", "numbers to answer to, after the end"), "[reports]"),
}
DONE: dict[str, Words] = {
    "evidence.deleted": ("照片、录像", "pictures and clips"),
    "consent.withdraw": ("到期或撤回的同意", "consents that ended"),
    "enrolment.withdraw": ("到期或注销的人脸登记", "enrolments that ended"),
    "background.erase": ("离职人员的背景审查", "background checks of who has left"),
}


@pages.get("/admin/retention")
@sees(LOOKS)
def terms() -> Answer:
    """Show the terms, what would go now, and what has gone within a month."""
    days, now_ms = here.settings().kept_days, here.now_ms()
    with here.store().reading() as connection:
        before = now_ms - days["evidence_days"] * DAY_MS
        due = {
            "evidence_days": len(retention.evidence_due(connection, before, MOST)),
            "quarantine_days": retention.quarantine_due(
                connection, now_ms - days["quarantine_days"] * DAY_MS
            ),
        }
        gone = year_figures.actions(connection, (now_ms - 30 * DAY_MS, now_ms + 1))
    rows = [
        Row([Cell(words=words), Cell(f"{days[name]}", is_number=True),
             Cell(f"{section} {name}"), Cell(str(due[name]) if name in due else "—")])
        for name, (words, section) in TERMS.items()
    ]  # fmt: skip
    past = [Row([Cell(words=words), Cell(f"{gone.get(action, 0):,}", is_number=True)])
            for action, words in DONE.items()]  # fmt: skip
    return shown(Sheet(
        ("保存期限", "Retention"), "retention", places(),
        notes=[Note(("期限由本区在 central.toml 设定；后台每小时执行一次，未办结的事件不删除。",
                     "Set in central.toml; carried out each hour. Nothing of an open case goes."))],
        tables=[
            Table((("内容", "What"), ("天数", "Days"), ("设置", "Setting"),
                   ("此刻到期（试算）", "Due now (dry run)")), rows),
            Table((("近 30 天已删除", "Gone within 30 days"), ("数量", "Count")), past,
                  ("执行情况", "What was done")),
        ],
    ))  # fmt: skip
