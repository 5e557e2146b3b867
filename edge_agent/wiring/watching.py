"""The live watch: which cameras, model and voice stand behind it, and what it says of itself."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from functools import partial

from contract.messages import Alert
from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.contact import GpioContact
from edge_agent.adapters.duty_book import DutyBook
from edge_agent.adapters.heap import giving_back, share_heaps
from edge_agent.adapters.live_picture import LivePicture
from edge_agent.adapters.living import LivingOutbox
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.recorder import Recorder
from edge_agent.adapters.rounds import Pulse, Rounds, Stream
from edge_agent.adapters.veiled_picture import VeiledPicture
from edge_agent.adapters.voice.said import SaidBook
from edge_agent.adapters.voice.speaker import Listeners, QueuedSpeaker, QuietSpeaker
from edge_agent.adapters.watch_health import WatchHealth
from edge_agent.config import CameraConfig, EdgeConfig
from edge_agent.config.page import live_dir_of
from edge_agent.core.naming import Manners, Naming
from edge_agent.ports import ButtonError, Detector, SourceError
from edge_agent.watch import Responses, World, watch
from edge_agent.wiring.clipping import Clips, Veil, clips_of
from edge_agent.wiring.cooling import cooling_of
from edge_agent.wiring.guarding import Guard
from edge_agent.wiring.looking import Terms, looker_of
from edge_agent.wiring.naming import Recognition, open_recognition
from edge_agent.wiring.scenes import Scribe, doubtful_score, view_of
from edge_agent.wiring.seeing import newest, open_detector, open_source
from edge_agent.wiring.showing import Envoy, Showcase
from edge_agent.wiring.speaking import noting, open_speaker

LOG = logging.getLogger("huxiao.watch")

PATIENCE_S = 0.25
"""How long the voice waits for the alert to be safe on disk; on a healthy card it is sooner."""


def detector_of(config: EdgeConfig) -> Detector:
    """Give the config's model, told to show doubtful people too: the tracker can use them.

    Raises:
        ModelError: missing or damaged weights.
    """
    detector = config.detector
    cameras = [camera.min_score for camera in config.cameras if camera.min_score is not None]
    return open_detector(
        detector.model,
        min_score=min([doubtful_score(detector), *(score / 2 for score in cameras)]),
        num_threads=detector.num_threads,
    )


def watch_cameras(
    config: EdgeConfig,
    outbox: SqliteOutbox,
    stop: threading.Event,
    *,
    simulate: bool = False,
    alive: Callable[[], None] = lambda: None,
) -> Mapping[str, Pulse]:
    """Watch all cameras until `stop`, or until all recordings have ended; tell how each does then.

    With `simulate`, recordings are played at their own speed, again and again. `alive` is called
    every round, at least about once a second: for a watchdog.

    Raises:
        ModelError: missing or damaged weights.
        SourceError: none of the cameras can be read any more.
    """
    share_heaps()
    detector, health = detector_of(config), WatchHealth(outbox)
    recognition = open_recognition(config)
    with ExitStack() as opened:
        living = LivingOutbox(outbox, SystemTime())
        living.end_all()  # of a watch that was killed
        opened.callback(living.end_all)  # and of this one, once its recorder is through
        recorder = opened.enter_context(closing(Recorder(living, PATIENCE_S, _logged)))
        clips = clips_of(config, recorder)
        opened.callback(clips.close if clips is not None else lambda: None)
        scribe = _scribe(config, recognition, clips)
        speaker = _speaker(config, outbox, opened, scribe, health, recognition)
        rounds = Rounds(_streams(config, opened, simulate=simulate), stop)
        views = {camera.camera_id: view_of(config, camera) for camera in config.cameras}
        book = DutyBook(outbox, "watch")
        guard = Guard(config, scribe, recorder, book, rounds.pulses, local_time,
                      _contact(config, opened, simulate=simulate))  # fmt: skip
        health.blindness(guard.faults, {c.camera_id: _drawn(c) for c in config.cameras})
        spoken = (lambda _: None) if recognition is None else recognition.gallery.spoken
        responses = Responses(speaker, recorder, scribe.report_of, scribe.alert_id_of, spoken)
        cooling = cooling_of(config.care, outbox)
        looker = looker_of(
            config, config.cameras, detector, local_time, recognition,
            Terms(speaker.expect, cooling.looks_once),
        )  # fmt: skip
        live = LivePicture(live_dir_of(config.page, config.data_dir))
        afar = VeiledPicture(live_dir_of(config.page, config.data_dir))
        envoy = Envoy(afar, Veil(config.evidence).over)
        showcase = Showcase(live, lambda camera_id: guard.faults()[camera_id])
        world = World(looker, responses, health.fault)
        batches = guard.watched(health.beaten(rounds, giving_back(alive, time.monotonic)))
        for sight in watch(cooling.thinned(batches), views, world):
            guard.count(sight.frame.at, sight.seen.shares)
            showcase.show(sight)
            envoy.show(sight)
            if clips is not None:
                clips.see(sight)
            if recognition is not None:
                _prepare(recognition, speaker)
        pulses = rounds.pulses()
        health.beat(pulses, time.monotonic())
    failed = [f"{name}: {pulse.detail}" for name, pulse in pulses.items() if pulse.end == "failed"]
    if failed and not stop.is_set():
        raise SourceError("; ".join(failed))
    return pulses


def _scribe(config: EdgeConfig, recognition: Recognition | None, clips: Clips | None) -> Scribe:
    named = partial(_is_named, config, recognition)
    started = (lambda *_: None) if clips is None else clips.begin
    veil = Veil(config.evidence)
    return Scribe(config, taken_at, names=named, veiled=veil.over, started=started)


def _speaker(
    config: EdgeConfig,
    outbox: SqliteOutbox,
    opened: ExitStack,
    scribe: Scribe,
    health: WatchHealth,
    recognition: Recognition | None,
) -> QueuedSpeaker | QuietSpeaker:
    """Open the voice; what was said is noted, and told to the alert that it belongs to."""
    book = opened.enter_context(closing(SaidBook(outbox, SystemTime(), config.voice.keep_days)))
    listeners = Listeners(state=health.hear_speaker, told=scribe.hear)
    speaker = open_speaker(
        config.voice,
        config.data_dir / "voice",
        listeners=noting(book, listeners),
        vault=None if recognition is None else recognition.gallery,
    )
    return opened.enter_context(closing(speaker))


def _prepare(recognition: Recognition, speaker: QueuedSpeaker | QuietSpeaker) -> None:
    """Have the sounds of everybody's names made, where the gallery has changed."""
    everybody = recognition.everybody_anew()
    if everybody is not None and isinstance(speaker, QueuedSpeaker):
        speaker.prepare(everybody)


