"""The district's days: school terms, and its own exceptions to the statutory holidays."""

import re
from datetime import date, timedelta
from typing import Any

import yaml
from flask import redirect
from werkzeug.exceptions import NotFound

from central.adapters import calendars
from central.adapters.calendars import CalendarError, CalendarFile, own_days, unknown_years
from central.core.consents_wanted import today_of
from central.web import here, saying
from central.web.admin.frame import (
    Answer,
    RefusedError,
    changes,
    given,
    keep,
    must_prove,
    pages,
    places,
    sees,
)
from central.web.languages import text as _
from central.web.sheets import Act, Cell, Field, Form, Note, Row, Sheet, Table, Words, shown

BACK = "/admin/calendar"
FILE, BEFORE = "calendars.yaml", "calendars.yaml.before"
DAYS_SHOWN = 28
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


@pages.get("/admin/calendar")
@sees()
def calendar() -> Answer:
    """Show the days ahead as they count, and the district's own."""
    data = here.settings().data
    own = own_days(data.path) if data else CalendarFile()
    today, now = today_of(here.now_ms()), calendars.current()
    rows = []
    for number in range(DAYS_SHOWN):
        one = today + timedelta(days=number)
        works, learns = now.is_workday(one), now.is_school_day(one)
        rows.append(Row([
            Cell(one.isoformat()), Cell(words=_WEEKDAYS[one.weekday()]),
            Cell(words=("工作日", "working day") if works else ("休息", "rest"),
                 tone="" if works else "soon"),
            Cell(words=("教学日", "school day") if learns else ("不上课", "no school"),
                 tone="" if learns else "soon"),
            Cell(words=("本区规定", "the district's own")
                 if one in own.workdays | own.holidays else ("", "")),
        ]))  # fmt: skip
    notes = must_prove(BACK)
    if missing := unknown_years(range(today.year, today.year + 2)):
        years = "、".join(map(str, missing))
        notes.append(Note((f"{years} 年放假安排尚未收录：按周一至周五计，请登记本区例外。",
                           f"Holidays of {years} are not known yet: Monday to Friday is taken."),
                          "warning"))  # fmt: skip
    has_before = data is not None and (data.path / BEFORE).exists()
    undo = [Act(("恢复上一次保存前的日历", "Back to what it was"), f"{BACK}/undo")]
    tables = [Table((("日期", "Day"), ("星期", "Weekday"), ("工作", "Work"), ("教学", "School"),
                     ("来源", "From")), rows)]  # fmt: skip
    if has_before:
        tables.insert(0, Table((("上一版", "Before"),), [Row([Cell(BEFORE)], undo)]))
    form = Form(("本区日历", "The district's days"), BACK, [
        Field("school_terms", ("学期（起 止，一行一个）", "terms (from until, a line each)"),
              "textarea", "\n".join(f"{a} {b}" for a, b in own.school_terms),
              ("如 2026-09-01 2027-01-22；不填则全年", "e.g. 2026-09-01 2027-01-22; or all year")),
        Field("holidays", ("额外放假", "further holidays"), "textarea",
              "\n".join(map(str, sorted(own.holidays)))),
        Field("workdays", ("额外上班", "further working days"), "textarea",
              "\n".join(map(str, sorted(own.workdays)))),
        Field("drowning_months", ("防溺水重点期（月份 起 止）", "season at open water (months)"),
              "text", " ".join(map(str, own.drowning_months or ())),
              ("如 5 9：只用这几个月的事件提出巡查建议，统计中另列；不填则全年",
               "e.g. 5 9: patrols come from these months, counted apart; else all year")),
    ], ("保存", "Save"), ("法定节假日和调休自动计入；这里的优先。已写定的时限不变。",
                        "Statutory days count by themselves; these go before them."))  # fmt: skip
    return shown(Sheet(("日历", "Calendar"), "calendar", places(), notes=notes, tables=tables,
                       forms=[form]))  # fmt: skip


@pages.post("/admin/calendar")
@changes(BACK)
def save_calendar() -> Answer:
    """Keep the district's own days, in force at once."""
    data = here.settings().data
    if data is None:
        raise NotFound
    fields: dict[str, Any] = {
        "holidays": _days("holidays"), "workdays": _days("workdays"), "school_terms": _terms(),
        "drowning_months": _months(),
    }  # fmt: skip
    if both := set(fields["holidays"]) & set(fields["workdays"]):
        day = min(both)
        raise RefusedError((f"{day} 既放假又上班", f"{day} is both a holiday and a working day"))
    file = data.path / FILE
    with here.store().transaction() as connection:
        keep(connection, "calendar.set", "calendar", {
            name: len(value or ()) for name, value in fields.items()})  # fmt: skip
    text = yaml.safe_dump(fields, allow_unicode=True)
    if file.exists():
        file.replace(data.path / BEFORE)
    file.write_text(text, encoding="utf-8")
    calendars.look()
    saying.say_undoable(_("日历已保存，立即生效。"), f"{BACK}/undo")
    return redirect(BACK)


@pages.post("/admin/calendar/undo")
@changes(BACK)
def undo_calendar() -> Answer:
    """Put back what was there before, and keep the other in its place."""
    data = here.settings().data
    if data is None or not (data.path / BEFORE).exists():
        raise RefusedError(("没有上一版", "there is nothing to go back to"))
    file, before = data.path / FILE, data.path / BEFORE
    now = file.read_text("utf-8") if file.exists() else "{}\n"
    with here.store().transaction() as connection:
        keep(connection, "calendar.undo", "calendar")
    before.replace(file)
    before.write_text(now, encoding="utf-8")
    try:
        calendars.look()
    except CalendarError as error:
        raise RefusedError((str(error), str(error))) from None
    saying.say_done(_("日历已恢复。"))
    return redirect(BACK)


def _days(name: str) -> list[date]:
    written = given(name, 20_000)
    found = [_day(one) for one in re.split(r"[\s,\uff0c、;\uff1b]+", written) if one]
    return sorted(set(found))


def _terms() -> list[list[date]]:
    terms = []
    for line in given("school_terms", 20_000).splitlines():
        days = _DAY.findall(line)
        if not days:
            continue
        if len(days) != 2:  # noqa: PLR2004 - from and until
            raise RefusedError((f"学期应写两个日期：{line}", f"a term has two days: {line}"))
        first, last = _day(days[0]), _day(days[1])
        if last <= first:
            raise RefusedError((f"学期的结束早于开始：{line}", f"it ends before it begins: {line}"))
        terms.append([first, last])
    return terms


def _months() -> list[int] | None:
    written = given("drowning_months", 60)
    found = [int(one) for one in re.findall(r"\d+", written)]
    if not written:
        return None
    if len(found) != 2 or not all(1 <= one <= 12 for one in found):  # noqa: PLR2004 - from, until
        raise RefusedError((f"重点期应写两个月份，如 5 9:{written}",
                            f"two months are wanted, like 5 9: {written}"))  # fmt: skip
    return found


def _day(text: str) -> date:
    try:
        year, month, number = (int(part) for part in text.split("-"))
        return date(year, month, number)
    except ValueError:
        words = (f"不是日期：{text}（应写 2026-09-01）", f"no day: {text} (2026-09-01 is wanted)")
        raise RefusedError(words) from None


_WEEKDAYS: tuple[Words, ...] = (
    ("周一", "Mon"), ("周二", "Tue"), ("周三", "Wed"), ("周四", "Thu"), ("周五", "Fri"),
    ("周六", "Sat"), ("周日", "Sun"),
)  # fmt: skip
