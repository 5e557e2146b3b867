"""Reading a CSV of pairs of photographs, and each photograph once."""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from edge_agent.adapters.sources.photo import photo
from edge_agent.core.face_quality import PROBLEMS
from edge_agent.core.faces import Embedding, apart
from edge_agent.ports import SourceError
from edge_agent.wiring.recognising import Studio

PROGRESS_EVERY = 100
SAME = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class PairsError(Exception):
    """A CSV that cannot be used; the text says in which line and why."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One row: two photographs as they are named in it, and whether they show the same person."""

    line: int
    a: str
    b: str
    same: bool | None = None


def read_pairs(path: Path) -> list[Pair]:
    """Read a CSV with the columns `a,b` and perhaps `same`.

    Raises:
        PairsError: no such file, no such columns, or a row that lacks a name.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: 无法读取 cannot be read: {error}"
        raise PairsError(msg) from error
    reader = csv.DictReader(text.splitlines(), strict=True)
    names = [name.strip() for name in reader.fieldnames or ()]
    if not {"a", "b"} <= set(names):
        found = ", ".join(names) or "没有 none"
        msg = f"{path}: 第 1 行应有列 a,b,实际是 {found} (line 1: columns a and b are wanted)"
        raise PairsError(msg)
    try:
        return [_pair(path, reader.line_num, row) for row in reader]
    except csv.Error as error:
        msg = f"{path}: 第 {reader.line_num} 行 line {reader.line_num}: {error}"
        raise PairsError(msg) from error


def _pair(path: Path, line: int, row: dict[str, str | None]) -> Pair:
    values = {key.strip(): (value or "").strip() for key, value in row.items() if key}
    if not values["a"] or not values["b"]:
        msg = f"{path}: 第 {line} 行缺少照片 (line {line}: a photo is missing)"
        raise PairsError(msg)
    said = values.get("same", "").lower()
    if said and said not in SAME:
        msg = f"{path}: 第 {line} 行 same 应为 0 或 1,实际是 {said!r} (line {line}: 0 or 1 wanted)"
        raise PairsError(msg)
    return Pair(line, values["a"], values["b"], SAME.get(said))


@dataclass(slots=True)
class Album:
    """The embedding of each photograph, read once; what is wrong with one is said once."""

    studio: Studio
    folder: Path
    known: dict[str, Embedding | None] = field(default_factory=dict)
    unreadable: int = 0

    def distance(self, pair: Pair) -> float | None:
        """Give how far two photographs are apart; None where either shows no usable face."""
        first, second = self.embedding(pair.a, pair.line), self.embedding(pair.b, pair.line)
        return None if first is None or second is None else apart(first, second)

    def embedding(self, name: str, line: int) -> Embedding | None:
        """Give a photograph's embedding, None where no face passes the gate."""
        if name not in self.known:
            self.known[name] = self._read(name, line)
        return self.known[name]

    def _read(self, name: str, line: int) -> Embedding | None:
        try:
            portrait = self.studio.portray(photo(self.folder / name))
        except SourceError as error:
            self.unreadable += 1
            click.echo(f"第 {line} 行 line {line}: {error}", err=True)
            return None
        if portrait.problems:
            words = "; ".join(PROBLEMS[problem][0] for problem in portrait.problems)
            click.echo(f"{name}: {words}", err=True)
        return portrait.embedding


def with_progress(pairs: list[Pair]) -> Iterator[Pair]:
    """Go through the pairs, saying now and then how far."""
    for number, pair in enumerate(pairs, start=1):
        yield pair
        if number % PROGRESS_EVERY == 0 and sys.stderr.isatty():
            click.echo(f"\r{number}/{len(pairs)}", nl=False, err=True)
