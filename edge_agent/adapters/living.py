"""What has started and not ended is on disk beside the alert: whoever comes next can end it."""

import logging
from collections.abc import Sequence

from pydantic import ValidationError

from contract.messages import Alert, AlertBody
from contract.scenarios import Phase
from edge_agent.adapters.notes import Note
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.ports import EvidenceFile, OutboxError, Timepiece

LOG = logging.getLogger("huxiao.watch")

OPEN = "open:"


class LivingOutbox:
    """The watch's way into the outbox: each start leaves word, in one transaction, until its end.

    A watch that is killed says no more. The next one ends for it what it can no longer see, so
    that nothing goes on for ever at central; what is still so starts anew.
    """

    def __init__(self, outbox: SqliteOutbox, timepiece: Timepiece) -> None:
        self._outbox = outbox
        self._time = timepiece

    def put(self, body: AlertBody, files: Sequence[EvidenceFile] = ()) -> Alert:
        """Keep an alert as the outbox does."""
        name = f"{OPEN}{body.alert_id}"
        if body.phase is Phase.START:
            plain = body.model_copy(update={"evidence": (), "announcement": None})
            return self._outbox.put(body, files, Note(name, plain.model_dump(mode="json")))
        note = Note(name, None) if body.phase is Phase.END else None
        return self._outbox.put(body, files, note)

    def end_all(self) -> int:
        """End what a watch before has left open; give how many. A full disk is tried next time."""
        try:
            left = {n: row for n, row in self._outbox.health().items() if n.startswith(OPEN)}
            for name, row in left.items():
                try:
                    started = AlertBody.model_validate(row.body)
                except ValidationError:
                    LOG.warning("看不懂的未结束预警,忽略 (cannot be read, left out): %s", name)
                    self._outbox.erase(name)
                    continue
                ended = {"phase": Phase.END, "occurred_at": self._time.now()}
                self.put(started.model_copy(update=ended))
        except OutboxError as error:
            LOG.error("%s", error)  # noqa: TRY400 - one line in words, no traceback
            return 0
        return len(left)
