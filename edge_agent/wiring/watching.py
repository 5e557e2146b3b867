"""The live watch: which cameras, model and voice stand behind it, and what it says of itself."""

import logging
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from functools import partial

from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.rounds import Pulse, Rounds
from edge_agent.adapters.watch_health import WatchHealth
from edge_agent.config import EdgeConfig
from edge_agent.ports import Detector
from edge_agent.watch import watch
from edge_agent.wiring.scenes import doubtful_score, responses_of, view_of
from edge_agent.wiring.seeing import newest, open_detector, open_source
from edge_agent.wiring.speaking import open_speaker

LOG = logging.getLogger("huxiao.watch")


def detector_of(config: EdgeConfig) -> Detector:
    """Give the config's model, told to show doubtful people too: the tracker can use them.

    Raises:
        ModelError: missing or damaged weights.
    """
    detector = config.detector
    return open_detector(
        detector.model, min_score=doubtful_score(detector), num_threads=detector.num_threads
    )


def watch_cameras(
    config: EdgeConfig, outbox: SqliteOutbox, stop: threading.Event, *, simulate: bool = False
) -> Mapping[str, Pulse]:
    """Watch all cameras until `stop`, or until none is left; tell how each of them ended.

    With `simulate`, recordings are played at their own speed, again and again.

    Raises:
        ModelError: missing or damaged weights.
    """
    detector, health = detector_of(config), WatchHealth(outbox)
    with ExitStack() as opened:
        speaker = opened.enter_context(
            closing(open_speaker(config.voice, config.data_dir / "voice", health.hear_speaker))
        )
        streams = {}
        for camera in config.cameras:
            source = open_source(camera.source, simulate=simulate, loop=simulate)
            opened.callback(source.close)
            streams[camera.camera_id] = partial(newest, source)
        rounds = Rounds(streams, stop)
        views = {camera.camera_id: view_of(config, camera) for camera in config.cameras}
        responses = responses_of(config, speaker, outbox, lambda _: SystemTime().now())
        batches = health.beaten(rounds)
        for _, alerts in watch(batches, views, detector, responses, health.fault):
            for alert in alerts:
                where = f"{alert.camera_id}/{alert.zone_id}"
                LOG.warning("预警 (alert) #%d %s %s", alert.seq, alert.kind, where)
        health.beat(rounds.pulses(), time.monotonic())
        return rounds.pulses()
