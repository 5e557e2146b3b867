"""From a config to what a camera's rule and an alert need."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import uuid_utils

from contract.messages import AlertBody, Announcement
from contract.scenarios import Scenario
from edge_agent.adapters.annotate import annotated
from edge_agent.adapters.clock import boot_id, clock_state
from edge_agent.adapters.snapshot import SnapshotError, jpeg
from edge_agent.config import CameraConfig, DetectorConfig, EdgeConfig
from edge_agent.core.lines import Direction, Line
from edge_agent.core.tracker import Tracker, TrackerSettings
from edge_agent.core.water import Finding, WaterRule
from edge_agent.core.zones import Zone
from edge_agent.ports import EvidenceFile, Image, Outbox, Speaker
from edge_agent.watch import Responses, Sight, View

LOG = logging.getLogger("huxiao.watch")

BIRTH_SCORE = {"nanodet": 0.5, "ssd": 0.5}
"""From which score of a model a new person is believed."""
SURE_SHARE = 0.8
DOUBTFUL_SHARE = 0.5


def birth_score(detector: DetectorConfig) -> float:
    """Give the score from which a new person is believed."""
    return detector.min_score if detector.min_score is not None else BIRTH_SCORE[detector.model]


def doubtful_score(detector: DetectorConfig) -> float:
    """Give the least score that is worth looking at: it may carry on somebody already known."""
    return birth_score(detector) * DOUBTFUL_SHARE


def view_of(config: EdgeConfig, camera: CameraConfig) -> View:
    """Give a camera that has seen nothing yet."""
    birth = birth_score(config.detector)
    settings = TrackerSettings(birth_score=birth, sure_score=birth * SURE_SHARE)
    water = config.water
    zones = [
        Zone(zone.zone_id, zone.polygon, zone.dwell_limit_s, water.min_people)
        for zone in camera.zones
    ]
    lines = [Line(line.line_id, line.a, line.b, Direction(line.direction)) for line in camera.lines]
    rule = WaterRule.over(zones, lines, cooldown_s=water.cooldown_s, grace_s=water.grace_s)
    return View(camera.camera_id, Tracker(settings), rule)


def responses_of(
    config: EdgeConfig,
    speaker: Speaker,
    outbox: Outbox,
    occurred_at: Callable[[Sight], datetime],
) -> Responses:
    """Give what may follow from a frame; `occurred_at` tells a frame's wall time."""
    boot = boot_id()

    def body_of(sight: Sight, finding: Finding) -> AlertBody:
        response = finding.response
        is_spoken = finding.is_announced and config.voice.enabled
        return AlertBody(
            alert_id=str(uuid_utils.uuid7()),
            device_id=config.device_id,
            boot_id=boot,
            scenario=Scenario.DROWNING_RISK,
            kind=finding.kind,
            severity=response.severity,
            occurred_at=occurred_at(sight),
            clock=clock_state(),
            camera_id=sight.view.camera_id,
            zone_id=finding.place_id,
            track_id=finding.track.track_id,
            dwell_s=None if finding.dwell_s is None else round(finding.dwell_s, 3),
            people=finding.people,
            announcement=Announcement(phrase_id=response.phrase_id) if is_spoken else None,
        )

    def evidence_of(sight: Sight, finding: Finding) -> Sequence[EvidenceFile]:
        if not config.evidence.snapshots:
            return ()
        try:
            quality, most = config.evidence.jpeg_quality, config.evidence.max_bytes
            return (jpeg(drawn(sight, [finding]), quality, most),)
        except SnapshotError as error:
            LOG.error("快照失败,预警照发 (no snapshot, the alert goes without): %s", error)  # noqa: TRY400 - one line, no traceback
            return ()

    return Responses(speaker, outbox, body_of, evidence_of)


def drawn(sight: Sight, findings: Sequence[Finding]) -> Image:
    """Give the frame with what is drawn on it and who was warned."""
    rule, warned = sight.view.rule, [finding.track for finding in findings]
    return annotated(sight.frame.image, rule.zones, rule.lines, sight.tracks, warned)
