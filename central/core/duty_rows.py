"""A row of a roster as a person writes it: read once, every mistake said with what to do."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import get_args

from central.core.duty import Days, Pattern, Shift
from central.core.local_time import ZONE, to_ms
from central.core.people import ON_THE_SPOT, Role

COLUMNS = ("unit", "role", "username", "from", "to", "weekdays", "hours", "days")
NEEDED = ("unit", "role", "username", "from")
_CLOCK = r"([01]?\d|2[0-4])[:\uff1a]([0-5]\d)"
_HOURS = re.compile(rf"{_CLOCK}\s*[-–—~\uff5e至]\s*{_CLOCK}")
_DAYS_WORDS = {
    "每天": "all",
    "工作日": "work",
    "休息日": "rest",
    "节假日": "rest",
    "上学日": "school",
    "教学日": "school",
}


class RowError(ValueError):
    """A row that cannot be read; the text says what and what was expected, in both languages."""


def read_row(row: Mapping[str, str], shift_id: str) -> Shift:
    """Read one row by its columns.

    Raises:
        RowError: what is wrong and what to write instead.
    """
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in NEEDED:
        if not given[name]:
            raise _wrong(given[name], name, "必填", "is needed")
    from_at = _moment("from", given["from"], is_end=False)
    to_at = _moment("to", given["to"], is_end=True) if given["to"] else None
    if to_at is not None and to_at <= from_at:
        raise _wrong(given["to"], "to", "必须晚于 from", "must be later than from")
    pattern = _pattern(given)
    if pattern is None and to_at is None:
        words = "没有每周规律时必填", "is needed where no weekly pattern is given"
        raise _wrong(given["to"], "to", *words)
    return Shift(shift_id, given["unit"], _role(given["role"]), given["username"], from_at, to_at,
                 pattern)  # fmt: skip


def _role(text: str) -> Role:
    known = {role.value: role for role in sorted(ON_THE_SPOT)}
    if text not in known:
        there = ", ".join(known)
        raise _wrong(text, "role", f"应为其一：{there}", f"one of: {there}")
    return known[text]


def _moment(name: str, text: str, *, is_end: bool) -> int:
    """Read a day or a time of the district; a last day counts to its end."""
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise _wrong(text, name, "应为 2026-12-01 或 2026-12-01T08:00",
                     "expected 2026-12-01 or 2026-12-01T08:00") from None  # fmt: skip
    at = at if at.tzinfo else at.replace(tzinfo=ZONE)
    is_day = len(text) <= len("2026-12-01")
    return to_ms(at) + (86_400_000 if is_end and is_day else 0)


def _pattern(given: Mapping[str, str]) -> Pattern | None:
    if not any(given[name] for name in ("weekdays", "hours", "days")):
        return None
    starts, ends = _hours(given["hours"])
    return Pattern(_weekdays(given["weekdays"]), _days(given["days"]), starts, ends)


def _weekdays(text: str) -> frozenset[int]:
    if not text:
        return frozenset(range(1, 8))
    found: set[int] = set()
    for part in re.split(r"[,\uff0c、;\uff1b\s]+", text):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise _wrong_weekdays(text)
        found |= set(range(int(first), int(last if dash else first) + 1))
    if not found or not found <= set(range(1, 8)):
        raise _wrong_weekdays(text)
    return frozenset(found)


def _wrong_weekdays(text: str) -> RowError:
    return _wrong(
        "weekdays", text, "应为 1-5 或 1,3,7（1 是周一）", "expected 1-5 or 1,3,7 (1: Monday)"
    )


def _days(text: str) -> Days:
    code = _DAYS_WORDS.get(text, text or "all")
    for known in get_args(Days):
        if known == code:
            return known  # type: ignore[no-any-return]
    there = ", ".join(get_args(Days))
    raise _wrong(text, "days", f"应为其一：{there}", f"one of: {there}")


def _hours(text: str) -> tuple[time, time]:
    if not text:
        return time(0), time(0)
    found = _HOURS.fullmatch(text)
    if found is None:
        raise _wrong(text, "hours", "应为 08:00-20:00 或 20:00-08:00", "expected 08:00-20:00")
    a, b, c, d = (int(one) for one in found.groups())
    return time(a % 24, b), time(c % 24, d)


def _wrong(text: str, name: str, zh: str, en: str) -> RowError:
    got = f" {text!r}" if text else ""
    return RowError(f"{name}{got}: {zh} / {en}")
