"""Reads the results of a test at the start of term from CSV, and says every mistake by row."""

import csv
import io

from pydantic import ValidationError

from central.core.care import Assessed
from central.core.refusals import UnusableRowsError

MOST_BYTES = 1024 * 1024
MOST_ROWS = 5000


def read_assessment(content: bytes) -> list[Assessed]:
    """Read `school_no, name, class_name, instrument, band`; all or nothing.

    Raises:
        UnusableRowsError: with every row that is wrong. No cell is repeated in it.
    """
    if len(content) > MOST_BYTES:
        zh, en = "文件超过 1 MB", "the file is larger than 1 MB"
        raise UnusableRowsError(zh, en)
    rows = list(csv.DictReader(io.StringIO(_text(content))))
    if not 1 <= len(rows) <= MOST_ROWS:
        zh, en = f"应有 1 至 {MOST_ROWS} 行", f"1 to {MOST_ROWS} rows are wanted"
        raise UnusableRowsError(zh, en)
    found: list[Assessed] = []
    wrong: list[str] = []
    for number, row in enumerate(rows, 2):
        given = {name: value.strip() for name, value in row.items() if name and value}
        try:
            found.append(Assessed.model_validate(given))
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
            wrong.append(f"{number}: {fields}")
    if wrong:
        said = "; ".join(wrong[:20])
        zh, en = f"以下行有误（行号：列）：{said}", f"wrong rows (row: columns): {said}"
        raise UnusableRowsError(zh, en)
    return found


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # the second is what Excel on Windows writes
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    zh, en = "请存为 UTF-8", "save it as UTF-8"
    raise UnusableRowsError(zh, en)
