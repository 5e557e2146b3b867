"""A child's name in a letter: a reference at rest, the name only in the hand that delivers it.

What lies in the database, and in every backup of it, names nobody. `filled` puts the names in when
a letter is handed over; once a child's key is destroyed, no letter can be filled any more.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

OPEN, CLOSE = "⟦", "⟧"
GONE = "（已删除 erased）"
HIDDEN = "〔学生〕"
_REFERENCE = re.compile(r"⟦(name|class):([0-9a-f-]{36})⟧")


class Called(NamedTuple):
    """What a child is called."""

    name: str
    class_name: str


def name_of(pupil_id: str) -> str:
    """Refer to a child's name."""
    return f"{OPEN}name:{pupil_id}{CLOSE}"


def class_of(pupil_id: str) -> str:
    """Refer to what a child's class is called."""
    return f"{OPEN}class:{pupil_id}{CLOSE}"


def pupils_in(text: str) -> set[str]:
    """Give the children to whom a text refers."""
    return {found[2] for found in _REFERENCE.finditer(text)}


def filled(text: str, called: Mapping[str, Called]) -> str:
    """Put names and classes in; who is not there any more is said to be gone."""

    def put(found: re.Match[str]) -> str:
        one = called.get(found[2])
        if one is None:
            return GONE
        return one.name if found[1] == "name" else one.class_name

    return _REFERENCE.sub(put, text)


def masked(text: str) -> str:
    """Give a text as those read it who may not know whom it is about."""
    return _REFERENCE.sub(HIDDEN, text)


def harmless(text: str) -> str:
    """Give words that people wrote so that they refer to nobody, whatever they look like."""
    return text.replace(OPEN, "[").replace(CLOSE, "]")
