"""Who has passed a line, and which way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge_agent.core.bodies import offset
from edge_agent.core.boxes import Point
from edge_agent.core.lines import Direction, Line
from edge_agent.core.tracks import Track, TrackId

FIRM_BODIES = 0.08
"""This far from a line, in body heights, a foot is surely on one side: less may be a tremble."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A track that has just passed a line."""

    track_id: TrackId
    line_id: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class Standing:
    """On which side a track last stood firmly, where its foot was, and whether it has passed since.

    `is_right` is None until it has stood firmly anywhere.
    """

    seen_at: float
    ground: Point
    is_right: bool | None = None
    has_passed: bool = False


@dataclass(frozen=True, slots=True)
class Crossings:
    """The memory of one camera; `observe` gives the next memory and what is new."""

    memory_s: float = 1.5
    standings: Mapping[tuple[TrackId, str], Standing] = field(default_factory=dict)

    def observe(
        self,
        at: float,
        tracks: Sequence[Track],
        lines: Sequence[Line],
        heirs: Mapping[TrackId, TrackId],
    ) -> tuple["Crossings", list[Crossing]]:
        """Take one frame's tracks in; `heirs` maps a new track to the one it carries on."""
        standings = {
            key: standing
            for key, standing in self.standings.items()
            if at - standing.seen_at <= self.memory_s
        }
        crossings: list[Crossing] = []
        pairs = [(track, line) for track in tracks for line in lines if track.is_seen]
        for track, line in pairs:
            origin = heirs.get(track.track_id, track.track_id)
            before = standings.get((origin, line.line_id), Standing(at, track.ground))
            standing, direction = _stepped(before, track, line)
            standings[track.track_id, line.line_id] = replace(standing, seen_at=at)
            if direction is not None and line.is_guarded(direction):
                crossings.append(Crossing(track.track_id, line.line_id, direction))
        return Crossings(self.memory_s, standings), crossings


def _stepped(before: Standing, track: Track, line: Line) -> tuple[Standing, Direction | None]:
    """Follow one step of a foot; a tentative track's passing waits until it is confirmed."""
    has_passed = before.has_passed ^ line.is_passed_by(before.ground, track.ground)
    standing = replace(before, ground=track.ground, has_passed=has_passed)
    distance = offset(line.a, line.b, track.ground, track.box)
    is_right = distance > 0
    if abs(distance) < FIRM_BODIES:
        return standing, None
    if before.is_right is None or before.is_right == is_right:
        return replace(standing, is_right=is_right, has_passed=False), None
    if not has_passed:
        return replace(standing, is_right=is_right), None
    if not track.is_confirmed:
        return standing, None
    direction = Direction.LEFT_TO_RIGHT if is_right else Direction.RIGHT_TO_LEFT
    return replace(standing, is_right=is_right, has_passed=False), direction
