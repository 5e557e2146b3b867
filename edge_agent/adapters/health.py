"""How the device does, gathered for the heartbeat: its cameras, warmth, disk, clock, versions."""

import platform
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError

from contract.messages import (
    Availability,
    CameraHealth,
    DutyShare,
    Heartbeat,
    Reported,
    UpdateReport,
)
from contract.scenarios import Clock, Fault
from edge_agent.adapters.clock import clock_state
from edge_agent.adapters.duty_book import PREFIX, shares_of
from edge_agent.adapters.machine import temperature_c
from edge_agent.adapters.notes import HealthRow
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.ports import Timepiece

MOST_SHARES = 64
HOT_C = 80.0
"""From here on a Raspberry Pi slows itself down."""
LEAST_FREE_BYTES = 512 * 1024 * 1024
CAMERA = "camera:"
MEMORY = "memory:"
FRESH_S = 30.0  # the watching process says how its cameras do every ten seconds
STALE_S = 180.0

_NOT_WATCHED = "看守进程没有运行 (the watching process does not run)"


class DeviceVitals:
    """Reads what the heartbeat, the availability and the report of one device say."""

    def __init__(
        self,
        device_id: str,
        boot_id: str,
        camera_ids: Sequence[str],
        outbox: SqliteOutbox,
        timepiece: Timepiece,
        update: Callable[[], UpdateReport | None] = lambda: None,
    ) -> None:
        self._device_id = device_id
        self._boot_id = boot_id
        self._camera_ids = camera_ids
        self._outbox = outbox
        self._time = timepiece
        self._update = update

    def heartbeat(self) -> Heartbeat:
        warmth, clock = temperature_c(), clock_state()
        free = shutil.disk_usage(self._outbox.path.parent).free
        rows = self._fresh_rows()
        held = [row for name, row in rows.items() if name.startswith(MEMORY)]
        troubles = Troubles(
            is_speaker_dead=rows.get("speaker", {}).get("state") == "failed",
            is_memory_high=any(row.get("is_high") for row in held),
        )
        return Heartbeat(
            device_id=self._device_id,
            boot_id=self._boot_id,
            at=self._time.now(),
            clock=clock,
            uptime_s=max(0.0, self._time.monotonic()),
            cameras=self._cameras(),
            duties=self._duties(),
            memory_bytes=sum(int(row.get("bytes", 0)) for row in held) or None,
            temperature_c=warmth,
            disk_free_bytes=free,
            faults=faults_of(warmth, free, clock, troubles),
            outbox_depth=self._outbox.depth(),
            versions={"huxiao": version("huxiao"), "python": platform.python_version()},
            update=self._update(),
        )

    def availability(self, online: bool) -> Availability:
        return Availability(online=online, boot_id=self._boot_id, at=self._time.now())

    def reported(self, models: Mapping[str, str], capabilities: Sequence[str]) -> Reported:
        return Reported(
            device_id=self._device_id,
            boot_id=self._boot_id,
            at=self._time.now(),
            release=version("huxiao"),
            models=dict(models),
            cameras=tuple(self._camera_ids),
            capabilities=tuple(capabilities),
            clock=clock_state(),
        )

    def _fresh_rows(self) -> dict[str, Mapping[str, Any]]:
        now = self._time.now()
        return {
            name: row.body
            for name, row in self._outbox.health().items()
            if (now - row.at).total_seconds() <= STALE_S
        }

    def _duties(self) -> tuple[DutyShare, ...]:
        rows = self._outbox.health()
        kept = (shares_of(row) for name, row in rows.items() if name.startswith(PREFIX))
        return tuple(share for shares in kept for share in shares)[-MOST_SHARES:]

    def _cameras(self) -> tuple[CameraHealth, ...]:
        rows = self._outbox.health()
        now = self._time.now()
        return tuple(
            camera_health(camera_id, rows.get(f"{CAMERA}{camera_id}"), now)
            for camera_id in self._camera_ids
        )


@dataclass(frozen=True, slots=True)
class Troubles:
    """What the device's processes have said of themselves."""

    is_speaker_dead: bool = False
    is_memory_high: bool = False


def faults_of(
    warmth_c: float | None, free_bytes: int, clock: Clock, troubles: Troubles | None = None
) -> tuple[str, ...]:
    """Name what is wrong with the machine itself."""
    said = troubles or Troubles()
    found = {
        Fault.SPEAKER: said.is_speaker_dead,
        Fault.MEMORY: said.is_memory_high,
        Fault.HOT: warmth_c is not None and warmth_c >= HOT_C,
        Fault.DISK: free_bytes < LEAST_FREE_BYTES,
        Fault.CLOCK: clock is Clock.FLOOR,
    }
    return tuple(fault.value for fault, is_so in found.items() if is_so)


def camera_health(camera_id: str, row: HealthRow | None, now: datetime) -> CameraHealth:
    """Give what a camera's row says; a row that grows old adds to the frame's age, then fails."""
    if row is None:
        return CameraHealth(camera_id=camera_id, state="starting", fps=0.0)
    age_s = max(0.0, (now - row.at).total_seconds())
    if age_s > STALE_S:
        body: Mapping[str, Any] = {"state": "failed", "fps": 0.0, "detail": _NOT_WATCHED}
    else:
        body = row.body
    seen_s = row.body.get("last_frame_age_s")
    seen_s = seen_s + age_s if seen_s is not None and age_s > FRESH_S else seen_s
    try:
        return CameraHealth.model_validate(
            {**body, "camera_id": camera_id, "last_frame_age_s": seen_s}
        )
    except ValidationError:
        return CameraHealth(camera_id=camera_id, state="failed", fps=0.0, detail=str(body)[:200])
