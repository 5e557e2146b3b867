"""Rosters as files: XLSX or CSV, read row by row; every mistake by row, column and reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from central.adapters.registry.books import Book, Cells, SheetError, rows
from central.core.consents_wanted import ConsentsWanted
from central.core.naming import Words
from central.core.pupils import COLUMNS, NEEDED, GuardianWanted, PupilWanted

MOST_CELLS = 64
GUARDIAN, CONSENT = "guardian_", "consent_"
_PREFIX = {"GuardianWanted": GUARDIAN, "ConsentsWanted": CONSENT}
_WHOLE = {"ConsentsWanted": "form"}
"""What stands for a mistake of several cells together."""


@dataclass(frozen=True, slots=True)
class Schools:
    """How a file may name schools: by code, or by name; left out where only one is asked for."""

    codes: Mapping[str, str] = field(default_factory=dict)
    only: str = ""

    def code_of(self, said: object) -> object:
        """Give a school's code for what a cell says; what is no school's name stays as it is."""
        called = _said(said)
        return self.only if self.only and not called else self.codes.get(called, said)


ANY = Schools()


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, where. The value itself is not repeated: it may be personal."""

    row: int
    column: str
    why: Words

    def __str__(self) -> str:
        """Say it as an operator reads it."""
        return f"第 {self.row} 行 row {self.row}, {self.column}: {self.why[0]} / {self.why[1]}"


@dataclass(frozen=True, slots=True)
class Header:
    """Which column holds what, by its place; and what the file calls it."""

    places: Mapping[str, int]
    names: Mapping[str, str]
    not_read: tuple[str, ...]

    def cell(self, name: str, cells: Cells) -> object:
        """Give a cell, empty where the row is too short or the file has no such column."""
        place = self.places.get(name, MOST_CELLS)
        return cells[place] if place < len(cells) else None


def header_of(book: Book, schools: Schools = ANY) -> Header:
    """Read a roster's first row.

    Raises:
        SheetError: columns are missing or stand twice.
    """
    for _, cells in rows(book):
        return _header(cells, schools)
    msg = "文件是空的 / the file is empty"
    raise SheetError(msg)


def pupils_of(
    book: Book, header: Header, schools: Schools = ANY
) -> Iterator[tuple[int, PupilWanted | Mistake]]:
    """Read pupils and mistakes in the file's order, with the row where each begins.

    Rows of one pupil that follow each other are several guardians of the same child.

    Raises:
        SheetError: damaged, or too long.
    """
    held: tuple[int, PupilWanted] | None = None
    for number, cells in rows(book, skip=1):
        if not any(_said(cell) for cell in cells):
            continue
        read = _pupil(number, header, cells, schools)
        if isinstance(read, list):
            yield from ((number, one) for one in read)
        elif held is not None and _is_same(held[1], read):
            together = _joined(number, header, held[1], read)
            if isinstance(together, list):
                yield from ((number, one) for one in together)
            else:
                held = held[0], together
        else:
            if held is not None:
                yield held
            held = number, read
    if held is not None:
        yield held


def _pupil(
    number: int, header: Header, cells: Cells, schools: Schools
) -> PupilWanted | list[Mistake]:
    given = {name: header.cell(name, cells) for name in header.places}
    given["unit_code"] = schools.code_of(given.get("unit_code"))
    own = {name: value for name, value in given.items()
           if not name.startswith((GUARDIAN, CONSENT))}  # fmt: skip
    wrong: list[Mistake] = []
    if "guardian_name" in header.places:
        family = {name.removeprefix(GUARDIAN): value for name, value in given.items()
                  if name.startswith(GUARDIAN)}  # fmt: skip
        has_one = any(_said(value) for value in family.values())
        try:
            own["guardians"] = (GuardianWanted.model_validate(family),) if has_one else ()
        except ValidationError as error:
            wrong += _mistakes(number, header, error)
    if "consent_form" in header.places:
        said = {name.removeprefix(CONSENT): value for name, value in given.items()
                if name.startswith(CONSENT)}  # fmt: skip
        try:
            consents = ConsentsWanted.model_validate(said)
            own["consents"] = consents if consents.has_any else None
        except ValidationError as error:
            wrong += _mistakes(number, header, error)
    try:
        pupil = PupilWanted.model_validate(own)
    except ValidationError as error:
        return _mistakes(number, header, error) + wrong
    return wrong or pupil


