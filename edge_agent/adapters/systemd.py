"""Telling systemd that we are ready, alive, or stopping; silent where there is no systemd."""

import os
import socket
import time
from contextlib import suppress

ALIVE_EVERY_S = 10.0
"""Where systemd does not say how long it waits; else a third of that, sd_watchdog_enabled(3)."""


class Watchdog:
    """The other end of `Type=notify` and `WatchdogSec=` in a unit, sd_notify(3)."""

    def __init__(self, address: str | None = None) -> None:
        self._address = address or os.environ.get("NOTIFY_SOCKET", "")
        self._told_at = float("-inf")
        self._every_s = _every_s(os.environ.get("WATCHDOG_USEC", ""))

    def ready(self) -> None:
        self._tell("READY=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """Say so now and then; call it as often as you like."""
        now = time.monotonic()
        if now - self._told_at >= self._every_s:
            self._told_at = now
            self._tell("WATCHDOG=1")

    def _tell(self, word: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(word.encode(), address)


def _every_s(watchdog_usec: str) -> float:
    if not watchdog_usec.isdecimal():
        return ALIVE_EVERY_S
    return min(ALIVE_EVERY_S, int(watchdog_usec) / 3e6)
