"""Rows of a camera's table in a TOML file: changed in place, so that comments stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, Table

from edge_agent.core.drawn import DrawnKind, DrawnRow

DIGITS = 4
"""A ten-thousandth of the picture: finer than a pixel, and still to be read by a person."""


def rows_replaced(camera: Table, kind: DrawnKind, rows: Sequence[DrawnRow]) -> None:
    """Make a camera's list of one kind say `rows`."""
    old: Any = camera.get(kind.key)
    count = 0 if old is None else len(old)
    kept = [row.was for row in rows if row.was is not None and row.was < count]
    for index in reversed(range(count)):
        if index not in kept:
            del old[index]
    order = sorted(kept)
    for row in rows:
        if row.was in order:
            _change(old[order.index(row.was)], row.values)
    new = [row for row in rows if row.was not in order]
    if new:
        _append(camera, kind, new)
    elif old is not None and len(old) == 0:
        del camera[kind.key]


def _append(camera: Table, kind: DrawnKind, rows: Sequence[DrawnRow]) -> None:
    old: Any = camera.get(kind.key)
    is_inline = isinstance(old, Array) and len(old) > 0
    if not isinstance(old, AoT) and not is_inline:
        camera.pop(kind.key, None)
        old = camera[kind.key] = tomlkit.aot()
        old = camera[kind.key]
    for row in rows:
        table: Any = tomlkit.inline_table() if is_inline else tomlkit.table()
        _change(table, row.values)
        old.append(table)


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
