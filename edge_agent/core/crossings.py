"""Who has passed a line, and which way."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge_agent.core.bodies import offset
from edge_agent.core.lines import Direction, Line
from edge_agent.core.points import Point
from edge_agent.core.tracks import Track, TrackId

FIRM_BODIES = 0.08
"""This far from a line, in body heights, a foot is surely on one side: less may be a tremble."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A track that has just passed a line; `subject` tells this passing from all others."""

    track_id: TrackId
    line_id: str
    direction: Direction
    subject: str


@dataclass(frozen=True, slots=True)
class Standing:
    """On which side a track last stood firmly, where its foot was, and whether it has passed since.

    `is_right` is None until it has stood firmly anywhere. `crossed_at`: when it has crossed the
    guarded way, and has not come back. `first_id` is the number under which the person was first
    seen.
    """

    seen_at: float
    ground: Point
    is_right: bool | None = None
    has_passed: bool = False
    first_id: TrackId = -1
    crossed_at: float | None = None

    @property
    def subject(self) -> str:
        """What tells this passing from all others of the line."""
        return f"{self.first_id}@{self.crossed_at or 0.0:.3f}"


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
        lively: Container[TrackId] | None = None,
    ) -> tuple["Crossings", list[Crossing]]:
        """Take one frame's tracks in; `heirs` maps a new track to the one it carries on.

        With `lively`, only those in it can cross.
        """
        standings = {
            key: standing
            for key, standing in self.standings.items()
            if at - standing.seen_at <= self.memory_s
        }
        crossings: list[Crossing] = []
        for track in tracks:
            if not (lines and track.is_seen):
                continue
            ground = track.ground
            origin = heirs.get(track.track_id, track.track_id)
            may_count = lively is None or track.track_id in lively
            for line in lines:
                fresh = Standing(at, ground, first_id=track.track_id)
                before = standings.get((origin, line.line_id), fresh)
                standing, direction = _stepped(before, at, track, ground, line)
                if direction is not None:
                    counts = may_count and line.is_guarded(direction)
                    standing = replace(standing, crossed_at=at if counts else None)
                    if counts:
                        passed = track.track_id, line.line_id, direction, standing.subject
                        crossings.append(Crossing(*passed))
                standings[track.track_id, line.line_id] = standing
        return Crossings(self.memory_s, standings), crossings

    def over(self, line_id: str) -> dict[TrackId, Standing]:
        """Give those who have crossed, have not come back and have not gone out of sight."""
        return {
            track_id: standing
            for (track_id, where), standing in self.standings.items()
            if where == line_id and standing.crossed_at is not None
        }


def _stepped(
    before: Standing, at: float, track: Track, ground: Point, line: Line
) -> tuple[Standing, Direction | None]:
    """Follow one step of a foot; a tentative track's passing waits until it is confirmed."""
    has_passed = before.has_passed ^ line.is_passed_by(before.ground, ground)
    distance = offset(line.a, line.b, ground, track.box)
    was_right = before.is_right
    is_right: bool | None = distance > 0
    direction = None
    if abs(distance) < FIRM_BODIES:
        is_right = was_right
    elif was_right is None or was_right == is_right:
        has_passed = False
    elif has_passed and not track.is_confirmed:
        is_right = was_right
    elif has_passed:
        direction = Direction.LEFT_TO_RIGHT if is_right else Direction.RIGHT_TO_LEFT
        has_passed = False
    standing = Standing(at, ground, is_right, has_passed, before.first_id, before.crossed_at)
    return standing, direction
