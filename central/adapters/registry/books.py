"""Files of rows: CSV or XLSX, read row by row, as large as they may be and no larger."""

import codecs
import csv
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

MOST_ROWS = 500_000
CHUNK_BYTES = 1 << 20
MOST_UNPACKED_BYTES = 512 << 20
MOST_TEXTS_BYTES = 96 << 20
"""Of an XLSX: all of it, and its shared texts, which stand in memory as a whole."""
Cells = Sequence[object]


class SheetError(Exception):
    """A file that is no roster at all."""


@dataclass(frozen=True, slots=True)
class Book:
    """A file as it came: its name, and its bytes, opened each time it is read from the start."""

    name: str
    opened: Callable[[], IO[bytes]]

    @classmethod
    def at(cls, path: Path) -> "Book":
        """Take a file that lies in a folder."""
        return cls(path.name, lambda: path.open("rb"))

    @property
    def is_xlsx(self) -> bool:
        """Tell by its name whether it is a workbook."""
        return self.name.lower().endswith(".xlsx")


def count_rows(book: Book) -> int | None:
    """Tell how many rows a file has below the first, for a progress bar; None: it does not say."""
    if not book.is_xlsx:
        with book.opened() as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(CHUNK_BYTES), b""))
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load, and seldom needed

    with book.opened() as file, closing(load_workbook(file, read_only=True)) as opened:
        rows = opened.worksheets[0].max_row if opened.worksheets else None
    return max(0, int(rows) - 1) if rows else None


def rows(book: Book, skip: int = 0) -> Iterator[tuple[int, Cells]]:
    """Give the rows of a file with their numbers from 1, those after the first `skip`.

    Raises:
        SheetError: damaged, or too long.
    """
    reading = _xlsx(book) if book.is_xlsx else _csv(book)
    with closing(reading) as found:
        for number, cells in enumerate(found, 1):
            if number > MOST_ROWS:
                msg = f"超过 {MOST_ROWS} 行，请分成几个文件 / too many rows, split the file"
                raise SheetError(msg)
            if number > skip:
                yield number, cells


def _csv(book: Book) -> Generator[Cells, None, None]:
    encoding = _encoding(book)
    with book.opened() as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
        try:
            yield from csv.reader(file)
        except csv.Error as error:
            msg = f"不是有效的 CSV / not a CSV: {error}"
            raise SheetError(msg) from error


def _encoding(book: Book) -> str:
    """UTF-8, or what a Chinese Excel writes."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with book.opened() as file:
                while chunk := file.read(CHUNK_BYTES):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    msg = "文字编码不对，请存为 UTF-8 / unknown encoding, save it as UTF-8"
    raise SheetError(msg)


def _xlsx(book: Book) -> Generator[Cells, None, None]:
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load, and seldom needed

    with book.opened() as file:
        _must_be_of_a_size(file)
        try:
            opened = load_workbook(file, read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError, OSError) as error:
            raise _no_xlsx(error) from error
        with closing(opened):
            for sheet in opened.worksheets[:1]:
                yield from sheet.iter_rows(values_only=True)


def _must_be_of_a_size(file: IO[bytes]) -> None:
    """A small file may unpack to one that no memory holds."""
    try:
        with ZipFile(file) as packed:
            sizes = {one.filename: one.file_size for one in packed.infolist()}
    except (BadZipFile, OSError, ValueError) as error:
        raise _no_xlsx(error) from error
    texts = sizes.get("xl/sharedStrings.xml", 0)
    if sum(sizes.values()) > MOST_UNPACKED_BYTES or texts > MOST_TEXTS_BYTES:
        msg = "工作簿太大，请分成几个文件或存为 CSV / too large: split it, or save it as CSV"
        raise SheetError(msg)
    file.seek(0)


def _no_xlsx(error: Exception) -> SheetError:
    return SheetError(f"不是有效的 XLSX / not an XLSX: {type(error).__name__}")
