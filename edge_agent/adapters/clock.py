"""This machine's time: which boot it is in, and whether its wall clock can be believed."""

import ctypes
import time
import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from contract.scenarios import Clock

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SYNCED_BY_SYSTEMD = Path("/run/systemd/timesync/synchronized")
_NOT_SYNCHRONISED = 5  # TIME_ERROR, adjtimex(2)
_TIMEX_BYTES = 512  # more than any kernel's `struct timex`


class SystemTime:
    """The machine's own clocks; monotonic seconds count from its boot, for all processes alike."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@cache
def boot_id() -> str:
    """Name this boot of the machine: the same for all processes, another after a restart."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid.uuid4())


def clock_state() -> Clock:
    """Tell whether the network has set the wall clock since boot; only then is it `synced`."""
    if _SYNCED_BY_SYSTEMD.exists():
        return Clock.SYNCED
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)  # all zero: a question, nothing is set
    try:
        state = int(ctypes.CDLL(None).adjtimex(timex))
    except (OSError, AttributeError):
        return Clock.FLOOR
    return Clock.SYNCED if 0 <= state < _NOT_SYNCHRONISED else Clock.FLOOR
