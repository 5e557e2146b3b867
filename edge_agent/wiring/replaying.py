"""The whole watch on a recording, by the recording's own clock, as fast as it can."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from contract.messages import Alert
from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.recorder import Recorder
from edge_agent.config import CameraConfig, EdgeConfig
from edge_agent.ports import Frame, Source, Speaker
from edge_agent.simulated import MemoryOutbox, RecordingSpeaker
from edge_agent.watch import Batch, Responses, Sight, World, watch
from edge_agent.wiring.looking import looker_of
from edge_agent.wiring.scenes import Scribe, view_of
from edge_agent.wiring.seeing import open_source
from edge_agent.wiring.speaking import open_speaker
from edge_agent.wiring.watching import detector_of


@dataclass(frozen=True, slots=True)
class Replay:
    """What to play, on which camera's picture, and where to put what would be said."""

    config: EdgeConfig
    camera: CameraConfig
    every: int = 1
    say_to: Path | None = None
    starts_at: datetime | None = None

    def local(self, at: float) -> datetime | None:
        """Give the site's clock at a moment of the recording, where its start is known."""
        return None if self.starts_at is None else self.starts_at + timedelta(seconds=at)


def replayed(replay: Replay, video: str) -> Iterator[tuple[Sight, list[Alert]]]:
    """Play a recording through detector, tracker, rule and responses.

    Alerts are numbered in memory: the device's own outbox and its numbers are not touched.

    Raises:
        SourceError: no such recording.
        ModelError: missing or damaged weights.
    """
    detector = detector_of(replay.config)
    began_at = SystemTime().now()
    alerts: list[Alert] = []
    with ExitStack() as opened:
        source = opened.enter_context(closing(open_source(video, every=replay.every)))
        recorder = Recorder(MemoryOutbox(), None, alerts.append)
        opened.enter_context(closing(recorder))
        scribe = Scribe(replay.config, lambda at: began_at + timedelta(seconds=at))
        responses = Responses(_speaker(replay, opened), recorder, scribe.report_of)
        looker = looker_of(replay.config, [replay.camera], detector, replay.local)
        views = {replay.camera.camera_id: view_of(replay.config, replay.camera)}
        world = World(looker, responses, _raised)
        for sight in watch(_one_by_one(source, replay.camera.camera_id), views, world):
            yield sight, list(alerts)
            alerts.clear()


def _speaker(replay: Replay, opened: ExitStack) -> Speaker:
    if replay.say_to is None:
        return RecordingSpeaker()
    voice = replay.config.voice.model_copy(update={"sink": f"file:{replay.say_to}"})
    return opened.enter_context(closing(open_speaker(voice)))


def _one_by_one(source: Source, camera_id: str) -> Iterator[Batch]:
    frame: Frame
    for frame in source:
        yield {camera_id: frame}


def _raised(error: Exception) -> None:
    raise error
