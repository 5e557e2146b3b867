"""A day's list of devices, one line each, and which of them are done."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NEEDED = ("device_id", "profile", "board", "claim")
KNOWN = (*NEEDED, "site_name", "config", "address", "gateway", "dns")
EXTRA = "?"
DONE = ("device_id", "at", "disk", "serial", "sha256")


class BatchError(ValueError):
    """A list that cannot be used; names every line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One device: what its columns say; `number` is the line in the file."""

    number: int
    said: dict[str, str]

    @property
    def device_id(self) -> str:
        return self.said["device_id"]

    def get(self, name: str) -> str | None:
        """Give a column, None where it is empty."""
        return self.said.get(name) or None


def lines_of(text: str) -> list[Line]:
    """Read a list.

    Raises:
        BatchError: says every mistake.
    """
    read = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey=EXTRA)
    columns = [name.strip() for name in read.fieldnames or ()]
    wrong = [f"缺列 (missing column): {one}" for one in NEEDED if one not in columns]
    wrong += [f"不认识的列 (unknown column): {one}" for one in columns if one not in KNOWN]
    if wrong:
        raise BatchError("; ".join(wrong))
    lines = [Line(number, _stripped(row)) for number, row in enumerate(read, start=2)]
    wrong = [
        f"第 {line.number} 行缺 {name} (line lacks it)"
        for line in lines
        for name in NEEDED
        if not line.said[name]
    ]
    for name in ("device_id", "claim"):
        wrong += _repeated(lines, name)
    if wrong or not lines:
        raise BatchError("; ".join(wrong) or "清单是空的 (the list is empty)")
    return lines


def _stripped(row: dict[str, str | None]) -> dict[str, str]:
    return {name.strip(): (row[name] or "").strip() for name in row if name != EXTRA}


def _repeated(lines: Sequence[Line], name: str) -> list[str]:
    seen: dict[str, int] = {}
    wrong = []
    for line in lines:
        said = line.said[name]
        if said and said in seen:
            wrong.append(f"第 {line.number} 行的 {name} 与第 {seen[said]} 行相同 (the same)")
        seen.setdefault(said, line.number)
    return wrong


def left(lines: Iterable[Line], done: Iterable[str]) -> list[Line]:
    """Give the lines whose device is not done."""
    finished = set(done)
    return [line for line in lines if line.device_id not in finished]
