"""The playbooks in force, read again when somebody has put another one there."""

import logging
from collections.abc import Collection
from pathlib import Path
from time import monotonic

from central.adapters.playbooks import PlaybookError, in_force
from central.core.playbook import Playbook

LOG = logging.getLogger("huxiao.playbooks")
LOOK_EVERY_S = 1.0

Stamp = tuple[tuple[str, int, int], ...]


class LivePlaybooks:
    """Gives the playbooks in force; the same value as long as nothing has changed."""

    def __init__(self, folder: Path, channels: Collection[str]) -> None:
        self._folder, self._channels = folder, channels
        self._stamp = self._seen()
        self._looked_s = monotonic()
        self._known = self._read()

    def __call__(self) -> tuple[Playbook, ...]:
        """Give them; where what lies there now is wrong, those that were in force before."""
        if monotonic() - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = monotonic()
            self.look()
        return self._known

    def look(self) -> None:
        """Read them again, where files have changed."""
        stamp = self._seen()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._known = self._read()
        except PlaybookError:
            LOG.exception("预案文件有误，继续用原来的 (playbooks are wrong, the former hold)")

    def _read(self) -> tuple[Playbook, ...]:
        return tuple(one.through(self._channels) for one in in_force(self._folder))

    def _seen(self) -> Stamp:
        found = []
        for path in sorted(self._folder.glob("*.yaml")):
            told = path.stat()
            found.append((path.name, told.st_mtime_ns, told.st_size))
        return tuple(found)
