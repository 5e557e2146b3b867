"""Where a boarder is, from what doors and roll calls say: the last sign by its own time decides.

Signs come late, twice and in any order; the answer depends on none of that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Source = Literal["door", "roll_call"]

MOST_AHEAD_MS = 2 * 60 * 1000
"""So far may a gateway's clock run ahead of ours. Ours: no plan names a figure."""


class Where(StrEnum):
    """What is known of a boarder now."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was seen of a boarder. `at` in ms UTC, by whoever saw it."""

    at: int
    source: Source
    event_id: str
    is_in: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """Where somebody is, since when, and who says so."""

    where: Where
    since: int | None = None
    source: Source | None = None


NOTHING_KNOWN = Presence(Where.UNKNOWN)


def presence(signs: Iterable[Sign]) -> Presence:
    """Give where a boarder is; of two signs at the same time, a person's word goes first."""
    last = max(signs, key=_rank, default=None)
    if last is None:
        return NOTHING_KNOWN
    return Presence(Where.PRESENT if last.is_in else Where.ABSENT, last.at, last.source)


def is_from_the_future(at: int, now_ms: int) -> bool:
    """Tell whether a sign claims to be later than any clock error explains."""
    return at > now_ms + MOST_AHEAD_MS


def _rank(sign: Sign) -> tuple[int, bool, str, bool]:
    return (sign.at, sign.source == "roll_call", sign.event_id, sign.is_in)
