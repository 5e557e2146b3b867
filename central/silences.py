"""Watches that every device is heard of; silence is never taken for peace."""

import logging
from dataclasses import dataclass

from central.adapters.store import silences
from central.adapters.store.engine import Store
from central.adapters.store.silences import Heard, Raised
from central.core.playbook import Playbook
from central.incidents.silence import fell_silent, heard_again

LOG = logging.getLogger("huxiao.central")
EVERY_MS = 15_000
GRACE_MS = 3 * 60_000
"""After a start what waited at the broker is taken in first."""
MANY = 3
"""Of so few devices each is a case of its own, even where all are silent."""


@dataclass(slots=True)
class Silences:
    """Looks every quarter of a minute. `silent_ms`: how long is too long."""

    store: Store
    playbooks: tuple[Playbook, ...] | None
    silent_ms: int
    _began_at: int | None = None
    _looked_at: int = 0

    def look(self, now_ms: int) -> int:
        """Open and close cases; give how many changed."""
        if self._began_at is None:
            self._began_at = now_ms
        if now_ms - self._began_at < GRACE_MS or now_ms - self._looked_at < EVERY_MS:
            return 0
        self._looked_at = now_ms
        with self.store.reading() as connection:
            devices, known = silences.heard(connection), silences.raised(connection)
        silent = [one for one in devices if now_ms - one.heard_at > self.silent_ms]
        gone = known.keys() - {one.device_id for one in silent}
        return self._back(gone, known, now_ms) + self._raise(devices, silent, known, now_ms)

    def _back(self, gone: set[str], known: dict[str, Raised], now_ms: int) -> int:
        changed = 0
        for device_id in sorted(gone):
            with self.store.transaction() as connection:
                case = known[device_id].incident_id
                changed += heard_again(connection, device_id, case, now_ms)
        return changed

    def _raise(
        self, devices: list[Heard], silent: list[Heard], known: dict[str, Raised], now_ms: int
    ) -> int:
        """Open what is new; all at once is one case, for it is hardly the devices."""
        new = [one for one in silent if one.device_id not in known]
        together = len(silent) if len(silent) == len(devices) >= MANY else 0
        if together and new:
            last = max(one.heard_at for one in devices)
            is_said = any(one.raised_at > last for one in known.values())
            new = [] if is_said else new[:1]
        changed = 0
        for device in new:
            with self.store.transaction() as connection:
                case = fell_silent(connection, device, self.playbooks, now_ms, together=together)
            changed += case is not None
            LOG.warning("设备失联 (device silent): %s%s", device.device_id,
                        f", 全部 all {together}" if together else "")  # fmt: skip
        return changed
