"""The watching loop: see, decide, record, speak. The only place where they meet."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from contract.messages import AlertBody
from edge_agent.core.boxes import Box, Detection
from edge_agent.core.findings import Episode, Finding, Verdict
from edge_agent.core.known import Known
from edge_agent.core.life import AlertLife
from edge_agent.core.liveliness import Liveliness
from edge_agent.core.naming import Addressee
from edge_agent.core.posts import PostRule
from edge_agent.core.shares import Share
from edge_agent.core.tracker import Tracker
from edge_agent.core.tracks import Track
from edge_agent.core.votes import Hint
from edge_agent.core.water import WaterRule
from edge_agent.ports import EvidenceFile, Frame, Speaker


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a frame before the rules see it.

    `found` is None where the detector was not asked: nothing moves, nobody is being followed.
    `motion` are the boxes in which something moved, None where nobody measures it. `local` is the
    site's clock, None where nobody knows it.
    """

    at: float
    found: Sequence[Detection] | None
    motion: Sequence[Box] | None = None
    local: datetime | None = None
    hints: Sequence[Hint] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What one camera has seen so far: its tracker's memory, its rules' and its alerts'."""

    camera_id: str
    tracker: Tracker
    rule: WaterRule
    posts: PostRule = field(default_factory=PostRule)
    liveliness: Liveliness | None = None
    life: AlertLife = field(default_factory=AlertLife)
    known: Known = field(default_factory=Known)

    def observe(self, look: Look) -> tuple["View", "Seen"]:
        """Take one frame in."""
        at = look.at
        tracker, tracks = self.tracker.observe(at, look.found or ())
        _, origins = self.rule.heirs.observe(at, tracks)
        liveliness, lively = self.liveliness, None
        if liveliness is not None and look.motion is not None:
            liveliness, lively = liveliness.observe(at, tracks, look.motion, origins)
        rule, verdict = self.rule.observe(at, tracks, look.local, lively)
        posts, absences, shares = self.posts.observe(at, tracks, look.local)
        known, hits = self.known.observe(at, tracks, look.hints)
        verdict = known.named(verdict | absences | hits)
        life, findings = self.life.observe(at, verdict.findings, verdict.going_on)
        verdict = replace(verdict, findings=tuple(findings))
        view = View(self.camera_id, tracker, rule, posts, liveliness, life, known)
        return view, Seen(tracks, verdict, tuple(shares))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a view makes of one frame."""

    tracks: Sequence[Track]
    verdict: Verdict
    shares: Sequence[Share] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """One camera's frame and what was made of it."""

    view: View
    frame: Frame
    seen: Seen

    @property
    def tracks(self) -> Sequence[Track]:
        """Who is there."""
        return self.seen.tracks

    @property
    def verdict(self) -> Verdict:
        """What follows."""
        return self.seen.verdict


class Looker(Protocol):
    """Looks at a frame, or decides that it is not worth it; `tracks` are those just followed."""

    def look(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> Look: ...

    def after(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> None:
        """Do what can wait until whoever must be warned has been: reading faces."""
        ...


Report = Callable[[], tuple[AlertBody, Sequence[EvidenceFile]]]


class Recorder(Protocol):
    """Keeps reports on disk; returns when they are there, or when it must not wait longer."""

    def record(self, reports: Sequence[Report]) -> None: ...


@dataclass(frozen=True, slots=True)
class Responses:
    """What may follow from a frame: the outbox, a voice, and how a finding becomes an alert."""

    speaker: Speaker
    recorder: Recorder
    report_of: Callable[[Sight, Finding], Report]
    alert_id_of: Callable[[str, Episode], str] = lambda *_: ""
    addressee: Callable[[str], Addressee | None] = lambda _: None

    def follow(self, sight: Sight) -> None:
        """Record what is found and say what is to be said, which a sick disk holds back little.

        What is said waits for its own alert only; the others of the frame are recorded after it.
        """
        told = sight.verdict.findings
        first = [one for one in told if one.is_announced]
        self.recorder.record([self.report_of(sight, one) for one in first])
        for saying in sight.verdict.sayings:
            to = self.addressee(saying.entry_id) if saying.entry_id else None
            alert_id = self.alert_id_of(sight.view.camera_id, saying.episode)
            self.speaker.say(saying.phrase_id, to, alert_id=alert_id)
        rest = [one for one in told if not one.is_announced]
        self.recorder.record([self.report_of(sight, one) for one in rest])


Batch = Mapping[str, Frame]
"""The newest frame of each camera that has one, by `camera_id`; may be empty."""


@dataclass(frozen=True, slots=True)
class World:
    """What the loop needs beside the frames.

    `fault` hears what went wrong with a frame, and may raise it.
    """

    looker: Looker
    responses: Responses
    fault: Callable[[Exception], None]


def watch(batches: Iterable[Batch], views: Mapping[str, View], world: World) -> Iterator[Sight]:
    """Watch until the frames end."""
    memory = dict(views)
    followed: dict[str, Sequence[Track]] = {}
    for batch in batches:
        for camera_id, frame in batch.items():
            try:
                tracks = followed.get(camera_id, ())
                look = world.looker.look(camera_id, frame, tracks)
                view, seen = memory[camera_id], Seen(tracks, Verdict())
                if look.found is not None:
                    view, seen = view.observe(look)
                    memory[camera_id], followed[camera_id] = view, seen.tracks
                sight = Sight(view, frame, seen)
                world.responses.follow(sight)
                if look.found is not None:
                    world.looker.after(camera_id, frame, seen.tracks)
            except Exception as error:  # noqa: BLE001 - the one of this process: a camera must not blind the others
                world.fault(error)
                continue
            yield sight
