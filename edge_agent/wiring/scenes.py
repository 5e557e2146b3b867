"""From a config to what a camera's rule and an alert need."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import uuid_utils

from contract.messages import AlertBody, Announcement
from contract.scenarios import Duty, Kind, Phase, Scenario
from edge_agent.adapters.annotate import annotated
from edge_agent.adapters.clock import boot_id, clock_state
from edge_agent.adapters.snapshot import SnapshotError, jpeg
from edge_agent.config import (
    CameraConfig,
    DetectorConfig,
    EdgeConfig,
    LineConfig,
    PostConfig,
    ZoneConfig,
)
from edge_agent.config.times import Hours, schedule_of
from edge_agent.core.boxes import Box
from edge_agent.core.findings import Episode, Finding
from edge_agent.core.known import Known
from edge_agent.core.life import AlertLife, Rhythm
from edge_agent.core.lines import Direction, Line
from edge_agent.core.liveliness import Liveliness
from edge_agent.core.posts import Post, PostRule
from edge_agent.core.tracker import Tracker, TrackerSettings
from edge_agent.core.tracks import Track
from edge_agent.core.water import WaterRule
from edge_agent.core.zones import Zone
from edge_agent.ports import EvidenceFile, Image, Outcome, Utterance
from edge_agent.watch import Report, Sight, View

LOG = logging.getLogger("huxiao.watch")

BIRTH_SCORE = {"nanodet": 0.5, "ssd": 0.5}
"""From which score of a model a new person is believed."""
SURE_SHARE = 0.8
DOUBTFUL_SHARE = 0.5


KNOWN_AS = {"venue": Kind.MINOR_MATCH, "gate": Kind.PERSON_OF_CONCERN_MATCH}
"""What a hint is, by the kind of device; at the water it only lends a warning a name."""


def birth_score(detector: DetectorConfig) -> float:
    """Give the score from which a new person is believed."""
    return detector.min_score if detector.min_score is not None else BIRTH_SCORE[detector.model]


def doubtful_score(detector: DetectorConfig) -> float:
    """Give the least score that is worth looking at: it may carry on somebody already known."""
    least = min(birth_score(detector), detector.night_min_score or 1.0)
    return least * DOUBTFUL_SHARE


def view_of(config: EdgeConfig, camera: CameraConfig) -> View:
    """Give a camera that has seen nothing yet."""
    birth = birth_score(config.detector)
    settings = TrackerSettings(birth_score=birth, sure_score=birth * SURE_SHARE)
    alerts = config.alerts
    life = AlertLife(Rhythm(alerts.update_s, alerts.end_after_s))
    return View(
        camera.camera_id,
        Tracker(settings),
        water_rule(config, camera),
        PostRule(tuple(_post(post) for post in camera.posts)),
        Liveliness(alerts.still_s) if alerts.things else None,
        life,
        Known(KNOWN_AS.get(config.profile), config.faces.repeat_s),
    )


def water_rule(config: EdgeConfig, camera: CameraConfig) -> WaterRule:
    """Give the rule over what is drawn on a camera; a gate's lines count in closed hours."""
    is_gate = config.profile == "gate"
    water = config.water
    zones = [_zone(zone, water.min_people) for zone in camera.zones]
    closed = config.gate.closed_hours if is_gate else ()
    lines = [_line(line, closed) for line in camera.lines]
    rule = WaterRule.over(
        zones,
        lines,
        cooldown_s=water.cooldown_s,
        grace_s=water.grace_s,
        min_sightings=water.min_sightings,
    )
    return replace(rule, crossing_kind=Kind.GATE_OPEN) if is_gate else rule


def _zone(zone: ZoneConfig, min_people: int) -> Zone:
    return Zone(
        zone.zone_id,
        zone.polygon,
        zone.dwell_limit_s,
        min_people,
        zone.alone_limit_s,
        zone.group_size,
        zone.group_limit_s,
        schedule_of(zone.active),
    )


def _line(line: LineConfig, hours: Hours) -> Line:
    schedule = schedule_of(line.active or hours)
    return Line(line.line_id, line.a, line.b, Direction(line.direction), schedule)


