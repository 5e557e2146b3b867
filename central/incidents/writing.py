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

FAMILIES = "guardian"
PAGE = "page"
ON_PAGE = "演练：只在页面上显示 / a drill: shown on the page only"
MACHINES = frozenset({"webhook"})
"""Channels whose letters are facts as JSON; all others are read by people."""


def words_for(channel: str) -> Callable[[Facts, str], str]:
    """Give what makes the words of a channel's letters."""
    return data if channel in MACHINES else text


def _state(refused: str, *, on_page: bool) -> State:
    if on_page:
        return State.DELIVERED
    return State.FAILED if refused else State.PENDING


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

        The same person hears of the same thing once on an occasion. A drill is told to nobody
        unless that was asked for, and to families never.
        """
        if not self._may_hear(to) or self._is_there(facts, to, task_id):
            return
        on_page = self.incident.is_drill and self.incident.drill_tells == "page"
        if on_page:
            to = replace(to, channel=PAGE, address=to.recipient)
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
                state=_state(refused, on_page=on_page),
                created_at=self.now_ms,
                answer=ON_PAGE if on_page else refused,
                failure=Failure.BAD_ADDRESS if refused and not on_page else None,
                data=data(facts, to.audience),
                serial=facts.serial or 1,
                is_life_safety=not self.incident.is_drill
                and moment in URGENT
                and self.incident.playbook.is_life_safety(self.incident.severity),
                round_id=self.round_id,
            )
        )

    def _may_hear(self, to: Told) -> bool:
        if not self.incident.is_drill:
            return True
        is_person = to.recipient.startswith(("account:", "contact:"))
        may = {"nobody": False, "page": is_person, "everybody": True}
        return may[self.incident.drill_tells] and to.audience != FAMILIES

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
