"""From a TOML file to an `EdgeConfig`, or to the whole list of what is wrong with it."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edge_agent.config.sections import EdgeConfig
from edge_agent.config.wording import Wording, found_in_words, is_echo, wording_of

MAX_CONFIG_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: in which file, at which key, what was expected and what was found."""

    file: str
    key: str
    expected: Wording
    found: str

    def in_words(self) -> str:
        """Say it on one line, Chinese first."""
        zh, en = self.expected
        return f"{self.file}: {self.key}: 应为{zh},实际是 {self.found} (expected {en})"


class ConfigError(Exception):
    """A config that cannot be used; `problems` holds every mistake, in the file's order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.in_words() for problem in problems))
        self.problems = tuple(problems)


def load_config(path: Path) -> EdgeConfig:
    """Read a device's config file; relative paths in it start from its own folder.

    Raises:
        ConfigError: no such file, not TOML, or any value that does not fit.
    """
    name = str(path)
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            size = f"{path.stat().st_size} bytes"
            raise ConfigError(
                [_of_file(name, "不超过 1 MiB 的文件", "a file of at most 1 MiB", size)]
            )
        text = path.read_bytes().decode()
    except OSError as error:
        found = str(error.strerror or error)
        raise ConfigError([_of_file(name, "可读取的文件", "a readable file", found)]) from error
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x} at {error.start}"
        raise ConfigError([_of_file(name, "UTF-8 文本", "UTF-8 text", found)]) from error
    return read_config(text, name, path.resolve().parent)


def read_config(text: str, name: str, base: Path) -> EdgeConfig:
    """Read a config from its text; `name` is said in errors, `base` starts relative paths.

    Raises:
        ConfigError: not TOML, or any value that does not fit.
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError([_of_toml(name, text, error)]) from None
    raw.setdefault("voice", {})  # its default folder, too, starts from the file's own
    problems = [Problem(name, *repeated) for repeated in _repeated(raw)]
    try:
        config = EdgeConfig.model_validate_json(
            json.dumps(raw, default=str), context={"base": str(base)}
        )
    except ValidationError as error:
        problems = [*_of_values(name, error), *problems]
    if problems:
        raise ConfigError(problems)
    return config


def _of_file(name: str, zh: str, en: str, found: str) -> Problem:
    return Problem(name, "-", Wording(zh, en), found)


def _of_toml(name: str, text: str, error: Exception) -> Problem:
    """Put the line after the file, as compilers do, so that an editor can jump to it."""
    reason, _, place = str(error).partition(" (at ")
    line = place.removeprefix("line ").partition(",")[0]
    line = line if line.isdigit() else str(len(text.splitlines()))
    return Problem(f"{name}:{line}", "-", Wording("合法的 TOML", "valid TOML"), reason)


def _of_values(name: str, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        if is_echo(detail):
            continue
        key = _key(detail["loc"])
        yield Problem(name, key, wording_of(detail), found_in_words(detail))


def _key(loc: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".") or "-"


def _repeated(raw: dict[str, Any]) -> Iterator[tuple[str, Wording, str]]:
    """Find ids used twice; on the raw text, so that they are said beside all other mistakes."""
    cameras = _tables(raw, "cameras")
    yield from _twice([(f"cameras[{i}].camera_id", c.get("camera_id")) for i, c in cameras])
    for i, camera in cameras:
        drawn = [
            (f"cameras[{i}].{kind}s[{j}].{kind}_id", row.get(f"{kind}_id"))
            for kind in ("zone", "line", "post")
            for j, row in _tables(camera, f"{kind}s")
        ]
        yield from _twice(drawn)


def _tables(parent: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    rows = parent.get(key)
    rows = rows if isinstance(rows, list) else []
    return [(i, row) for i, row in enumerate(rows) if isinstance(row, dict)]


def _twice(ids: Sequence[tuple[str, object]]) -> Iterator[tuple[str, Wording, str]]:
    seen: dict[str, str] = {}
    for key, value in ids:
        if not isinstance(value, str):
            continue
        if value in seen:
            wording = Wording(
                "不重复的编号", f"an id of its own, {seen[value]} has this one already"
            )
            yield key, wording, repr(value)
        seen.setdefault(value, key)
