from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pytest

from contract.messages import Alert, AlertBody
from contract.scenarios import Kind, Phase, Severity
from edge_agent.adapters.recorder import Recorder
from edge_agent.config import EdgeConfig
from edge_agent.core.boxes import Detection
from edge_agent.core.naming import Addressee
from edge_agent.core.tracks import Track
from edge_agent.ports import Detector, EvidenceFile, Frame, Image, OutboxError, Utterance
from edge_agent.simulated import MemoryOutbox, RecordingSpeaker
from edge_agent.watch import Batch, Look, Responses, World, watch
from edge_agent.wiring.scenes import Scribe, view_of
from tests.unit.edge.deciding.deciding_kit import person

AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
CONFIG = EdgeConfig.model_validate_json("""{
  "device_id": "water-001", "profile": "water",
  "cameras": [{
    "camera_id": "cam1", "source": "x.mp4",
    "zones": [{"zone_id": "pond", "dwell_limit_s": 5.0,
               "polygon": [[0.3, 0.5], [0.7, 0.5], [0.7, 1.0], [0.3, 1.0]]}],
    "lines": [{"line_id": "bank", "a": [0.5, 0.2], "b": [0.5, 1.0]}]
  }]
}""")
GREY: Image = np.full((120, 160, 3), 128, dtype=np.uint8)


class ScriptedDetector:
    """Sees in the nth picture what its script says."""

    def __init__(self, script: Iterable[Sequence[Detection]]) -> None:
        self._script = iter(script)

    def detect(self, image: Image) -> list[Detection]:
        del image
        return list(next(self._script))


