"""The package's own files: profiles, boards, units, helpers."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from firmware_config.core.profiles import Board, Profile
from firmware_config.ports import Exit, FlashError

FOLDERS = ("systemd", "bin", "files")


def parts() -> dict[str, bytes]:
    """Give the files that go onto a device, by folder and name."""
    return {
        f"{folder}/{one.name}": one.read_bytes()
        for folder in FOLDERS
        for one in files("firmware_config").joinpath(folder).iterdir()
        if one.is_file()
    }


def profile(name_or_file: str) -> Profile:
    """Read a profile: one of ours by name, or a file.

    Raises:
        FlashError: it cannot be read; names every mistake.
    """
    return _read("profiles", name_or_file, Profile)


def board(name_or_file: str) -> Board:
    """Read a board, as a profile.

    Raises:
        FlashError: it cannot be read.
    """
    return _read("boards", name_or_file, Board)


def names(folder: str) -> list[str]:
    """Give the names of our own profiles or boards."""
    return sorted(_stems(files("firmware_config").joinpath(folder)))


def _stems(folder: Traversable) -> Iterator[str]:
    return (one.name.removesuffix(".toml") for one in folder.iterdir() if ".toml" in one.name)


Model = TypeVar("Model", Profile, Board)
_WORDS = {
    "missing": "必填 (required)",
    "extra_forbidden": "不认识的键 (unknown key)",
    "literal_error": "应为 {expected} 之一 (one of these)",
    "string_type": "应为文本 (text in quotes)",
    "string_pattern_mismatch": "写法不对 (another form is wanted): {msg}",
    "int_type": "应为整数 (a whole number)",
    "bool_type": "应为 true 或 false (true or false)",
    "tuple_type": "应为列表 [...] (a list)",
    "model_type": "应为一节 [...] (a section)",
}


def _read(folder: str, named: str, model: type[Model]) -> Model:
    place: Traversable = files("firmware_config").joinpath(folder, f"{named}.toml")
    if named.endswith(".toml"):
        place = Path(named)
    try:
        return model.model_validate(tomllib.loads(place.read_text(encoding="utf-8")))
    except OSError:
        known = ", ".join(names(folder))
        said = f"没有 {named} (not found)"
        if Path(named).exists():
            said = f"{named}: 文件名要以 .toml 结尾 (a file's name ends in .toml)"
        raise FlashError(Exit.USAGE, said, f"可用 (known): {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FlashError(Exit.USAGE, f"{named}: 不是 TOML (no TOML): {error}") from None
    except ValidationError as error:
        raise FlashError(Exit.USAGE, f"{named}: {in_words(error)}") from None


def in_words(error: ValidationError) -> str:
    """Say every mistake: where, and what was expected; what has no words here, in pydantic's."""
    return "; ".join(map(_in_words, error.errors(include_url=False)))


def _in_words(one: ErrorDetails) -> str:
    where = ".".join(map(str, one["loc"]))
    words = _WORDS.get(one["type"], "{msg}").format(
        msg=one["msg"].removeprefix("Value error, "),
        expected=one.get("ctx", {}).get("expected", ""),
    )
    return f"{where}: {words}" if where else words
