"""Beside the rules: whether the cameras see, how the gate stands, and the gate's four shares."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from contract.scenarios import Duty, Fault
from edge_agent.adapters.duty_book import DutyBook
from edge_agent.adapters.picture_stats import picture_stats
from edge_agent.adapters.recorder import Recorder
from edge_agent.adapters.rounds import Pulse
from edge_agent.config import EdgeConfig
from edge_agent.config.seeing import EyesightConfig
from edge_agent.config.times import schedule_of
from edge_agent.core.blindness import Blindness
from edge_agent.core.closing import GateContact
from edge_agent.core.eyesight import Eyesight, Limits
from edge_agent.core.findings import Verdict
from edge_agent.core.life import AlertLife, Rhythm
from edge_agent.core.pace import Pace
from edge_agent.core.shares import Share
from edge_agent.ports import Frame
from edge_agent.wiring.scenes import Scribe

GLANCE_S = 0.5
"""A picture is measured this often; it costs less than a millisecond."""
TICK_S = 1.0
LONGEST_TICK_S = 10.0


class Contact(Protocol):
    """The gate's contact."""

    def is_open(self) -> bool: ...


@dataclass(slots=True)
class CameraGuard:
    """One camera's eyesight and blindness so far."""

    eyes: Eyesight
    blindness: Blindness
    life: AlertLife
    pace: Pace
    seen: frozenset[Fault] = frozenset()
    glanced_at: float = float("-inf")


@dataclass(slots=True)
class Guard:
    """Stands between the cameras and the loop: passes frames on, and ticks once a second."""

    config: EdgeConfig
    scribe: Scribe
    recorder: Recorder
    book: DutyBook
    pulses: Callable[[], Mapping[str, Pulse]]
    local: Callable[[float], datetime]
    contact: Contact | None = None
    guards: dict[str, CameraGuard] = field(default_factory=dict)
    gate: GateContact = field(default_factory=GateContact)
    gate_life: AlertLife = field(default_factory=AlertLife)
    ticked_at: float = float("-inf")

    def __post_init__(self) -> None:
        eyesight, alerts = self.config.eyesight, self.config.alerts
        rhythm = Rhythm(max(alerts.update_s, 3600.0), 0.0)
        for camera in self.config.cameras:
            self.guards[camera.camera_id] = CameraGuard(
                Eyesight(_limits(eyesight)),
                Blindness(eyesight.report_after_s, eyesight.over_after_s),
                AlertLife(rhythm),
                Pace(eyesight.min_fps),
            )
        gate = self.config.gate
        self.gate = GateContact(gate.open_s, schedule_of(gate.closed_hours))
        self.gate_life = AlertLife(rhythm)

    def watched(self, batches: Iterator[Mapping[str, Frame]]) -> Iterator[Mapping[str, Frame]]:
        """Pass the frames on; between them see whether the cameras do."""
        for batch in batches:
            for camera_id, frame in batch.items():
                self._glance(self.guards[camera_id], frame)
            now = time.monotonic()
            if now - self.ticked_at >= TICK_S:
                self.tick(now)
            yield batch

    def tick(self, now: float) -> None:
        """Reckon a second: blind or not, open or shut."""
        passed_s = now - self.ticked_at if now - self.ticked_at <= LONGEST_TICK_S else 0.0
        self.ticked_at = now
        shares: list[Share] = []
        pulses = self.pulses()
        for camera_id, guard in self.guards.items():
            faults = self._faults_of(guard, pulses[camera_id], now)
            guard.blindness, verdict = guard.blindness.observe(now, faults)
            guard.life = self._report(camera_id, guard.life, now, verdict)
            sees = 0.0 if guard.blindness.is_blind else passed_s
            shares.append(Share(Duty.VIDEO_WORKS, sees, passed_s))
        if self.contact is not None:
            self.gate, verdict, share = self.gate.observe(
                now, self.contact.is_open(), self.local(now)
            )
            self.gate_life = self._report("", self.gate_life, now, verdict)
            shares.append(share)
        self.count(now, shares)

    def count(self, now: float, shares: Sequence[Share]) -> None:
        """Add to the day's shares, at a gate."""
        if self.config.profile == "gate" and shares:
            self.book.add(f"{self.local(now):%Y-%m-%d}", shares)

    def faults(self) -> dict[str, tuple[str, ...]]:
        """Give what is wrong with each camera now, for the heartbeat."""
        return {
            camera_id: tuple(sorted(fault.value for fault in guard.blindness.faults))
            for camera_id, guard in self.guards.items()
        }

    def _faults_of(self, guard: CameraGuard, pulse: Pulse, now: float) -> frozenset[Fault]:
        """Tell what is wrong with a camera; of one that is lost nothing else is known."""
        state = pulse.state(now)
        if state in {"stalled", "failed"}:
            guard.pace = guard.pace.interrupted()
            return frozenset({Fault.LOST})
        if state != "running" or "slow" not in self.config.eyesight.faults:
            return guard.seen
        guard.pace, is_slow = guard.pace.observe(now, pulse.taken)
        return guard.seen | {Fault.SLOW} if is_slow else guard.seen

    def _glance(self, guard: CameraGuard, frame: Frame) -> None:
        if not self.config.eyesight.enabled or frame.at - guard.glanced_at < GLANCE_S:
            return
        guard.glanced_at = frame.at
        guard.eyes, guard.seen = guard.eyes.observe(frame.at, picture_stats(frame.image))

    def _report(self, camera_id: str, life: AlertLife, now: float, verdict: Verdict) -> AlertLife:
        life, findings = life.observe(now, verdict.findings, verdict.going_on)
        if findings:
            at = self.scribe.occurred_at(now)
            self.recorder.record(
                [self.scribe.report_without(camera_id, at, one) for one in findings]
            )
        return life


def _limits(eyesight: EyesightConfig) -> Limits:
    """Give the times of those faults that are looked for."""
    times = {
        Fault.DARK: eyesight.dark_s,
        Fault.COVERED: eyesight.covered_s,
        Fault.BLINDED: eyesight.blinded_s,
        Fault.FROZEN: eyesight.frozen_s,
        Fault.MOVED: eyesight.moved_s,
    }
    believe_s = {fault: times[fault] for fault in times if fault.value in eyesight.faults}
    return Limits(believe_s=believe_s, relearn_s=eyesight.relearn_s)
