"""Who is alive and who is a thing: what never moved has no business raising an alarm.

A bin, a parked bicycle or a poster may look like a person to a detector for weeks. A person moves:
from place to place, or at least a little within the box. A track counts as lively once it has
moved, and stops doing so after `still_s` without any motion at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge_agent.core.bodies import apart
from edge_agent.core.boxes import Box
from edge_agent.core.points import Point
from edge_agent.core.tracks import Track, TrackId

WALKED_BODIES = 0.35
"""Displaced this far, in body heights, a track has moved: a trembling box does not get there."""
STIRRED_SHARE = 0.04
"""This share of a box in motion is somebody stirring."""


@dataclass(frozen=True, slots=True)
class Stir:
    """Where a track was when it last moved, and when; `moved_at` is None before it ever has."""

    ground: Point
    seen_at: float
    moved_at: float | None = None


@dataclass(frozen=True, slots=True)
class Liveliness:
    """The memory of one camera; `observe` gives the next and who is lively.

    Without a motion sensor (`motion` None) only walking counts.
    """

    still_s: float = 300.0
    memory_s: float = 10.0
    stirs: Mapping[TrackId, Stir] = field(default_factory=dict)

    def observe(
        self,
        at: float,
        tracks: Sequence[Track],
        motion: Sequence[Box] | None,
        heirs: Mapping[TrackId, TrackId],
    ) -> tuple["Liveliness", frozenset[TrackId]]:
        """Take one frame's tracks in, and the boxes in which something moved."""
        stirs = {k: v for k, v in self.stirs.items() if at - v.seen_at <= self.memory_s}
        for track in tracks:
            if track.is_seen:
                origin = heirs.get(track.track_id, track.track_id)
                stirs[track.track_id] = _stirred(stirs.get(origin), at, track, motion)
        lively = frozenset(
            track_id
            for track_id, stir in stirs.items()
            if stir.moved_at is not None and at - stir.moved_at <= self.still_s
        )
        return replace(self, stirs=stirs), lively


def _stirred(before: Stir | None, at: float, track: Track, motion: Sequence[Box] | None) -> Stir:
    if before is None:
        before = Stir(track.ground, at)
    has_walked = apart(before.ground, track.ground, track.box) >= WALKED_BODIES
    if has_walked or (motion is not None and _share(track.box, motion) >= STIRRED_SHARE):
        return Stir(track.ground, at, at)
    return replace(before, seen_at=at)


def _share(box: Box, motion: Sequence[Box]) -> float:
    """Give how much of a box is covered by what moves; overlapping ones count twice, at most 1."""
    area = (box.right - box.left) * (box.bottom - box.top)
    if area <= 0:
        return 0.0
    covered = sum(
        max(0.0, min(box.right, one.right) - max(box.left, one.left))
        * max(0.0, min(box.bottom, one.bottom) - max(box.top, one.top))
        for one in motion
    )
    return min(1.0, covered / area)