def _is_same(one: PupilWanted, other: PupilWanted) -> bool:
    return (one.unit_code, one.school_no) == (other.unit_code, other.school_no)


def _joined(
    number: int, header: Header, held: PupilWanted, read: PupilWanted
) -> PupilWanted | list[Mistake]:
    alone = {"guardians": ()}
    if held.model_copy(update=alone) != read.model_copy(update=alone):
        column = header.names["school_no"]
        why = ("同一学号的两行内容不同", "two rows of this number differ")
        return [Mistake(number, column, why)]
    family = {one.name: one for one in (*(held.guardians or ()), *(read.guardians or ()))}
    try:
        return PupilWanted.model_validate(
            held.model_dump(exclude={"guardians"}) | {"guardians": tuple(family.values())}
        )
    except ValidationError as error:
        return _mistakes(number, header, error)


def _mistakes(number: int, header: Header, error: ValidationError) -> list[Mistake]:
    """Name every cell of a row that is wrong."""
    found = []
    for one in error.errors():
        name = str(one["loc"][0]) if one["loc"] else _WHOLE.get(error.title, "dormitory_room")
        name = _PREFIX.get(error.title, "") + name
        column = header.names.get(name) or COLUMNS.get(name, (name, name))[1]
        found.append(Mistake(number, column, _why(one)))
    return found


def _why(error: Any) -> Words:
    bounds = error.get("ctx", {})
    most = bounds.get("max_length")
    too_long = (f"太长，最多 {most} 字", f"too long, at most {most} characters")
    if error["loc"] and error["loc"][-1] == "guardians":
        too_long = ("家长太多，最多 4 名", "too many guardians, at most 4")
    if error["type"] == "value_error":
        zh, _, en = str(bounds["error"]).partition(" / ")
        return zh, en or zh
    return {
        "missing": ("不能为空", "must not be empty"),
        "string_too_short": ("不能为空", "must not be empty"),
        "too_short": ("不能为空", "must not be empty"),
        "too_long": too_long,
        "string_too_long": too_long,
        "string_pattern_mismatch": ("格式不对", "not in the expected form"),
        "int_parsing": ("应为整数", "a whole number is expected"),
        "greater_than_equal": (f"太小，至少 {bounds.get('ge')}", f"at least {bounds.get('ge')}"),
        "less_than_equal": (f"太大，至多 {bounds.get('le')}", f"at most {bounds.get('le')}"),
    }.get(error["type"], ("填写有误", str(error["msg"])))  # fmt: skip


def _header(cells: Cells, schools: Schools) -> Header:
    known = {called.lower(): name for name, called_so in COLUMNS.items() for called in called_so}
    places: dict[str, int] = {}
    names: dict[str, str] = {}
    not_read: list[str] = []
    for place, cell in enumerate(cells[:MOST_CELLS]):
        called = _said(cell)
        name = known.get(called.lower())
        if name is None:
            not_read += [called] if called else []
        elif name in places:
            msg = f"列 {called} 出现两次 / column {called} stands twice"
            raise SheetError(msg)
        else:
            places[name], names[name] = place, called
    needed = [name for name in NEEDED if name != "unit_code" or not schools.only]
    if missing := [COLUMNS[name] for name in needed if name not in places]:
        what = ", ".join("|".join(one) for one in missing)
        msg = f"第一行缺少列： {what} / the first row lacks columns: {what}"
        raise SheetError(msg)
    return Header(places, names, tuple(not_read))


def _said(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
