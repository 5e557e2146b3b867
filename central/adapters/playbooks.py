"""Reads playbooks from YAML, and says every mistake in words."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml
from pydantic import ValidationError

from central.adapters.playbook_mistakes import mistakes
from central.core.playbook import Playbook


class PlaybookError(ValueError):
    """A playbook that cannot be used; the text names file, place and what was expected."""


@cache
def shipped() -> tuple[Playbook, ...]:
    """Give the playbooks that come with the program."""
    return _read_all(resources.files("central") / "playbooks")


@cache
def by_mail() -> tuple[Playbook, ...]:
    """Give the shipped playbooks for a district that has e-mail and webhooks only."""
    return tuple(one.through({"email", "webhook"}) for one in shipped())


def in_force(folder: Path | None) -> tuple[Playbook, ...]:
    """Give the district's playbooks, each of which stands in for the shipped one of its name.

    Raises:
        PlaybookError: with all mistakes of all files.
    """
    if folder is None or not folder.is_dir():
        return shipped()
    own = _read_all(folder)
    names = {playbook.playbook for playbook in own}
    return own + tuple(one for one in shipped() if one.playbook not in names)


def read_playbook(text: str, source: str) -> Playbook:
    """Read one playbook; `source` names it in errors.

    Raises:
        PlaybookError: not YAML, or not a playbook.
    """
    try:
        fields = yaml.safe_load(text)
    except yaml.YAMLError as error:
        msg = f"{source}: 不是合法的 YAML / not YAML: {error}"
        raise PlaybookError(msg) from None
    try:
        return Playbook.model_validate(fields)
    except ValidationError as error:
        lines = [f"{source}:{one}" for one in mistakes(text, error)]
        raise PlaybookError("\n".join(lines)) from None


def sources_of(folder: Path | None) -> dict[str, tuple[str, str]]:
    """Give file and text of each playbook in force, by its name; those that cannot be read not."""
    folders: list[Traversable] = [resources.files("central") / "playbooks"]
    if folder is not None and folder.is_dir():
        folders.append(folder)
    found = {}
    for one in folders:
        for file in one.iterdir():
            if not file.name.endswith(".yaml"):
                continue
            text = file.read_text(encoding="utf-8")
            try:
                found[read_playbook(text, str(file)).playbook] = (str(file), text)
            except PlaybookError:
                continue
    return found


def _read_all(folder: Traversable) -> tuple[Playbook, ...]:
    found, mistakes = [], []
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    for file in files:
        try:
            found.append(read_playbook(file.read_text(encoding="utf-8"), str(file)))
        except PlaybookError as error:
            mistakes.append(str(error))
    if mistakes:
        raise PlaybookError("\n".join(mistakes))
    return tuple(found)
