"""The watching loop: see, decide, record, speak. The only place where they meet."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from contract.messages import AlertBody
from edge_agent.core.findings import Finding, Verdict
from edge_agent.core.life import AlertLife
from edge_agent.core.tracker import Tracker
from edge_agent.core.tracks import Track
from edge_agent.core.water import WaterRule
from edge_agent.ports import Detector, EvidenceFile, Frame, Speaker


@dataclass(frozen=True, slots=True)
class View:
    """What one camera has seen so far: its tracker's memory, its rule's and its alerts'."""

    camera_id: str
    tracker: Tracker
    rule: WaterRule
    life: AlertLife = field(default_factory=AlertLife)

    def observe(
        self, frame: Frame, detector: Detector, local: datetime | None
    ) -> tuple["View", Sequence[Track], Verdict]:
        """Take one frame in; `local` is the site's clock when it was taken."""
        tracker, tracks = self.tracker.observe(frame.at, detector.detect(frame.image))
        rule, verdict = self.rule.observe(frame.at, tracks, local)
        life, findings = self.life.observe(frame.at, verdict.findings, verdict.going_on)
        verdict = replace(verdict, findings=tuple(findings))
        return replace(self, tracker=tracker, rule=rule, life=life), tracks, verdict


@dataclass(frozen=True, slots=True)
class Sight:
    """One camera's frame and what was made of it."""

    view: View
    frame: Frame
    tracks: Sequence[Track]
    verdict: Verdict


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

    def follow(self, sight: Sight) -> None:
        """Record what is found and say what is to be said, which a sick disk holds back little."""
        self.recorder.record([self.report_of(sight, one) for one in sight.verdict.findings])
        for saying in sight.verdict.sayings:
            self.speaker.say(saying.phrase_id)


Batch = Mapping[str, Frame]
"""The newest frame of each camera that has one, by `camera_id`; may be empty."""


@dataclass(frozen=True, slots=True)
class World:
    """What the loop needs beside the frames: a detector, responses and the site's clock.

    `local` gives the site's clock at a frame's time, or None where nobody knows it. `fault` hears
    what went wrong with a frame, and may raise it.
    """

    detector: Detector
    responses: Responses
    local: Callable[[float], datetime | None]
    fault: Callable[[Exception], None]


def watch(batches: Iterable[Batch], views: Mapping[str, View], world: World) -> Iterator[Sight]:
    """Watch until the frames end."""
    memory = dict(views)
    for batch in batches:
        for camera_id, frame in batch.items():
            try:
                view, tracks, verdict = memory[camera_id].observe(
                    frame, world.detector, world.local(frame.at)
                )
                memory[camera_id] = view
                sight = Sight(view, frame, tracks, verdict)
                world.responses.follow(sight)
            except Exception as error:  # noqa: BLE001 - the one of this process: a camera must not blind the others
                world.fault(error)
                continue
            yield sight
