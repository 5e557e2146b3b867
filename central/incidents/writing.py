"""The letters of one occasion, each in the words made for its reader, and no two alike."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.store import notifications as letters_store
from central.adapters.store.incidents import Incident
from central.adapters.store.notifications import Notification, Told
from central.core.delivery import Failure, State
from central.core.disclosure import Facts
from central.core.letters import URGENT, Moment, data, subject, text

MACHINES = frozenset({"webhook"})
"""Channels whose letters are facts as JSON; all others are read by people."""


def words_for(channel: str) -> Callable[[Facts, str], str]:
    """Give what makes the words of a channel's letters."""
    return data if channel in MACHINES else text


@dataclass(slots=True)
class Writer:
    """Writes letters about one incident, on one occasion, to be kept with `end`."""

    connection: Connection
    incident: Incident
    now_ms: int
    round_id: str = field(default_factory=lambda: str(uuid7()))
    written: list[Notification] = field(default_factory=list)
    _serials: dict[tuple[str, str], int] | None = None

    def add(self, facts: Facts, to: Told, task_id: str | None, refused: str = "") -> None:
        """Write one letter; `refused` says why it cannot even be tried.

        The same person hears of the same thing once on an occasion; a drill is told to nobody.
        """
        if self.incident.is_drill or self._is_there(facts, to, task_id):
            return
        facts = replace(facts, serial=self._next(to), told_at=self.now_ms)
        moment = Moment(facts.moment)
        self.written.append(
            Notification(
                notification_id=str(uuid7()),
                incident_id=self.incident.incident_id,
                task_id=task_id,
                audience=to.audience,
                moment=moment,
                recipient=to.recipient,
                channel=to.channel,
                address=to.address,
                subject=subject(facts, to.audience),
                text=words_for(to.channel)(facts, to.audience),
                state=State.FAILED if refused else State.PENDING,
                created_at=self.now_ms,
                answer=refused,
                failure=Failure.BAD_ADDRESS if refused else None,
                data=data(facts, to.audience),
                serial=facts.serial or 1,
                is_life_safety=moment in URGENT
                and self.incident.playbook.is_life_safety(self.incident.severity),
                round_id=self.round_id,
            )
        )

    def _is_there(self, facts: Facts, to: Told, task_id: str | None) -> bool:
        same = (to.recipient, to.channel, facts.moment, task_id)
        return any((n.recipient, n.channel, n.moment, n.task_id) == same for n in self.written)

    def _next(self, to: Told) -> int:
        """Count the letters of this incident to an address by a channel."""
        if self._serials is None:
            self._serials = letters_store.serials(self.connection, self.incident.incident_id)
        key = (to.channel, to.address)
        self._serials[key] = self._serials.get(key, 0) + 1
        return self._serials[key]
