"""A table of figures as one value: the page's table, its chart, files and programs read the same.

A cell is words in both languages, a number, or None where there is nothing to say.
"""

from dataclasses import dataclass
from typing import Literal

from central.core.naming import Words

Kind = Literal["words", "count", "share", "seconds", "at"]
"""How a column's values are shown: a share is of 1, `at` is ms UTC."""
Chart = Literal["", "stack", "lines", "heat", "bars"]
Cell = Words | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `name` for programs, `words` for people."""

    name: str
    words: Words
    kind: Kind = "count"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with what it says, and how it is drawn."""

    name: str
    title: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: Chart = ""
    note: Words = ("", "")
    drawn: tuple[str, ...] = ()
    """Columns that the chart shows."""
    links: tuple[str, ...] = ()
    """Where each row's first cell leads to, on the page; none: nowhere."""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing in it."""
        return not self.rows


def name(zh: str, en: str = "") -> Words:
    """Give words in both languages; what has no English stays as it is."""
    return zh, en or zh