def _is_named(config: EdgeConfig, recognition: Recognition | None, entry_id: str) -> bool:
    """Tell whether a warning to that entry would say a name."""
    to = None if recognition is None else recognition.gallery.spoken(entry_id)
    voice = config.voice
    manners = Manners(Naming(voice.naming), voice.address, voice.named_phrases, voice.place)
    return manners.wording("", "", to).is_named


def _streams(config: EdgeConfig, opened: ExitStack, *, simulate: bool) -> dict[str, Stream]:
    streams: dict[str, Stream] = {}
    for camera in config.cameras:
        source = open_source(camera.source, simulate=simulate, loop=simulate)
        opened.callback(source.close)
        streams[camera.camera_id] = partial(newest, source)
    return streams


def _logged(alert: Alert) -> None:
    where = f"{alert.camera_id}/{alert.zone_id}"
    LOG.warning("预警 (alert) #%d %s %s %s", alert.seq, alert.kind, alert.phase, where)


def local_time(at: float) -> datetime:
    """Give the site's clock at a moment of this machine's monotonic time."""
    passed_s = max(0.0, time.monotonic() - at)
    return datetime.now().astimezone() - timedelta(seconds=passed_s)


def taken_at(at: float) -> datetime:
    """Tell by the wall clock when a frame was taken: an alert occurs then, not when it is found."""
    time = SystemTime()
    return time.now() - timedelta(seconds=max(0.0, time.monotonic() - at))


def _contact(config: EdgeConfig, opened: ExitStack, *, simulate: bool) -> GpioContact | None:
    """Give the gate's contact; one that cannot be read is said, and the cameras watch on."""
    if config.gate.contact_pin is None or simulate:
        return None
    try:
        return opened.enter_context(closing(GpioContact(config.gate.contact_pin)))
    except ButtonError as error:
        LOG.error("%s", error)  # noqa: TRY400 - one line in words, no traceback
        return None


def _drawn(camera: CameraConfig) -> list[str]:
    zones = [zone.zone_id for zone in camera.zones]
    lines = [line.line_id for line in camera.lines]
    return [*zones, *lines, *(post.post_id for post in camera.posts)]
