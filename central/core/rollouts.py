"""A release goes out by groups: a few first, the others when those are well; failures stop it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

SOAK_MS = 24 * 3600 * 1000
"""How long a group must have been well before the next is ordered: a day and a night."""
MOST_FAILURES = 1
"""So many failures are borne; one more pauses the roll-out. Ours: the plan names none."""


class State(StrEnum):
    """Where a roll-out stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    TAKEN_BACK = "taken_back"


PLANNED, ORDERED = "planned", "ordered"
FAILED = frozenset({"refused", "failed", "rolled_back"})
UNDER_WAY = frozenset({ORDERED, "waiting", "fetching", "installing", "trial"})
NOT_BEGUN = frozenset({ORDERED, "waiting", "fetching", "installing"})
ON_IT = frozenset({"trial", "confirmed"})


@dataclass(frozen=True, slots=True)
class Member:
    """One device of a roll-out: its group, from 0, and how far it is, since when."""

    device_id: str
    group: int
    phase: str
    changed_at: int
    is_forgiven: bool = False
    """It failed, and somebody has resumed since."""
    is_away: bool = False
    """It is offline: nobody waits for its answer before the next group is ordered."""


def grouped(device_ids: Sequence[str], canaries: int, share: int) -> list[tuple[str, int]]:
    """Put devices into three groups: canaries, then `share` per cent of the others, then all."""
    first = max(1, min(canaries, len(device_ids)))
    second = first + -(-(len(device_ids) - first) * share // 100)
    return [
        (device_id, 0 if place < first else 1 if place < second else 2)
        for place, device_id in enumerate(device_ids)
    ]


def why_pause(members: Sequence[Member], most_failures: int) -> str:
    """Say why a roll-out stops by itself; a canary that fails is one too many."""
    failed = [one for one in members if one.phase in FAILED and not one.is_forgiven]
    canary = [one.device_id for one in failed if one.group == 0]
    if canary:
        return f"先行设备失败 (a canary failed): {'、'.join(canary)}"
    if len(failed) > most_failures:
        names = "、".join(one.device_id for one in failed[:5])
        return f"失败 {len(failed)} 台，超过 {most_failures} 台 (too many failed): {names}"
    return ""


def to_order(members: Sequence[Member], now_ms: int, soak_ms: int) -> list[str]:
    """Name the devices to be ordered now: the first group that waits, once all before are well."""
    waiting = sorted({one.group for one in members if one.phase == PLANNED})
    if not waiting:
        return []
    group = waiting[0]
    before = [one for one in members if one.group < group]
    if any(one.phase in UNDER_WAY and not one.is_away for one in before):
        return []
    settled = [one.changed_at for one in before if one.phase == "confirmed" or one.is_forgiven]
    if before and (not settled or now_ms - max(settled) < soak_ms):
        return []
    return [one.device_id for one in members if one.group == group and one.phase == PLANNED]


def is_done(members: Sequence[Member]) -> bool:
    """Tell whether nobody is waited for any more."""
    return not any(one.phase == PLANNED or one.phase in UNDER_WAY for one in members)
