"""Which looks at a case go on: a look that goes on is one look."""

from collections import OrderedDict
from threading import Lock

ONE_LOOK_MS = 10 * 60 * 1000
MOST_KEPT = 10_000


class Looks:
    """Which looks are already in the audit log; forgetting one only means noting it again."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._lock = Lock()

    def is_new(self, actor_id: str, subject: str, now_ms: int) -> bool:
        """Tell whether this look begins now."""
        key = (actor_id, subject)
        with self._lock:
            before = self._last.get(key)
            if before is not None and now_ms - before < ONE_LOOK_MS:
                return False
            self._last[key] = now_ms
            self._last.move_to_end(key)
            while len(self._last) > MOST_KEPT:
                self._last.popitem(last=False)
            return True

    def forget(self, actor_id: str, subject: str) -> None:
        """Let a look that could not be kept begin anew."""
        with self._lock:
            self._last.pop((actor_id, subject), None)
