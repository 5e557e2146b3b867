"""A changed config takes effect by itself: read, checked, and the watch begun anew with it."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from edge_agent.config import ConfigError, EdgeConfig, load_config

LOG = logging.getLogger("huxiao.watch")

LOOK_S = 2.0


class Reloading:
    """Looks every two seconds whether the file has changed; a mistake in it changes nothing."""

    def __init__(self, file: Path, config: EdgeConfig) -> None:
        self.config = config
        self._file = file
        self._stamp = self._now()
        self._looked_at = time.monotonic()

    def alive(self, alive: Callable[[], None], enough: threading.Event) -> Callable[[], None]:
        """Give what to call every round: it says `alive`, and sets `enough` on a new config."""

        def round_over() -> None:
            alive()
            if self._has_changed():
                enough.set()

        return round_over

    def _has_changed(self) -> bool:
        now = time.monotonic()
        if now - self._looked_at < LOOK_S:
            return False
        self._looked_at = now
        stamp = self._now()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            config = load_config(self._file)
        except ConfigError as error:
            said = f"新配置有误,继续用旧的 (the new config is wrong, the old one goes on): {error}"
            LOG.error("%s", said)  # noqa: TRY400 - one line in words, no traceback
            return False
        if config == self.config:
            return False
        LOG.warning("配置已更改,重新开始看守 (config has changed, watching anew)")
        self.config = config
        return True

    def _now(self) -> tuple[int, int] | None:
        try:
            stat = self._file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size


class Enough(threading.Event):
    """An event that is set also once another one is."""

    def __init__(self, other: threading.Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        return super().is_set() or self._other.is_set()