def _post(post: PostConfig) -> Post:
    return Post(
        post.post_id,
        post.polygon,
        Duty(post.duty),
        post.gap_s,
        post.min_people,
        schedule_of(post.active),
    )


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes alerts: which device and boot, which `alert_id` an episode has, and its picture."""

    config: EdgeConfig
    occurred_at: Callable[[float], datetime]
    boot: str = field(default_factory=boot_id)
    alert_ids: dict[tuple[str, Episode], str] = field(default_factory=dict)
    heard: dict[str, Announcement] = field(default_factory=dict)
    names: Callable[[str], bool] = lambda _: False
    veiled: Callable[[Image, Sequence[Track], Track | None], Image] = lambda image, *_: image
    started: Callable[[AlertBody, float], None] = lambda *_: None
    """Hears what starts, with the frame's own time."""

    def alert_id_of(self, camera_id: str, episode: Episode) -> str:
        """Give the alert that an episode has now; "" where it has none."""
        return self.alert_ids.get((camera_id, episode), "")

    def hear(self, utterance: Utterance, outcome: Outcome, why: str) -> None:
        """Hear how it went with what was said: an alert's next phase tells it."""
        del why
        if utterance.alert_id:
            state: Literal["spoken", "failed"] = "spoken" if outcome is Outcome.SPOKEN else "failed"
            self.heard[utterance.alert_id] = Announcement(
                phrase_id=utterance.phrase_id, named=utterance.is_named, state=state
            )

    def report_of(self, sight: Sight, finding: Finding) -> Report:
        """Give what makes the alert and its pictures, later and elsewhere; its id is fixed now."""
        body = self._body(sight.view.camera_id, self.occurred_at(sight.frame.at), finding)
        if finding.phase is Phase.START:
            self.started(body, sight.frame.at)
        return lambda: (body, self._evidence(sight, finding))

    def report_without(self, camera_id: str, at: datetime, finding: Finding) -> Report:
        """Give the same of what no picture shows: a camera that is blind, a gate's contact."""
        body = self._body(camera_id, at, finding)
        return lambda: (body, ())

    def _alert_id(self, camera_id: str, finding: Finding) -> str:
        key = (camera_id, finding.episode)
        if finding.phase is Phase.START or key not in self.alert_ids:
            self.alert_ids[key] = str(uuid_utils.uuid7())
        alert_id = self.alert_ids[key]
        if finding.phase is Phase.END:
            del self.alert_ids[key]
        return alert_id

    def _body(self, camera_id: str, at: datetime, finding: Finding) -> AlertBody:
        response, track = finding.response, finding.track
        alert_id = self._alert_id(camera_id, finding)
        return AlertBody(
            alert_id=alert_id,
            device_id=self.config.device_id,
            boot_id=self.boot,
            scenario=scenario_of(self.config.profile, finding.kind),
            kind=finding.kind,
            severity=response.severity,
            phase=finding.phase,
            occurred_at=at,
            clock=clock_state(),
            camera_id=camera_id or None,
            zone_id=finding.place_id or None,
            track_id=None if track is None else track.track_id,
            dwell_s=None if finding.dwell_s is None else round(finding.dwell_s, 3),
            people=finding.people,
            matches=finding.matches,
            announcement=self._announcement(alert_id, finding),
            faults=finding.faults,
            box=None if track is None else _within(track.box),
            score=round(track.score, 3) if track and track.score else None,
        )

    def _announcement(self, alert_id: str, finding: Finding) -> Announcement | None:
        """Give what is said now, or how it went with what was said for the alert before."""
        if finding.is_announced and self.config.voice.enabled:
            entries = [match.entry_id for match in finding.matches]
            named = any(self.names(entry_id) for entry_id in entries)
            return Announcement(phrase_id=finding.response.phrase_id, named=named)
        return (
            self.heard.pop(alert_id, None)
            if finding.phase is Phase.END
            else self.heard.get(alert_id)
        )

    def _evidence(self, sight: Sight, finding: Finding) -> Sequence[EvidenceFile]:
        if not self.config.evidence.snapshots or finding.phase is not Phase.START:
            return ()
        try:
            quality, most = self.config.evidence.jpeg_quality, self.config.evidence.max_bytes
            image = self.veiled(sight.frame.image, sight.tracks, finding.track)
            sight = replace(sight, frame=replace(sight.frame, image=image))
            return (jpeg(drawn(sight, [finding]), quality, most),)
        except SnapshotError as error:
            LOG.error("快照失败,预警照发 (no snapshot, the alert goes without): %s", error)  # noqa: TRY400 - one line, no traceback
            return ()


SCENARIOS = {
    Kind.OVERSTAY: Scenario.DROWNING_RISK,
    Kind.LINE_CROSSED: Scenario.DROWNING_RISK,
    Kind.MINOR_MATCH: Scenario.VENUE_MINOR,
    Kind.PERSON_OF_CONCERN_MATCH: Scenario.PERSON_OF_CONCERN,
}
"""What a kind is about, wherever it is seen; all else is about what its device is there for."""

PROFILES = {
    "water": Scenario.DROWNING_RISK,
    "venue": Scenario.VENUE_MINOR,
    "gate": Scenario.CAMPUS_FOUR_100,
}


def scenario_of(profile: str, kind: Kind) -> Scenario:
    """Tell which of the nine an alert belongs to."""
    return SCENARIOS.get(kind, PROFILES[profile])


def _within(box: Box) -> tuple[float, float, float, float]:
    """Give a box's sides, cut at the frame's edges."""
    left, top, right, bottom = (
        round(min(max(side, 0.0), 1.0), 4) for side in (box.left, box.top, box.right, box.bottom)
    )
    return left, top, right, bottom


def drawn(sight: Sight, findings: Sequence[Finding]) -> Image:
    """Give the frame with what is drawn on it and who was warned."""
    rule, warned = sight.view.rule, [one.track for one in findings if one.track]
    return annotated(sight.frame.image, rule.zones, rule.lines, sight.tracks, warned)
