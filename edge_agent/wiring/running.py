"""What the three processes share: they stop cleanly, and they try again rather than give up."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import random

from edge_agent.adapters.ceiling import OverCeilingError
from edge_agent.adapters.systemd import Watchdog
from edge_agent.core.backoff import Backoff
from edge_agent.ports import (
    BrokerError,
    ButtonError,
    GalleryError,
    ModelError,
    OutboxError,
    PageError,
    SourceError,
    SpeakerError,
)

EXPECTED = (
    BrokerError,
    ButtonError,
    GalleryError,
    ModelError,
    OutboxError,
    PageError,
    SourceError,
    SpeakerError,
)
GOOD_RUN_S = 60.0


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set; the old handlers come back afterwards."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def keep_running(
    name: str, once: Callable[[], bool], stop: threading.Event, watchdog: Watchdog
) -> None:
    """Run `once` until `stop` is set or it says that it is done; after a failure, again.

    What is missing is said in one line, once for each change. What nobody expected is said with
    its traceback, once, and tried again as well: a school without its alarm is worse.

    Raises:
        OverCeilingError: the process holds too much memory, and must be begun anew.
    """
    log = logging.getLogger(f"huxiao.{name}")
    backoff, said = Backoff(1.0, 60.0), ""
    while not stop.is_set():
        began_at = time.monotonic()
        try:
            if once():
                return
        except OverCeilingError:
            raise
        except EXPECTED as error:
            if str(error) != said:
                log.error("%s", error)  # noqa: TRY400 - one line in words, no traceback
            said = str(error)
        except Exception as error:
            if repr(error) != said:
                log.exception("意外错误,稍后重试 (unexpected, trying again)")
            said = repr(error)
        if time.monotonic() - began_at >= GOOD_RUN_S:
            backoff, said = backoff.reset(), ""
        _rest(stop, backoff.wait_s(random()), watchdog)  # noqa: S311 - jitter, no secret
        backoff = backoff.failed()


def _rest(stop: threading.Event, pause_s: float, watchdog: Watchdog) -> None:
    until = time.monotonic() + pause_s
    while (left_s := until - time.monotonic()) > 0 and not stop.wait(min(left_s, 5.0)):
        watchdog.alive()
