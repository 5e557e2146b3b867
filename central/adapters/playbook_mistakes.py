"""What is wrong with a playbook's file: on which line, what, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from central.core import playbook as shapes
from central.core.report_back import Demand, Outcome

_SHAPES: tuple[type[BaseModel], ...] = (
    shapes.Playbook,
    shapes.Duty,
    shapes.Deadline,
    shapes.Level,
    shapes.Recipient,
    shapes.Notice,
    shapes.Opening,
    Demand,
    Outcome,
)
KNOWN = sorted({name for shape in _SHAPES for name in shape.model_fields})

_SAID = {
    "missing": "缺少这个字段，请补上 / the field is missing, add it",
    "extra_forbidden": "没有这个字段 / there is no such field",
}
_WRONG = "值不合要求，请按下述更改 / not an allowed value, change it"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake; `line` counts from 1."""

    line: int
    where: str
    what: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.line}: {self.where}: {self.what}"


def mistakes(text: str, error: ValidationError) -> list[Mistake]:
    """Give every mistake with its line in the file."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return [_mistake(root, one) for one in error.errors()]


def line_of(text: str, path: str) -> int:
    """Give the line at which a dotted path (`tasks.0.who`) stands in a file, from 1."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return _line(root, [int(one) if one.isdecimal() else one for one in path.split(".")])


def _mistake(root: yaml.Node | None, error: Any) -> Mistake:
    loc, kind, message = error["loc"], error["type"], error["msg"]
    where = ".".join(map(str, loc)) or "playbook"
    if kind == "value_error":
        said = message.removeprefix("Value error, ")
    else:
        said = f"{_SAID.get(kind, _WRONG)}: {message}"
    if kind == "extra_forbidden" and (near := get_close_matches(str(loc[-1]), KNOWN, 1)):
        said += f"（是否想写 did you mean: {near[0]}）"
    return Mistake(_line(root, loc), where, said)


def _line(node: yaml.Node | None, loc: Sequence[str | int]) -> int:
    """Go down as far as the file goes; a missing field is said at what it is missing from."""
    line = node.start_mark.line if node else 0
    for step in loc:
        found = _child(node, step)
        if found is None:
            continue
        line, node = found
    return line + 1


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    return None
