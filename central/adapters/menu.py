"""Reads the menu of courses and the service points from files, and says every mistake in words."""

import csv
import io
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from central.core.courses import Course, ServicePoint

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5000
Kind = TypeVar("Kind", bound=BaseModel)


class MenuError(ValueError):
    """A file that cannot be used; the text names each row and what was expected."""


@cache
def sample_menu() -> tuple[Course, ...]:
    """Give the 90 sample courses that stand in until the district has imported its own."""
    text = (resources.files("central") / "courses.yaml").read_text(encoding="utf-8")
    return tuple(Course.model_validate(one) for one in yaml.safe_load(text)["courses"])


def read_courses(content: bytes, source: str) -> list[Course]:
    """Read a menu, CSV or YAML by the file's name.

    Raises:
        MenuError: with every row that is wrong.
    """
    return _unique(_parsed(content, source, "courses", Course), "code", source)


def read_points(content: bytes, source: str) -> list[ServicePoint]:
    """Read service points, CSV or YAML by the file's name.

    Raises:
        MenuError: with every row that is wrong.
    """
    return _unique(_parsed(content, source, "points", ServicePoint), "point_id", source)


def _parsed(content: bytes, source: str, name: str, kind: type[Kind]) -> list[Kind]:
    if len(content) > MOST_BYTES:
        msg = f"{source}: 文件超过 2 MB / more than 2 MB"
        raise MenuError(msg)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")  # what Excel on Windows writes
        except UnicodeDecodeError:
            msg = f"{source}: 请存为 UTF-8 / save it as UTF-8"
            raise MenuError(msg) from None
    is_yaml = source.endswith((".yaml", ".yml"))
    rows = _of_yaml(text, source, name) if is_yaml else _of_csv(text)
    if not rows or len(rows) > MOST_ROWS:
        msg = f"{source}: 应有 1 至 {MOST_ROWS} 行 / 1 to {MOST_ROWS} rows are wanted"
        raise MenuError(msg)
    found, mistakes = [], []
    for number, row in rows:
        try:
            found.append(kind.model_validate(row))
        except ValidationError as error:
            mistakes += [
                f"{source}:{number}: {'.'.join(map(str, one['loc']))}: {one['msg']}"
                for one in error.errors()
            ]
    if mistakes:
        raise MenuError("\n".join(mistakes))
    return found


def _of_yaml(text: str, source: str, name: str) -> list[tuple[int, Any]]:
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        msg = f"{source}: 不是合法的 YAML / not YAML: {error}"
        raise MenuError(msg) from None
    rows = said.get(name) if isinstance(said, dict) else None
    if not isinstance(rows, list):
        msg = f"{source}: 应有 {name}: 列表 / a list {name}: is wanted"
        raise MenuError(msg)
    return list(enumerate(rows, 1))


def _of_csv(text: str) -> list[tuple[int, Any]]:
    reader = csv.DictReader(io.StringIO(text))
    return [
        (number, {name: value.strip() for name, value in row.items() if name and value})
        for number, row in enumerate(reader, 2)
    ]


def _unique(found: list[Kind], key: str, source: str) -> list[Kind]:
    seen: set[str] = set()
    for one in found:
        code = getattr(one, key)
        if code in seen:
            msg = f"{source}: {key} {code!r} 重复 / stands twice"
            raise MenuError(msg)
        seen.add(code)
    return found
