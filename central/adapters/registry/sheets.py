"""Rosters as files: XLSX or CSV, read row by row; every mistake by row, column and reason."""

import codecs
import csv
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from pydantic import ValidationError

from central.core.naming import Words
from central.core.pupils import COLUMNS, NEEDED, GuardianWanted, PupilWanted

MOST_ROWS = 500_000
MOST_CELLS = 64
CHUNK_BYTES = 1 << 20
GUARDIAN = "guardian_"
Cells = Sequence[object]


class SheetError(Exception):
    """A file that is no roster at all."""


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


def header_of(path: Path) -> Header:
    """Read a roster's first row.

    Raises:
        SheetError: columns are missing or stand twice.
    """
    for _, cells in _rows(path):
        return _header(cells)
    msg = "文件是空的 / the file is empty"
    raise SheetError(msg)


def pupils_of(path: Path, header: Header) -> Iterator[tuple[int, PupilWanted | Mistake]]:
    """Read pupils and mistakes in the file's order, with the row where each begins.

    Rows of one pupil that follow each other are several guardians of the same child.

    Raises:
        SheetError: damaged, or too long.
    """
    held: tuple[int, PupilWanted] | None = None
    for number, cells in _rows(path, skip=1):
        if not any(_said(cell) for cell in cells):
            continue
        read = _pupil(number, header, cells)
        if isinstance(read, Mistake):
            yield number, read
        elif held is not None and _is_same(held[1], read):
            together = _joined(number, header, held[1], read)
            if isinstance(together, Mistake):
                yield number, together
            else:
                held = held[0], together
        else:
            if held is not None:
                yield held
            held = number, read
    if held is not None:
        yield held


def _pupil(number: int, header: Header, cells: Cells) -> PupilWanted | Mistake:
    given = {name: header.cell(name, cells) for name in header.places}
    own = {name: value for name, value in given.items() if not name.startswith(GUARDIAN)}
    try:
        if "guardian_name" in header.places:
            family = {name.removeprefix(GUARDIAN): value for name, value in given.items()
                      if name.startswith(GUARDIAN)}  # fmt: skip
            has_one = any(_said(value) for value in family.values())
            own["guardians"] = (GuardianWanted.model_validate(family),) if has_one else ()
        return PupilWanted.model_validate(own)
    except ValidationError as error:
        return _mistake(number, header, error)


def _is_same(one: PupilWanted, other: PupilWanted) -> bool:
    return (one.unit_code, one.school_no) == (other.unit_code, other.school_no)


def _joined(
    number: int, header: Header, held: PupilWanted, read: PupilWanted
) -> PupilWanted | Mistake:
    alone = {"guardians": ()}
    if held.model_copy(update=alone) != read.model_copy(update=alone):
        column = header.names["school_no"]
        return Mistake(number, column, ("同一学号的两行内容不同", "two rows of this number differ"))
    family = {one.name: one for one in (*(held.guardians or ()), *(read.guardians or ()))}
    try:
        return PupilWanted.model_validate(
            held.model_dump(exclude={"guardians"}) | {"guardians": tuple(family.values())}
        )
    except ValidationError as error:
        return _mistake(number, header, error)


def _mistake(number: int, header: Header, error: ValidationError) -> Mistake:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "dormitory_room"
    if error.title == GuardianWanted.__name__:
        name = GUARDIAN + name
    column = header.names.get(name) or COLUMNS.get(name, (name,))[0]
    return Mistake(number, column, _why(first))


def _why(error: Any) -> Words:
    bounds = error.get("ctx", {})
    if error["type"] == "value_error":
        zh, _, en = str(bounds["error"]).partition(" / ")
        return zh, en or zh
    return {
        "missing": ("不能为空", "must not be empty"),
        "string_too_short": ("不能为空", "must not be empty"),
        "too_long": ("家长太多,最多 4 名", "too many guardians, at most 4"),
        "string_too_long": (f"太长,最多 {bounds.get('max_length')} 字",
                            f"too long, at most {bounds.get('max_length')} characters"),
        "string_pattern_mismatch": ("格式不对", "not in the expected form"),
        "int_parsing": ("应为整数", "a whole number is expected"),
        "greater_than_equal": (f"太小,至少 {bounds.get('ge')}", f"at least {bounds.get('ge')}"),
        "less_than_equal": (f"太大,至多 {bounds.get('le')}", f"at most {bounds.get('le')}"),
    }.get(error["type"], ("填写有误", str(error["msg"])))  # fmt: skip


def _header(cells: Cells) -> Header:
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
    if missing := [COLUMNS[name] for name in NEEDED if name not in places]:
        what = ", ".join("|".join(one) for one in missing)
        msg = f"第一行缺少列: {what} / the first row lacks columns: {what}"
        raise SheetError(msg)
    return Header(places, names, tuple(not_read))


def _said(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _rows(path: Path, skip: int = 0) -> Iterator[tuple[int, Cells]]:
    reading = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    with closing(reading) as rows:
        for number, cells in enumerate(rows, 1):
            if number > MOST_ROWS:
                msg = f"超过 {MOST_ROWS} 行,请分成几个文件 / too many rows, split the file"
                raise SheetError(msg)
            if number > skip:
                yield number, cells


def _csv(path: Path) -> Generator[Cells, None, None]:
    with path.open(encoding=_encoding(path), newline="") as file:
        try:
            yield from csv.reader(file)
        except csv.Error as error:
            msg = f"不是有效的 CSV / not a CSV: {error}"
            raise SheetError(msg) from error


def _encoding(path: Path) -> str:
    """UTF-8, or what a Chinese Excel writes."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    msg = "文字编码不对,请存为 UTF-8 / unknown encoding, save it as UTF-8"
    raise SheetError(msg)


def _xlsx(path: Path) -> Generator[Cells, None, None]:
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load, and seldom needed

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        msg = f"不是有效的 XLSX / not an XLSX: {type(error).__name__}"
        raise SheetError(msg) from error
    with closing(book):
        for sheet in book.worksheets[:1]:
            yield from sheet.iter_rows(values_only=True)
