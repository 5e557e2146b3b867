"""The alarm's daily self-test: whether a press now would be heard here and in the district.

It makes no noise. What it cannot feel (a siren whose horn is broken) the monthly drill tells.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from edge_agent.adapters.alarm_desk import DRILL
from edge_agent.adapters.duty_book import DutyBook
from edge_agent.adapters.notes import HealthRow
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.voice.sound import silence
from edge_agent.config import EdgeConfig, VoiceConfig
from edge_agent.core.self_test import Seen, SelfTest, is_drill_due, is_due, judged, left_over
from edge_agent.ports import OutboxError, SpeakerError
from edge_agent.wiring.speaking import FILE_SINK, play_once

LOG = logging.getLogger("huxiao.button")

TICK_S = 30.0
SELF_TEST = "self_test"
LINK_FRESH = timedelta(minutes=15)
BUSY = "busy"  # aplay's word where somebody plays on the card: then it works

Local = Callable[[], datetime]


class SelfTesting:
    """Tests once a day, from the hour of the config, in a thread of its own.

    `trouble` gives what is wrong at the school, in words. Where the file cannot be used, the next
    tick tries again.
    """

    def __init__(
        self,
        config: EdgeConfig,
        outbox: SqliteOutbox,
        trouble: Callable[[], Sequence[str]],
        local: Local = lambda: datetime.now().astimezone(),
    ) -> None:
        self._config = config
        self._outbox = outbox
        self._trouble = trouble
        self._local = local
        self._book = DutyBook(outbox, "button", every_s=0.0)
        self._reminded = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="self-test", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Test where a test is due.

        Raises:
            OutboxError: the device's file cannot be used; the next look tries again.
        """
        now = self._local()
        today, known = f"{now:%Y-%m-%d}", self._outbox.health()
        last = last_test(known.get(SELF_TEST))
        if not is_due(last, today, now.hour, self._config.button.self_test_hour):
            return
        is_first = last is None or last.day != today
        school = tuple(self._trouble()) if is_first else ()
        if self._stop.is_set():
            return  # the pins are being closed
        seen = Seen(school, _district(known.get("link"), now))
        test, shares = judged(today, seen)
        if last != test:
            note = {"day": test.day, "wrong": test.wrong, "is_counted": test.is_counted}
            self._outbox.record_health(SELF_TEST, note)
            if test.wrong:
                LOG.error("一键报警自检 (the alarm's self-test): %s", "; ".join(test.wrong))
        for day, share in [*left_over(last, today), *shares]:
            self._book.add(day, [share])
        self._remind(known.get(DRILL), now, today)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(2.0)

    def _remind(self, drill: HealthRow | None, now: datetime, today: str) -> None:
        days = self._config.button.drill_days
        if today != self._reminded and is_drill_due(drill.at if drill else None, now, days):
            LOG.warning("该做一键报警演练了 (a drill of the alarm is due): %.0f 天 (days)", days)
            self._reminded = today

    def _run(self) -> None:
        while not self._stop.wait(TICK_S):
            try:
                self.look()
            except OutboxError as error:
                LOG.warning("%s", error)
            except Exception:
                LOG.exception("自检出错,继续 (an error in the self-test, it goes on)")


def last_test(row: HealthRow | None) -> SelfTest | None:
    """Read the last self-test from its row."""
    if row is None:
        return None
    wrong = tuple(str(one) for one in row.body.get("wrong", ()))
    return SelfTest(str(row.body.get("day", "")), wrong, bool(row.body.get("is_counted")))


def voice_trouble(voice: VoiceConfig) -> list[str]:
    """Tell, by a moment of silence, why nothing could be heard; a card in use works."""
    if not voice.enabled or voice.sink.startswith(FILE_SINK):
        return []
    try:
        play_once(voice, "silence", silence(0.05))
    except SpeakerError as error:
        return [] if BUSY in str(error).lower() else [str(error)]
    return []


def _district(link: HealthRow | None, now: datetime) -> list[str]:
    """Give what keeps an alarm from reaching the district, in words."""
    if link is None or now - link.at > LINK_FRESH:
        return ["上报进程没有运行 (the link does not run)"]
    if link.body.get("is_connected"):
        return []
    return [str(link.body.get("said", "")) or "与平台断开 (not connected)"]
