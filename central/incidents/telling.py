"""Who is told what, through which channel: notifications are written here, sent elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.store import notifications as letters_store
from central.adapters.store.incidents import Incident, Place
from central.adapters.store.notifications import Notification, Told
from central.adapters.store.tasks import Person, Task, people, unit
from central.core.delivery import State
from central.core.disclosure import Facts
from central.core.letters import Moment, data, subject, text
from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Role
from central.core.playbook import WITHOUT_DUTY, Notice, Recipient, audience_of

DISTRICT_UNIT = "edu"
PLATFORM = "platform"
EVERYONE = "*"
FAMILIES = "guardian"
BROADCAST = "zlb"
"""The one channel that reaches all families of a school without a list of them here."""
NO_ADDRESS = "该账号没有邮箱 / this account has no e-mail address"


@dataclass(frozen=True, slots=True)
class Case:
    """An incident and where it happens: what every text speaks of."""

    incident: Incident
    place: Place

    def unit_of(self, recipient: Recipient, task: Task | None) -> str | None:
        """Give the unit that a recipient stands for, None where the place has no such relation."""
        if recipient.of_task:
            return task.unit_code if task else None
        return unit_of(self.place, recipient)

    def facts(self, moment: Moment) -> Facts:
        """Give what could be said of the case itself."""
        incident = self.incident
        return Facts(
            number=incident.number,
            moment=moment,
            scenario=incident.scenario,
            kind=incident.kind,
            severity=incident.severity,
            site_zh=self.place.name_zh,
            site_en=self.place.name_en,
            occurred_at=incident.occurred_at,
            status=incident.status,
            is_false_alarm=incident.is_false_alarm,
            alert_count=incident.alert_count,
            zone_id=incident.zone_id,
            device_id=incident.device_id,
            camera_id=incident.camera_id,
            instruction=incident.instruction,
        )


def unit_of(place: Place, recipient: Recipient) -> str | None:
    """Give the unit that a recipient stands for at a place, None where it has no such relation."""
    if recipient.relation:
        return place.relations.get(_UNIT_OF.get(recipient.relation, recipient.relation))
    return recipient.unit


_UNIT_OF = {"class_teacher": "school", "guardian": "school", "guardians": "school"}
"""Whose unit stands for whom."""


@dataclass(slots=True)
class Round:
    """One occasion on which people are told: each person once, and who could not be reached."""

    connection: Connection
    case: Case
    now_ms: int
    written: list[Notification] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)

    def tell(self, facts: Facts, recipients: Iterable[Recipient], task: Task | None) -> None:
        """Write to all people whom the recipients stand for."""
        if task is not None:
            facts = self._about(facts, task)
        for recipient in recipients:
            unit_code = self.case.unit_of(recipient, task)
            found = unit_code and self._people(unit_code, recipient.acting)
            if not found:
                self.unreachable.append(unit_code or str(recipient.relation or "?"))
            for person in found or ():
                self._write(facts, person, task)

    def tell_notices(self, notices: Iterable[Notice]) -> None:
        """Write to people who have no duty in the case, in the playbook's own words.

        Nobody stands in for them, and who is not there is not missed.
        """
        facts = self.case.facts(Moment.NOTICE)
        for notice in notices:
            words = replace(facts, words_zh=notice.words_zh, words_en=notice.words_en)
            for recipient in notice.tell:
                self._notify(words, recipient)

    def tell_people(self, facts: Facts, audience: str, found: Iterable[Person]) -> None:
        """Write to people whom no playbook names, in the words of an audience."""
        channels = self.case.incident.playbook.channels
        for person in found:
            for channel in channels.get(audience_of(person.unit_code), ("email",)):
                to = Told(audience, person.account_id, channel, person.email or "")
                self._add(facts, to, None, text(facts, audience))

    def reaches(self, recipient: Recipient) -> bool:
        """Tell whether anybody stands for a recipient: a copy without readers troubles nobody."""
        unit_code = self.case.unit_of(recipient, None)
        return bool(unit_code and self._people(unit_code, recipient.acting))

    def tell_platforms(self, facts: Facts) -> None:
        """Write to the other systems that the playbook names."""
        for channel in self.case.incident.playbook.platforms:
            to = Told(PLATFORM, f"{channel}:{EVERYONE}", channel, EVERYONE)
            self._add(facts, to, None, data(facts, PLATFORM))

    def tell_again(self, facts: Facts) -> None:
        """Write to all who have been told before, the same way: it is over."""
        for to in letters_store.told(self.connection, self.case.incident.incident_id):
            if to.audience == "dpo":
                continue
            is_platform = to.audience == PLATFORM
            words = data(facts, PLATFORM) if is_platform else text(facts, to.audience)
            self._add(facts, to, None, words)

    def end(self) -> list[str]:
        """Keep what was written; where nobody was found, call on the district. Give those units."""
        missing = sorted(set(self.unreachable))
        if missing:
            facts = replace(self.case.facts(Moment.UNREACHABLE), unreachable="、".join(missing))
            for person in self._officers():
                self._write(facts, person, None)
        letters_store.put(self.connection, self.written)
        return missing

    def _notify(self, facts: Facts, recipient: Recipient) -> None:
        unit_code = self.case.unit_of(recipient, None)
        if unit_code is None:
            return
        if recipient.relation == "guardians":  # as a whole: the citizens' app knows who they are
            to = Told(FAMILIES, f"guardians:{unit_code}", BROADCAST, f"group:{unit_code}")
            self._add(facts, to, None, text(facts, FAMILIES))
        elif recipient.relation not in WITHOUT_DUTY:
            for person in people(self.connection, unit_code, recipient.acting):
                self._write(facts, person, None)

    def _people(self, unit_code: str, roles: frozenset[Role]) -> list[Person]:
        wanted = people(self.connection, unit_code, roles)
        return wanted or people(self.connection, unit_code, ON_THE_SPOT)

    def _officers(self) -> list[Person]:
        officers = people(self.connection, DISTRICT_UNIT, {Role.DUTY_OFFICER})
        return officers or people(self.connection, DISTRICT_UNIT, DISTRICT_WIDE)

    def _about(self, facts: Facts, task: Task) -> Facts:
        named = unit(self.connection, task.unit_code)
        return replace(
            facts,
            duty_zh=task.duty_zh,
            duty_en=task.duty_en,
            unit_zh=named.name_zh if named else task.unit_code,
            unit_en=named.name_en if named else task.unit_code,
        )

    def _write(self, facts: Facts, person: Person, task: Task | None) -> None:
        audience = audience_of(person.unit_code)
        for channel in self.case.incident.playbook.channels.get(audience, ("email",)):
            to = Told(audience, person.account_id, channel, person.email or "")
            self._add(facts, to, task, text(facts, audience))

    def _add(self, facts: Facts, to: Told, task: Task | None, words: str) -> None:
        if self.case.incident.is_drill:
            return
        same = (to.recipient, to.channel, facts.moment, task and task.task_id)
        if any((n.recipient, n.channel, n.moment, n.task_id) == same for n in self.written):
            return
        self.written.append(
            Notification(
                notification_id=str(uuid7()),
                incident_id=self.case.incident.incident_id,
                task_id=task.task_id if task else None,
                audience=to.audience,
                moment=facts.moment,
                recipient=to.recipient,
                channel=to.channel,
                address=to.address,
                subject=subject(facts, to.audience),
                text=words,
                state=State.PENDING if to.address else State.FAILED,
                created_at=self.now_ms,
                answer="" if to.address else NO_ADDRESS,
            )
        )
