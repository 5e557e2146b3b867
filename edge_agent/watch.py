"""The watching loop: see, decide, speak, record. The only place where they meet."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from contract.messages import Alert, AlertBody
from edge_agent.core.tracker import Tracker
from edge_agent.core.tracks import Track
from edge_agent.core.water import Finding, Verdict, WaterRule
from edge_agent.ports import Detector, EvidenceFile, Frame, Outbox, OutboxError, Speaker

LOG = logging.getLogger("huxiao.watch")


@dataclass(frozen=True, slots=True)
class View:
    """What one camera has seen so far: its tracker's memory and its rule's."""

    camera_id: str
    tracker: Tracker
    rule: WaterRule

    def observe(self, frame: Frame, detector: Detector) -> tuple["View", Sequence[Track], Verdict]:
        """Take one frame in."""
        tracker, tracks = self.tracker.observe(frame.at, detector.detect(frame.image))
        rule, verdict = self.rule.observe(frame.at, tracks)
        return replace(self, tracker=tracker, rule=rule), tracks, verdict


@dataclass(frozen=True, slots=True)
class Sight:
    """One camera's frame and what was made of it."""

    view: View
    frame: Frame
    tracks: Sequence[Track]
    verdict: Verdict


Owed = tuple[AlertBody, Sequence[EvidenceFile]]
"""An alert that the outbox has not taken yet."""

MOST_OWED = 200


@dataclass(frozen=True, slots=True)
class Responses:
    """What may follow from a frame: a voice, the outbox, and how a finding becomes an alert."""

    speaker: Speaker
    outbox: Outbox
    body_of: Callable[[Sight, Finding], AlertBody]
    evidence_of: Callable[[Sight, Finding], Sequence[EvidenceFile]]

    def speak(self, verdict: Verdict) -> None:
        """Say what is to be said: on the spot, before anything else can fail."""
        for phrase_id in verdict.phrase_ids:
            self.speaker.say(phrase_id)

    def owed(self, sight: Sight) -> list[Owed]:
        """Give the alerts that central must hear of."""
        return [
            (self.body_of(sight, finding), self.evidence_of(sight, finding))
            for finding in sight.verdict.findings
        ]

    def record(self, owed: Sequence[Owed]) -> tuple[list[Alert], list[Owed]]:
        """Put alerts into the outbox, in order; give those it took and those still owed."""
        alerts: list[Alert] = []
        for body, files in owed:
            try:
                alerts.append(self.outbox.put(body, files))
            except OutboxError as error:
                LOG.error("预警未能入箱,稍后再试 (outbox refuses, trying again): %s", error)  # noqa: TRY400 - one line, no traceback
                break
        return alerts, list(owed[len(alerts) :])[-MOST_OWED:]


Batch = Mapping[str, Frame]
"""The newest frame of each camera that has one, by `camera_id`; may be empty."""


def watch(
    batches: Iterable[Batch],
    views: Mapping[str, View],
    detector: Detector,
    responses: Responses,
    fault: Callable[[Exception], None],
) -> Iterator[tuple[Sight, list[Alert]]]:
    """Watch until the frames end. `fault` hears what went wrong with a frame, and may raise it."""
    memory, owed = dict(views), list[Owed]()
    for batch in batches:
        for camera_id, frame in batch.items():
            try:
                view, tracks, verdict = memory[camera_id].observe(frame, detector)
                memory[camera_id] = view
                responses.speak(verdict)
                sight = Sight(view, frame, tracks, verdict)
                alerts, owed = responses.record([*owed, *responses.owed(sight)])
            except Exception as error:  # noqa: BLE001 - the one of this process: a camera must not blind the others
                fault(error)
                continue
            yield sight, alerts
