"""What an installer drew on a camera's picture, before it is written into the config."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DrawnKind:
    """One kind of thing that is drawn: its list's key in the config, and the key of its id."""

    key: str
    id_key: str
    shape_keys: tuple[str, ...]


MASKS = DrawnKind("masks", "", ("polygon",))
"""Masks have no name: one is known by its place in the list."""
KINDS = (
    DrawnKind("zones", "zone_id", ("polygon",)),
    DrawnKind("lines", "line_id", ("a", "b")),
    DrawnKind("posts", "post_id", ("polygon",)),
    MASKS,
)


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One thing as drawn: its place in the list before (None: new), and its values now.

    A value of None takes the key away; keys that are not named stay as they were.
    """

    was: int | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything on one camera's picture; what is not in it is taken away."""

    zones: tuple[DrawnRow, ...] = ()
    lines: tuple[DrawnRow, ...] = ()
    posts: tuple[DrawnRow, ...] = ()
    masks: tuple[DrawnRow, ...] = ()
