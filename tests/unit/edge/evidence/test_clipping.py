"""From an alert that starts to the clip that follows it, and what never leaves the device."""

import io
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime

import av
import numpy as np

from contract.messages import Alert
from contract.scenarios import Phase
from edge_agent.adapters.recorder import Recorder
from edge_agent.config import EdgeConfig
from edge_agent.core.tracks import Track
from edge_agent.ports import Frame, Image
from edge_agent.simulated import MemoryOutbox, RecordingSpeaker
from edge_agent.watch import Look, Responses, World, watch
from edge_agent.wiring.clipping import Veil, clips_of
from edge_agent.wiring.scenes import Scribe, view_of
from tests.unit.edge.deciding.deciding_kit import person

AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
CONFIG = EdgeConfig.model_validate_json("""{
  "device_id": "water-001", "profile": "water",
  "evidence": {"pre_s": 2.0, "post_s": 3.0},
  "cameras": [{
    "camera_id": "cam1", "source": "x.mp4",
    "zones": [{"zone_id": "pond", "dwell_limit_s": 5.0,
               "polygon": [[0.3, 0.5], [0.7, 0.5], [0.7, 1.0], [0.3, 1.0]]}]
  }]
}""")
GREY: Image = np.full((120, 160, 3), 128, dtype=np.uint8)
STANDING = person(0.5, 0.8)


class Standing:
    """Sees one person in the zone all the time."""

    def look(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> Look:
        del camera_id, tracks
        return Look(frame.at, [STANDING])

    def after(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> None:
        """Nobody is recognised here."""


Veiled = Callable[[Image, Sequence[Track], Track | None], Image]


def watched(config: EdgeConfig, veiled: Veiled, seconds: float) -> MemoryOutbox:
    """The outbox after somebody stood in the zone for so long, and the watch ended."""
    outbox = MemoryOutbox()
    with closing(Recorder(outbox, None, lambda _: None)) as recorder:
        clips = clips_of(config, recorder)
        started = (lambda *_: None) if clips is None else clips.begin
        scribe = Scribe(config, lambda _: AT, veiled=veiled, started=started)
        responses = Responses(RecordingSpeaker(), recorder, scribe.report_of)
        world = World(Standing(), responses, raised)
        batches = ({"cam1": Frame(n / 10, GREY, n + 1)} for n in range(round(seconds * 10)))
        for sight in watch(batches, {"cam1": view_of(config, config.cameras[0])}, world):
            if clips is not None:
                clips.see(sight)
        if clips is not None:
            clips.close()
    return outbox


def raised(error: Exception) -> None:
    raise error


def unveiled(image: Image, *_: object) -> Image:
    return image


def clips_in(alert: Alert) -> list[str]:
    return [one.sha256 for one in alert.evidence if one.media_type == "video/mp4"]


def test_a_clip_follows_its_alert_as_an_update_and_changes_nothing_of_its_life() -> None:
    plain = watched(with_evidence(clips=False), unveiled, 9.0).alerts
    outbox = watched(CONFIG, unveiled, 9.0)
    (start,) = [alert for alert in outbox.alerts if alert.phase is Phase.START]
    (bringing,) = [alert for alert in outbox.alerts if clips_in(alert)]
    assert (bringing.alert_id, bringing.phase) == (start.alert_id, Phase.UPDATE)
    assert bringing.announcement is None, "what was said is told by the alert itself"
    assert len(outbox.alerts) == len(plain) + 1
    with av.open(io.BytesIO(outbox.files[clips_in(bringing)[0]]), "r") as video:
        assert len(list(video.decode(video=0))) > 1


def test_a_config_without_clips_makes_none() -> None:
    outbox = watched(with_evidence(clips=False), unveiled, 9.0)
    assert outbox.alerts
    assert not any(clips_in(alert) for alert in outbox.alerts)


def test_a_picture_on_which_nobody_can_be_hidden_stays_and_its_alert_goes() -> None:
    def broken(image: Image, tracks: Sequence[Track], subject: Track | None) -> Image:
        return Veil(CONFIG.evidence).over(image[:, :, 0], tracks, subject)

    (start, *_) = watched(with_evidence(clips=False), broken, 6.0).alerts
    assert (start.phase, start.evidence) == (Phase.START, ())


def with_evidence(**changes: object) -> EdgeConfig:
    return CONFIG.model_copy(update={"evidence": CONFIG.evidence.model_copy(update=changes)})
