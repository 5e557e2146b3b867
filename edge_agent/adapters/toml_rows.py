"""Rows of a camera's table in a TOML file: changed in place, so that comments stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import AoT, InlineTable, Table

from edge_agent.core.drawn import DrawnKind, DrawnRow

DIGITS = 4
"""A ten-thousandth of the picture: finer than a pixel, and still to be read by a person."""


def rows_replaced(camera: Table | InlineTable, kind: DrawnKind, rows: Sequence[DrawnRow]) -> None:
    """Make a camera's list of one kind say `rows`."""
    old: Any = camera.get(kind.key)
    if isinstance(old, AoT):
        _changed_in_place(camera, kind, rows)
    else:
        _written_anew(camera, kind, rows, [] if old is None else old.unwrap())


def _changed_in_place(
    camera: Table | InlineTable, kind: DrawnKind, rows: Sequence[DrawnRow]
) -> None:
    old: Any = camera[kind.key]
    kept = sorted(row.was for row in rows if row.was is not None and row.was < len(old))
    for index in reversed(range(len(old))):
        if index not in kept:
            del old[index]
    for row in rows:
        if row.was in kept:
            _change(old[kept.index(row.was)], row.values)
    for row in rows:
        if row.was not in kept:
            table = tomlkit.table()
            _change(table, row.values)
            old.append(table)
    if len(old) == 0:
        del camera[kind.key]


def _written_anew(
    camera: Table | InlineTable, kind: DrawnKind, rows: Sequence[DrawnRow], old: list[Any]
) -> None:
    """Write a list that was inline, or was not there; one that does not change stays as it is."""
    new = []
    for row in _known(rows, len(old)):
        table: dict[str, Any] = {} if row.was is None else dict(old[row.was])
        _change(table, row.values)
        new.append(table)
    if new == old:
        return
    camera.pop(kind.key, None)
    if not new:
        return
    is_inline = isinstance(camera, InlineTable)
    whole: Any = tomlkit.array() if is_inline else tomlkit.aot()
    for row_table in new:
        made: Any = tomlkit.inline_table() if is_inline else tomlkit.table()
        made.update(row_table)
        whole.append(made)
    camera[kind.key] = whole


def _known(rows: Sequence[DrawnRow], count: int) -> list[DrawnRow]:
    """Take a row whose place does not exist for a new one."""
    is_there = [row.was is not None and row.was < count for row in rows]
    return [
        row if there else DrawnRow(None, row.values)
        for row, there in zip(rows, is_there, strict=True)
    ]


def _change(table: Any, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
            continue
        rounded = _rounded(value)
        if key not in table or _plain(table[key]) != rounded:
            table[key] = rounded


def _plain(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
