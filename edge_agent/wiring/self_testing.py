"""The alarm's daily self-test: whether a press now would be heard here and in the district.

It makes no noise. What it cannot feel (a siren whose horn is broken) the monthly drill tells.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from contract.scenarios import Duty
from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.duty_book import DutyBook
from edge_agent.adapters.notes import HealthRow
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.config import EdgeConfig
from edge_agent.core.shares import Share
from edge_agent.ports import OutboxError

LOG = logging.getLogger("huxiao.button")

TICK_S = 30.0
NOTE = "self_test"
LINK_FRESH = timedelta(minutes=15)


class SelfTest:
    """Tests once a day, at the hour of the config, in a thread of its own."""

    def __init__(
        self,
        config: EdgeConfig,
        outbox: SqliteOutbox,
        trouble: Callable[[], Sequence[str]],
        local: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._config = config
        self._outbox = outbox
        self._trouble = trouble
        self._local = local
        self._book = DutyBook(outbox, "button")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="self-test", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Test where today's test is due.

        Raises:
            OutboxError: the device's file cannot be used; the next look tries again.
        """
        now = self._local()
        today = f"{now:%Y-%m-%d}"
        known = self._outbox.health()
        is_done = NOTE in known and known[NOTE].body.get("day") == today
        if is_done or now.hour < self._config.button.self_test_hour:
            return
        wrong = [*self._trouble(), *_district(known.get("link"))]
        self._outbox.record_health(NOTE, {"day": today, "wrong": wrong})
        works = Share(Duty.ALARM_WORKS, 0.0 if wrong else 1.0, 1.0)
        self._book.add(today, [works])
        if wrong:
            LOG.error("一键报警自检未通过 (the alarm's self-test failed): %s", "; ".join(wrong))

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stop.wait(TICK_S):
            try:
                self.look()
            except OutboxError as error:
                LOG.warning("%s", error)


def _district(link: HealthRow | None) -> list[str]:
    """Give what keeps an alarm from reaching the district, in words."""
    if link is None or SystemTime().now() - link.at > LINK_FRESH:
        return ["上报进程没有运行 (the link does not run)"]
    if link.body.get("is_connected"):
        return []
    return [str(link.body.get("said", "")) or "与平台断开 (not connected)"]
