"""How a cell of a sheet reads on a page and in a file."""

from central.core.local_time import clock_of
from central.core.sheets import Cell, Column

NOTHING = "—"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def shown(cell: Cell, column: Column, *, english: bool) -> str:
    """Give a cell as people read it."""
    if cell is None:
        return NOTHING
    if isinstance(cell, tuple):
        return cell[1] if english else cell[0]
    if column.kind == "share":
        return f"{cell * 100:.1f} %"
    if column.kind == "seconds":
        return lasting(float(cell), english=english)
    if column.kind == "at":
        return clock_of(int(cell))[:16]
    return f"{cell:,}"


def lasting(seconds: float, *, english: bool) -> str:
    """Give a duration in the unit that fits."""
    for size, zh, en in ((_DAY, "天", "d"), (_HOUR, "小时", "h"), (_MINUTE, "分", "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {en if english else zh}"
    return f"{seconds:.0f} {'s' if english else '秒'}"


def value(cell: Cell, column: Column, *, english: bool) -> str | int | float | None:
    """Give a cell for a spreadsheet: numbers stay numbers, words are never a formula."""
    if isinstance(cell, tuple):
        words = cell[1] if english else cell[0]
        return f"'{words}" if words.startswith(_DANGEROUS) else words
    if column.kind == "at" and cell is not None:
        return clock_of(int(cell))
    return round(cell, 4) if isinstance(cell, float) else cell


def head(column: Column, *, english: bool) -> str:
    """Give a column's heading for a file, with its unit."""
    words = column.words[1] if english else column.words[0]
    if column.kind == "seconds":
        return f"{words} (s)" if english else f"{words}（秒）"
    return words
