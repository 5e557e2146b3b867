"""What the tests of tracker, zones, lines and the water rule share."""

from collections.abc import Iterable, Sequence

from edge_agent.core.boxes import Box, Detection
from edge_agent.core.findings import Finding
from edge_agent.core.tracker import Tracker
from edge_agent.core.tracks import Track, TrackState
from edge_agent.core.water import WaterRule

WIDTH, HEIGHT = 0.06, 0.2
"""A person on the picture: upright, a fifth of the picture's height."""

Step = tuple[float, Sequence[Detection]]


def standing_at(x: float, y: float, height: float = HEIGHT) -> Box:
    """A person whose foot is at x, y."""
    half = WIDTH * height / HEIGHT / 2
    return Box(x - half, y - height, x + half, y)


def person(x: float, y: float, score: float = 0.9) -> Detection:
    return Detection(standing_at(x, y), score)


def track(x: float, y: float, track_id: int = 7, state: str = "confirmed") -> Track:
    return Track(track_id, standing_at(x, y), TrackState(state))


def followed(steps: Iterable[Step], tracker: Tracker | None = None) -> list[list[Track]]:
    """The tracks of each step."""
    tracker, seen = tracker or Tracker(), []
    for at, detections in steps:
        tracker, tracks = tracker.observe(at, detections)
        seen.append(tracks)
    return seen


def ruled(rule: WaterRule, steps: Iterable[tuple[float, Sequence[Track]]]) -> list[Finding]:
    """What the rule finds over all steps."""
    found: list[Finding] = []
    for at, tracks in steps:
        rule, verdict = rule.observe(at, tracks)
        found += verdict.findings
    return found
