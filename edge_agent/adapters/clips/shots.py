"""What a clip is made of: small pictures in memory, and which of them belong to which alert."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from edge_agent.core.heads import Person
from edge_agent.core.tracks import TrackId

JOIN_SHARE = 0.5
"""An alert that begins within this share of another's clip joins it: one clip serves both."""

LEAST_GAP_S = 0.05
"""Twenty pictures a second are more than is ever asked for."""
ROUNDING_S = 1e-6


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture as a JPEG, when it was taken (frame time, s), and who was followed on it."""

    at: float
    jpeg: bytes
    people: tuple[Person, ...] = ()


class Ring:
    """The last seconds of one camera, bounded in time and in bytes."""

    def __init__(self, keep_s: float, most_bytes: int) -> None:
        self._keep_s, self._most_bytes = keep_s, most_bytes
        self._shots: deque[Shot] = deque()
        self._bytes = 0

    def add(self, shot: Shot) -> None:
        """Keep a shot; a clock that jumps back begins the ring anew."""
        if self._shots and shot.at < self._shots[-1].at:
            self._shots.clear()
            self._bytes = 0
        self._shots.append(shot)
        self._bytes += len(shot.jpeg)
        while self._shots[0].at < shot.at - self._keep_s or self._bytes > self._most_bytes:
            self._bytes -= len(self._shots.popleft().jpeg)

    def since(self, at: float) -> list[Shot]:
        """Give what was taken at that moment or later."""
        return [shot for shot in self._shots if shot.at >= at]

    def __iter__(self) -> Iterator[Shot]:
        return iter(self._shots)


@dataclass(slots=True)
class Take:
    """A clip that is being collected: for which alerts, of whom, and until when."""

    camera_id: str
    began_at: float
    until: float
    alert_ids: list[str] = field(default_factory=list)
    shown: set[TrackId] = field(default_factory=set)
    shots: list[Shot] = field(default_factory=list)
    gap_s: float = LEAST_GAP_S

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return sum(len(shot.jpeg) for shot in self.shots)

    def join(self, alert_id: str, track_id: TrackId | None) -> None:
        """Let this clip serve one more alert."""
        self.alert_ids.append(alert_id)
        if track_id is not None:
            self.shown.add(track_id)

    def may_join(self, at: float) -> bool:
        """Tell whether what begins now is well seen on this clip."""
        return at <= self.began_at + JOIN_SHARE * (self.until - self.began_at)

    def add(self, shot: Shot, most_bytes: int) -> None:
        """Add a shot; where room is short, fewer a second are kept, from beginning to end."""
        self.shots = _apart([*self.shots, shot], self.gap_s)
        while self.bytes > most_bytes and len(self.shots) > 1:
            self.gap_s *= 2
            self.shots = _apart(self.shots, self.gap_s)


def _apart(shots: Sequence[Shot], gap_s: float) -> list[Shot]:
    kept: list[Shot] = []
    for shot in shots:
        if not kept or shot.at >= kept[-1].at + gap_s - ROUNDING_S:
            kept.append(shot)
    return kept


def best_of(shots: Sequence[Shot], shown: set[TrackId]) -> int | None:
    """Give which shot shows a subject largest without being cut by the frame; None: none does."""
    sizes = {
        number: max(
            (_size(person) for person in shot.people if person.track_id in shown), default=0.0
        )
        for number, shot in enumerate(shots)
    }
    best = max(sizes, key=lambda number: sizes[number], default=None)
    return best if best is not None and sizes[best] > 0 else None


def _size(person: Person) -> float:
    box = person.box
    is_cut = box.left < 0 or box.top < 0 or box.right > 1 or box.bottom > 1
    return (box.right - box.left) * (box.bottom - box.top) * (0.5 if is_cut else 1.0)
