"""What a device is to be told of its gallery, and when to begin anew."""

from collections.abc import Sequence
from itertools import zip_longest

from pydantic import BaseModel, ConfigDict

from contract.gallery import MOST_ENTRIES, MOST_REMOVED

AGAIN_S = 60
MOST_TRIES = 11
"""Sixty seconds, doubled each time: at most about a day and a half."""


class Plan(BaseModel):
    """One update before it is sealed: ids only, no template and no name."""

    model_config = ConfigDict(frozen=True)

    revision: int
    follows: int
    entry_ids: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    is_complete: bool = False


def plans(
    revision: int, entry_ids: Sequence[str], removed: Sequence[str] = (), *, is_anew: bool = False
) -> list[Plan]:
    """Give the updates that follow `revision`, each small enough for one message.

    `is_anew`: what the device held before and is not named here, is gone at the end.
    """
    chunks = list(zip_longest(_cut(entry_ids, MOST_ENTRIES), _cut(removed, MOST_REMOVED))) or [
        (None, None)
    ]
    return [
        Plan(
            revision=revision + place + 1,
            follows=0 if is_anew and place == 0 else revision + place,
            entry_ids=some or (),
            removed=gone or (),
            is_complete=is_anew and place == len(chunks) - 1,
        )
        for place, (some, gone) in enumerate(chunks)
    ]


def is_due_again(tries: int, since_ms: int, now_ms: int) -> bool:
    """Tell whether a device that has not confirmed is to be told again: ever more seldom."""
    wait_s: int = AGAIN_S * 2 ** min(tries, MOST_TRIES)
    return now_ms - since_ms >= wait_s * 1000


def _cut(ids: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(ids[start : start + size]) for start in range(0, len(ids), size)]
