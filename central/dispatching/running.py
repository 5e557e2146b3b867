"""The sending room of a worker: woken at once, a slow provider holds up nobody but itself."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Event

from central.adapters.registry.filling import Filler
from central.adapters.store import sending
from central.adapters.store.bell import Bell, bell_of
from central.adapters.store.engine import Store
from central.adapters.store.sending import Lane
from central.core.delivery import CLAIM_S
from central.core.quiet_hours import QuietHours
from central.dispatching.desk import Desk, as_written
from central.ports import Channel, Letter

LOG = logging.getLogger("huxiao.central")

TICK_S = 0.5
PAUSE_S = 2.0
HANDS = 3
"""How many letters of a channel are handed over at once, and as many of life safety besides."""
RENEW_EVERY_S = CLAIM_S / 4
LETS_GO_S = 8.0


class Sending:
    """Runs until told to stop; several may run on one database, in one process or many."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        now_ms: Callable[[], int],
        quiet: tuple[QuietHours, ...] = (),
        invite: Callable[[Letter, str], Letter] = as_written,
        filler: Filler | None = None,
    ) -> None:
        self._store = store
        self._now_ms = now_ms
        self._desk = Desk(store, channels, now_ms, quiet, invite, filler)
        self._busy: Counter[tuple[str, bool]] = Counter()
        self._turn = threading.Condition()
        self._renewed_at = 0

    def run(self, stop: Event) -> None:
        """Look whenever something has changed, and at every tick."""
        bell: Bell | None = None
        while not stop.is_set():
            try:
                bell = bell or bell_of(self._store)
                self.look()
                bell.wait(TICK_S)
            except Exception:  # the loop's own: recorded, and tried again
                LOG.exception("发送循环出错，稍后重试 (sending failed, trying again)")
                bell = None
                stop.wait(PAUSE_S)
        if bell:
            bell.close()
        self._let_go()

    def look(self) -> None:
        """Put as many hands to each channel as it has letters due, and keep the claims alive."""
        now_ms = self._now_ms()
        if now_ms - self._renewed_at >= RENEW_EVERY_S * 1000:
            self._renewed_at = now_ms
            self._desk.renew()
        self._desk.spread()
        with self._store.reading() as connection:
            due = sending.lanes(connection, now_ms)
        for lane in due:
            self._put_hands_to(lane)

    def _put_hands_to(self, lane: Lane) -> None:
        key = (lane.channel, lane.is_life_safety)
        with self._turn:
            wanted = max(0, min(lane.waiting, HANDS - self._busy[key]))
            self._busy[key] += wanted
        for _ in range(wanted):
            threading.Thread(target=self._hand, args=key, name="deliver", daemon=True).start()

    def _hand(self, channel: str, only_life_safety: bool) -> None:
        try:
            self._desk.work(channel, only_life_safety=only_life_safety)
        except Exception:
            LOG.exception("通道 %s 发送出错，稍后重试 (a letter failed, trying again)", channel)
        finally:
            with self._turn:
                self._busy[channel, only_life_safety] -= 1
                self._turn.notify_all()

    def _let_go(self) -> None:
        """Give those who are handing over a little time; what they leave is taken over."""
        with self._turn:
            self._turn.wait_for(lambda: not any(self._busy.values()), LETS_GO_S)
