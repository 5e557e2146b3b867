"""A page of the desk or the administration as data: rows, what may be done, short forms.

One template shows them all alike, so that another page is a function that says what is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import render_template

from central.web.drawn import Drawn

Words = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell; `words` where the code has a name in both languages."""

    text: str = ""
    words: Words | None = None
    link: str = ""
    small: str = ""
    tone: str = ""
    """`good`, `bad`, `soon`: how it looks; `chip`: set apart."""
    is_number: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may be done; with `question` it is asked again first."""

    words: Words
    address: str
    fields: Mapping[str, str] = field(default_factory=dict)
    question: Words | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `is_off`: over, or not in use."""

    cells: Sequence[Cell]
    acts: Sequence[Act] = ()
    is_off: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `kind`: an input's type, `textarea`, `select` or `check`."""

    name: str
    words: Words
    kind: str = "text"
    value: str = ""
    hint: Words = ("", "")
    options: Mapping[str, Words] = field(default_factory=dict)
    is_needed: bool = False
    more: Mapping[str, str | int] = field(default_factory=dict)
    """Further attributes: `maxlength`, `placeholder`, `accept`."""


@dataclass(frozen=True, slots=True)
class Form:
    """A short form beside the rows."""

    title: Words
    address: str
    fields: Sequence[Field]
    button: Words
    hint: Words = ("", "")
    has_file: bool = False
    is_main: bool = True
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that everybody should read before they do anything here."""

    words: Words
    tone: str = ""
    """`warning`, `danger`, `done`."""
    link: str = ""
    link_words: Words = ("", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number above the rows."""

    value: str
    words: Words
    tone: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their headings."""

    columns: Sequence[Words]
    rows: Sequence[Row]
    title: Words = ("", "")
    empty: Words = ("这里还没有内容。", "Nothing here yet.")
    before: str = ""
    after: str = ""
    """Addresses of earlier and later pages."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole page."""

    title: Words
    here: str
    """Its place in the row of pages above."""
    places: Sequence[tuple[str, str, Words]] = ()
    """The pages beside it: place, address, words."""
    hint: Words = ("", "")
    crumb: tuple[str, Words] | None = None
    notes: Sequence[Note] = ()
    figures: Sequence[Figure] = ()
    filters: Sequence[Field] = ()
    tables: Sequence[Table] = ()
    forms: Sequence[Form] = ()
    links: Sequence[tuple[str, Words]] = ()
    written: str = ""
    """A text to be read as it stands."""
    picture: Drawn | None = None
    """A playbook, drawn above the tables."""


def shown(sheet: Sheet, error: str = "") -> str:
    """Give the page."""
    return render_template("sheet.html", sheet=sheet, error=error)
