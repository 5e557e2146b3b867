"""Who carries on for whom: a person hidden for a moment comes back under a new number.

Dwell and side of the line belong to the person, not to the number. A track that is new where
another has just gone out of sight inherits from it; each leaves one heir.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge_agent.core.bodies import apart
from edge_agent.core.boxes import Box
from edge_agent.core.tracks import Track, TrackId

START_BODIES = 0.5
BODIES_PER_S = 0.6
MAX_GROWTH = 1.7


@dataclass(frozen=True, slots=True)
class LastSight:
    """Where and when a track was last seen."""

    at: float
    box: Box


@dataclass(frozen=True, slots=True)
class Heirs:
    """The memory of one camera; `observe` gives the next memory and who is new for whom."""

    memory_s: float = 1.5
    sights: Mapping[TrackId, LastSight] = field(default_factory=dict)

    def observe(
        self, at: float, tracks: Sequence[Track]
    ) -> tuple["Heirs", Mapping[TrackId, TrackId]]:
        """Take one frame's tracks in; the answer maps a new track to the one it carries on."""
        seen = {track.track_id: track for track in tracks if track.is_seen}
        hidden = {
            track_id: sight
            for track_id, sight in self.sights.items()
            if track_id not in seen and at - sight.at <= self.memory_s
        }
        heirs: dict[TrackId, TrackId] = {}
        for track_id, track in seen.items():
            if track_id in self.sights:
                continue
            origin = _nearest(at, track.box, hidden)
            if origin is not None:
                heirs[track_id] = origin
                del hidden[origin]
        now = {track_id: LastSight(at, track.box) for track_id, track in seen.items()}
        return Heirs(self.memory_s, {**hidden, **now}), heirs


def _nearest(at: float, box: Box, hidden: Mapping[TrackId, LastSight]) -> TrackId | None:
    """Give the hidden track that could have walked to the box and is nearest to it."""
    distances = {
        track_id: apart(sight.box.foot, box.foot, sight.box) for track_id, sight in hidden.items()
    }
    reachable = [
        track_id
        for track_id, sight in hidden.items()
        if distances[track_id] <= START_BODIES + BODIES_PER_S * (at - sight.at)
        and _is_of_a_size(sight.box, box)
    ]
    return min(reachable, key=lambda track_id: distances[track_id], default=None)


def _is_of_a_size(first: Box, second: Box) -> bool:
    heights = sorted((first.bottom - first.top, second.bottom - second.top))
    return heights[1] <= heights[0] * MAX_GROWTH
