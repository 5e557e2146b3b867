"""Keeps alerts in the outbox from a thread of its own: a slow card must not hold back the voice."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence

from contract.messages import Alert, AlertBody
from edge_agent.ports import EvidenceFile, Outbox, OutboxError

LOG = logging.getLogger("huxiao.watch")

MOST_OWED = 200
RETRY_S = 1.0

Report = Callable[[], tuple[AlertBody, Sequence[EvidenceFile]]]
"""Makes an alert and its pictures; called in the recorder's thread."""


class Recorder:
    """Records alerts in order, and goes on trying while the outbox refuses.

    `record` waits for at most `patience_s`, which is long enough on a healthy card: what is
    spoken aloud afterwards is then safe on disk already. A longer wait is not worth a child.
    """

    def __init__(
        self,
        outbox: Outbox,
        patience_s: float | None,
        told: Callable[[Alert], None],
        retry_s: float = RETRY_S,
    ) -> None:
        self._outbox = outbox
        self._patience_s = patience_s
        self._told = told
        self._retry_s = retry_s
        self._owed: queue.Queue[tuple[Report, threading.Event] | None] = queue.Queue(MOST_OWED)
        self._stop = threading.Event()
        self._said = ""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def record(self, reports: Sequence[Report]) -> None:
        """Have these recorded; returns when they are, or when patience ends."""
        done = threading.Event()
        for number, report in enumerate(reports, start=1):
            last = done if number == len(reports) else threading.Event()
            try:
                self._owed.put_nowait((report, last))
            except queue.Full:
                self._tell(f"待记录的预警超过 {MOST_OWED} 条 (too many alerts wait to be recorded)")
                return
        if reports:
            done.wait(self._patience_s)

    @property
    def owes(self) -> bool:
        """Tell whether something still waits to be recorded."""
        return self._owed.unfinished_tasks > 0

    def close(self, most_s: float = 5.0) -> None:
        """Record what is still owed, then stop; give up after `most_s`."""
        self._owed.put(None)
        self._thread.join(most_s)
        self._stop.set()
        self._thread.join(RETRY_S)

    def _run(self) -> None:
        while (owed := self._owed.get()) is not None:
            report, done = owed
            try:
                body, files = report()
                self._keep(body, files)
            except Exception as error:  # noqa: BLE001 - a thread must not die in silence
                self._tell(f"{type(error).__name__}: {error}")
            finally:
                done.set()
                self._owed.task_done()

    def _keep(self, body: AlertBody, files: Sequence[EvidenceFile]) -> None:
        while True:
            try:
                alert = self._outbox.put(body, files)
            except OutboxError as error:
                self._tell(f"预警未能入箱,稍后再试 (outbox refuses, trying again): {error}")
                if self._stop.wait(self._retry_s):
                    return
            else:
                self._tell("")
                self._told(alert)
                return

    def _tell(self, words: str) -> None:
        """One line for each change, not for each try."""
        if words != self._said:
            self._said = words
            if words:
                LOG.error("%s", words)
            else:
                LOG.warning("待发箱恢复 (the outbox works again)")
