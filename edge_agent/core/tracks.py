"""What a tracker says of one person in one frame."""

from dataclasses import dataclass
from enum import StrEnum

from edge_agent.core.bodies import ground_point
from edge_agent.core.boxes import Box
from edge_agent.core.points import Point

TrackId = int


class TrackState(StrEnum):
    """How far a track is to be believed: seen too briefly, seen now, not seen just now."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Track:
    """The same person over frames; `box` is smoothed, or foreseen where the track is lost.

    `score` is the best that the detector gave it so far.
    """

    track_id: TrackId
    box: Box
    state: TrackState
    score: float = 0.0

    @property
    def is_seen(self) -> bool:
        """Whether a detection stands behind the box in this very frame."""
        return self.state is not TrackState.LOST

    @property
    def is_confirmed(self) -> bool:
        """Whether it may be reported: seen now, and for long enough before."""
        return self.state is TrackState.CONFIRMED

    @property
    def ground(self) -> Point:
        """Where the person stands."""
        return ground_point(self.box)
