"""When an update may begin, and when a new release has shown that it works."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge_agent.core.schedules import Window

HEALTHY_CHECKS = 5
"""One a minute: so long every input must deliver and the broker confirm."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What must be known before a device is touched; `local` is None while the clock is not set."""

    local: datetime | None
    has_open_alarm: bool
    waiting_alerts: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What the device's processes say of themselves while a release is on trial."""

    is_connected: bool
    is_acknowledged: bool
    cameras: Mapping[str, str]
    """Each camera's state; those that were not well before the update are left out."""
    silent: Sequence[str] = ()
    """Processes that ran before and have not been heard since."""


def why_wait(moment: Moment, guarded: Sequence[Window]) -> str:
    """Say why nothing is installed now; empty: it may begin."""
    if moment.has_open_alarm:
        return "有未结束的报警 (an alarm is open)"
    if moment.waiting_alerts:
        return "还有预警没有上报 (alerts wait to be sent)"
    if moment.local is None:
        return "时钟未校准,不知道是否在值守时段 (the clock is not set)"
    local = moment.local
    if any(window.holds(local) for window in guarded):
        return "值守时段内不更新 (guarded hours)"
    return ""


def why_not_healthy(signs: Signs) -> str:
    """Say what a release on trial does not do; empty: it does all."""
    if not signs.is_connected:
        return "没有连上平台 (not connected)"
    if not signs.is_acknowledged:
        return "平台没有确认消息 (nothing acknowledged)"
    if signs.silent:
        return f"{'、'.join(signs.silent)} 没有运行 (does not run)"
    bad = [f"{camera_id}: {state}" for camera_id, state in signs.cameras.items()
           if state not in {"running", "ended"}]  # fmt: skip
    return f"摄像头没有画面 (no picture): {'、'.join(bad)}" if bad else ""
