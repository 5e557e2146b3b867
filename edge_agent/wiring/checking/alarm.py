"""The one-key alarm: its daily self-test, and the monthly drill."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from edge_agent.adapters.alarm_desk import DRILL
from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.notes import HealthRow
from edge_agent.config import EdgeConfig
from edge_agent.core.checks import Finding
from edge_agent.core.self_test import is_drill_due
from edge_agent.ports import OutboxError
from edge_agent.wiring.linking import has_outbox, opened_outbox
from edge_agent.wiring.self_testing import SELF_TEST, last_test

FRESH = timedelta(days=2)
"""A test a day, at an hour: one that is older was left out."""
MOST_TRIP_S = 600.0
"""What took longer waited for the line, and says nothing of the way."""
LOOK = "systemctl status huxiao-button"


def check_alarm(config: EdgeConfig) -> Iterator[Finding]:
    """Look how the last self-test went, and when the last drill was."""
    if not has_outbox(config.data_dir):
        return
    try:
        with opened_outbox(config.data_dir) as outbox:
            rows = outbox.health()
    except OutboxError:
        return  # the outbox's own check says it
    yield from of_alarm(config, rows, SystemTime().now())


def of_alarm(config: EdgeConfig, rows: Mapping[str, HealthRow], now: datetime) -> Iterator[Finding]:
    """Say how the alarm does; nothing where there is none, as at a pond."""
    if config.profile != "gate" and SELF_TEST not in rows:
        return
    yield _tested(rows.get(SELF_TEST), now)
    yield _drilled(rows.get(DRILL), now, config.button.drill_days)


def _tested(row: HealthRow | None, now: datetime) -> Finding:
    test = last_test(row)
    if row is None or test is None:
        return Finding("button", "warn", "还没有自检过 (no self-test yet)", LOOK)
    if now - row.at > FRESH:
        return Finding("button", "fail", f"上次自检 (last self-test): {test.day}", LOOK)
    if test.wrong:
        said = f"{test.day} 自检未通过 (self-test failed): {';'.join(test.wrong)}"
        return Finding("button", "fail", said, "请检查接线、喇叭、网络 (check wires, voice, line)")
    return Finding("button", "ok", f"{test.day} 自检通过 (self-test passed)")


def _drilled(row: HealthRow | None, now: datetime, within_days: float) -> Finding:
    advice = "请在本机页面开始演练,再按按钮 (start a drill on the local page, then press)"
    if row is None:
        return Finding("drill", "warn", "还没有演练过 (no drill has reached the district)", advice)
    said = f"上次演练 (last drill): {row.at.astimezone():%Y-%m-%d}{_round_trip(row)}"
    if is_drill_due(row.at, now, within_days):
        return Finding("drill", "warn", f"{said},该演练了 (one is due)", advice)
    return Finding("drill", "ok", said)


def _round_trip(row: HealthRow) -> str:
    """Say how long it took from the press to the district's word that it is kept."""
    try:
        took_s = (row.at - datetime.fromisoformat(str(row.body["pressed_at"]))).total_seconds()
    except (KeyError, ValueError, TypeError):
        return ""
    return f",到平台并返回 {took_s:.1f} 秒 (there and back)" if 0.0 <= took_s < MOST_TRIP_S else ""
