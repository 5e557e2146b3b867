"""What has just happened, said on the next page; where one can, with a button to undo it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from flask import flash, get_flashed_messages

from central.web.languages import text as _


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to say; `undo` is the address to which `fields` are posted to take it back."""

    kind: str
    words: str
    undo: str = ""
    button: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def say_done(words: str) -> None:
    """Let the next page say that something is done."""
    _keep(Said("done", words))


def say_warning(words: str) -> None:
    """Let the next page say what somebody should know about what they did."""
    _keep(Said("warning", words))


def say_error(words: str) -> None:
    """Let the next page say what went wrong; it should say what to do, too."""
    _keep(Said("error", words))


def say_undoable(words: str, address: str, button: str = "", **fields: str) -> None:
    """Let the next page say that something is done, with a button to undo it.

    The button posts `fields` to `address`, which must undo what was done, or say why not.
    """
    _keep(Said("done", words, address, button or _("撤销上一步"), fields))


def just_said() -> list[Said]:
    """Give what the page at hand says; it is said once."""
    return [Said(**json.loads(str(kept))) for kept in get_flashed_messages()]


def _keep(one: Said) -> None:
    flash(json.dumps(asdict(one), ensure_ascii=False))