@dataclass(frozen=True)
class PlainLooker:
    """Asks the detector of every picture; there is no clock, and nothing measures motion."""

    detector: Detector

    def look(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> Look:
        del camera_id, tracks
        return Look(frame.at, self.detector.detect(frame.image))

    def after(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> None:
        """Nobody is recognised here."""


class BrokenDetector:
    """Fails at every picture."""

    def detect(self, image: Image) -> list[Detection]:
        msg = f"cannot look at {image.shape}"
        raise ValueError(msg)


class FullOutbox:
    """Has no room for the first few alerts that it is offered."""

    def __init__(self, refusals: int) -> None:
        self.inner = MemoryOutbox()
        self._refusals = refusals

    def put(self, body: AlertBody, files: Sequence[EvidenceFile] = ()) -> Alert:
        if self._refusals:
            self._refusals -= 1
            msg = "disk full"
            raise OutboxError(msg)
        return self.inner.put(body, files)


def batches(count: int, fps: float = 10.0) -> Iterator[Batch]:
    for i in range(count):
        yield {"cam1": Frame(i / fps, GREY, i + 1)}


def raised(error: Exception) -> None:
    raise error


def seen_by(
    detector: Detector,
    count: int,
    *,
    config: EdgeConfig = CONFIG,
    outbox: MemoryOutbox | FullOutbox | None = None,
    fault: Callable[[Exception], None] = raised,
    patience_s: float | None = None,
) -> tuple[RecordingSpeaker, list[Alert]]:
    speaker, alerts = RecordingSpeaker(), list[Alert]()
    recorder = Recorder(outbox or MemoryOutbox(), patience_s, alerts.append, retry_s=0.01)
    with closing(recorder):
        reacts = Responses(speaker, recorder, Scribe(config, lambda _: AT).report_of)
        world = World(PlainLooker(detector), reacts, fault)
        views = {"cam1": view_of(config, config.cameras[0])}
        for _ in watch(batches(count), views, world):
            pass
    return speaker, alerts


def watched(
    script: Sequence[Sequence[Detection]], outbox: MemoryOutbox | FullOutbox | None = None
) -> tuple[RecordingSpeaker, list[Alert]]:
    return seen_by(ScriptedDetector(script), len(script), outbox=outbox)


STAYING = [[person(0.4, 0.8)] for _ in range(70)]
PASSING = [[person(0.3 + i / 100, 0.8)] for i in range(41)]


def test_a_child_who_stays_is_warned_and_reported() -> None:
    speaker, alerts = watched(STAYING)
    assert speaker.said == ["step_back_from_water"]
    [alert] = alerts
    assert (alert.kind, alert.zone_id, alert.camera_id) == (Kind.OVERSTAY, "pond", "cam1")
    assert (alert.severity, alert.people, alert.dwell_s) == (Severity.WARNING, 1, 5.0)
    assert alert.announcement is not None
    assert (alert.announcement.phrase_id, alert.announcement.named) == (
        "step_back_from_water",
        False,
    )


def test_a_child_who_crosses_is_warned_and_reported_as_critical() -> None:
    speaker, [alert] = watched(PASSING)
    assert speaker.said == ["line_crossed"]
    assert (alert.kind, alert.zone_id) == (Kind.LINE_CROSSED, "bank")
    assert (alert.severity, alert.dwell_s) == (Severity.CRITICAL, None)


def test_an_alert_carries_a_jpeg_of_the_moment() -> None:
    outbox = MemoryOutbox()
    _, [alert] = watched(STAYING, outbox)
    [picture] = alert.evidence
    assert picture.media_type == "image/jpeg"
    assert outbox.files[picture.sha256].startswith(b"\xff\xd8")


def test_an_alert_fits_into_a_message() -> None:
    _, [alert] = watched(STAYING)
    assert len(alert.model_dump_json().encode()) <= 4096


def test_nobody_there_means_no_word() -> None:
    speaker, alerts = watched([[] for _ in range(50)])
    assert (speaker.said, alerts) == ([], [])


def test_a_full_outbox_neither_silences_the_voice_nor_loses_the_alert() -> None:
    detector, outbox = ScriptedDetector(STAYING), FullOutbox(refusals=3)
    speaker, alerts = seen_by(detector, len(STAYING), outbox=outbox, patience_s=0.0)
    assert speaker.said == ["step_back_from_water"]
    assert [alert.kind for alert in alerts] == [Kind.OVERSTAY]


def test_what_is_said_has_been_recorded_before() -> None:
    order: list[str] = []
    recorder = Recorder(MemoryOutbox(), None, lambda alert: order.append(alert.kind))

    class OrderlySpeaker(RecordingSpeaker):
        def say(
            self, phrase_id: str, to: Addressee | None = None, *, alert_id: str = ""
        ) -> Utterance:
            order.append(phrase_id)
            return super().say(phrase_id, to, alert_id=alert_id)

    with closing(recorder):
        reacts = Responses(OrderlySpeaker(), recorder, Scribe(CONFIG, lambda _: AT).report_of)
        world = World(PlainLooker(ScriptedDetector(PASSING)), reacts, raised)
        for _ in watch(batches(len(PASSING)), {"cam1": view_of(CONFIG, CONFIG.cameras[0])}, world):
            pass
    assert order == [Kind.LINE_CROSSED, "line_crossed"]


def test_who_leaves_ends_the_alert_under_its_own_id() -> None:
    gone: list[list[Detection]] = [[] for _ in range(100)]
    _, alerts = watched([*STAYING, *gone])
    assert [alert.phase for alert in alerts] == [Phase.START, Phase.END]
    assert len({alert.alert_id for alert in alerts}) == 1
    assert alerts[1].dwell_s == 6.9


def test_a_fault_in_one_frame_is_told_and_the_watch_goes_on() -> None:
    faults: list[Exception] = []
    seen_by(BrokenDetector(), 3, fault=faults.append)
    assert len(faults) == 3


def test_a_replay_may_let_a_fault_end_it() -> None:
    with pytest.raises(ValueError, match="cannot look"):
        seen_by(BrokenDetector(), 3)


def test_without_snapshots_no_picture_leaves_the_device() -> None:
    evidence = CONFIG.evidence.model_copy(update={"snapshots": False})
    config, outbox = CONFIG.model_copy(update={"evidence": evidence}), MemoryOutbox()
    detector = ScriptedDetector(STAYING)
    _, alerts = seen_by(detector, len(STAYING), config=config, outbox=outbox)
    assert len(alerts) == 1
    assert outbox.files == {}


def test_with_the_voice_switched_off_no_alert_claims_an_announcement() -> None:
    config = CONFIG.model_copy(update={"voice": CONFIG.voice.model_copy(update={"enabled": False})})
    _, alerts = seen_by(ScriptedDetector(STAYING), len(STAYING), config=config)
    assert [alert.announcement for alert in alerts] == [None]
