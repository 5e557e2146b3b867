"""Who is told what, through which channel: notifications are written here, sent elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from central.adapters.store import notifications as letters_store
from central.adapters.store import timeline
from central.adapters.store.incidents import Incident, Place
from central.adapters.store.notifications import Notification, Told
from central.adapters.store.tasks import ADDRESS_OF, Person, Task, people, unit
from central.adapters.store.timeline import spoken
from central.core.disclosure import Facts
from central.core.drills import MARK
from central.core.letters import Moment
from central.core.naming import Words
from central.core.people import DISTRICT_WIDE, Role
from central.core.playbook import Notice, Recipient, audience_of
from central.incidents.about import for_family, for_person
from central.incidents.duty import Chosen, Roll, present_of, roll
from central.incidents.families import FAMILY, NO_WAY, STOOD_IN, Children, is_family
from central.incidents.waiting import duty_of
from central.incidents.writing import Writer

DISTRICT_UNIT = "edu"
PLATFORM = "platform"
EVERYONE = "*"
BROADCAST = "zlb"
"""The one channel that reaches all families of a school without a list of them here."""
OF_CHILDREN = frozenset({"class_teacher", "guardian"})
ROBOTS = frozenset({"dingtalk", "wecom", "feishu", "webhook", "apprise"})
"""Channels whose addresses are configured: a group's robot, another system."""
NO_ADDRESS = (
    "此人没有这些通道的联系方式，请补上（user set） / this person has no address for: {channels}; "
    "add one (user set)"
)


@dataclass(frozen=True, slots=True)
class Case:
    """An incident and where it happens: what every text speaks of."""

    incident: Incident
    place: Place
    words: Words | None = None
    """What the case is about, where that may be said to all who take part."""

    def unit_of(self, recipient: Recipient, task: Task | None) -> str | None:
        """Give the unit that a recipient stands for, None where the place has no such relation."""
        if recipient.of_task:
            return task.unit_code if task else None
        return unit_of(self.place, recipient)

    def facts(self, moment: Moment) -> Facts:
        """Give what could be said of the case itself."""
        incident = self.incident
        mark = MARK if incident.is_drill else ("", "")  # a template may show the place alone
        return Facts(
            number=incident.number,
            moment=moment,
            scenario=incident.scenario,
            kind=incident.kind,
            severity=incident.severity,
            site_zh=f"{mark[0]}{self.place.name_zh}",
            site_en=f"{mark[1]}{self.place.name_en}",
            occurred_at=incident.occurred_at,
            is_drill=incident.is_drill or None,
            status=incident.status,
            is_false_alarm=incident.is_false_alarm,
            alert_count=incident.alert_count,
            zone_id=incident.zone_id,
            device_id=incident.device_id,
            camera_id=incident.camera_id,
            instruction=incident.instruction,
            words_zh=self.words[0] if self.words else None,
            words_en=self.words[1] if self.words else None,
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
    unreachable: list[str] = field(default_factory=list)
    only: frozenset[str] | None = None
    """Of those whom the case is about, only these."""
    chosen: list[Chosen] = field(default_factory=list)
    _rolls: dict[str, Roll] = field(default_factory=dict)
    """Of each unit, read once an occasion."""
    _writer: Writer = field(init=False)
    _children: Children = field(init=False)

    def __post_init__(self) -> None:
        self._writer = Writer(self.connection, self.case.incident, self.now_ms)
        self._children = Children(self.connection, self.case.incident, self.only)

    @property
    def written(self) -> list[Notification]:
        """The letters so far."""
        return self._writer.written

    def tell(self, facts: Facts, recipients: Iterable[Recipient], task: Task | None) -> None:
        """Write to all people whom the recipients stand for."""
        if task is not None:
            facts = self._about(facts, task)
        for recipient in recipients:
            unit_code = self.case.unit_of(recipient, task)
            found = unit_code and self._people_of(unit_code, recipient, task)
            if not found:
                self.unreachable.append(unit_code or str(recipient.relation or "?"))
            for person in found or ():
                if not self._write(facts, person, task):
                    self.unreachable.append(called(person))

    def tell_notices(
        self,
        notices: Iterable[Notice],
        result: str | None = None,
        *,
        of_children_only: bool = False,
    ) -> None:
        """Write to people who have no duty in the case, in the playbook's own words.

        Nobody stands in for them, and who is not there is not missed; only a child's family and
        class teacher are. `result` is what a report-back says for them.
        """
        facts = self.case.facts(Moment.NOTICE)
        for notice in notices:
            more = (result or "") if notice.with_result else ""
            words = replace(facts, words_zh=notice.words_zh + more,
                            words_en=f"{notice.words_en} {more}".strip())  # fmt: skip
            for recipient in notice.tell:
                if not of_children_only or recipient.relation in OF_CHILDREN:
                    self._notify(words, recipient)

    def tell_own_schools(self) -> None:
        """Write to the schools of children in danger that have no task in the case."""
        own = self.case.place.relations.get("school")
        for code in sorted(self._children.schools() - {own}):
            for person in people(self.connection, code, {Role.SCHOOL_SAFETY_LEAD}):
                self._write(self.case.facts(Moment.COPIED), person, None)

    def tell_one(self, facts: Facts, to: Told) -> None:
        """Write to somebody who has been told before, the same way."""
        self._add(facts, to, None)

    def tell_people(self, facts: Facts, audience: str, found: Iterable[Person]) -> None:
        """Write to people whom no playbook names, in the words of an audience."""
        for person in found:
            self._write(facts, person, None, audience)

    def reaches(self, recipient: Recipient) -> bool:
        """Tell whether anybody stands for a recipient: a copy without readers troubles nobody."""
        unit_code = self.case.unit_of(recipient, None)
        return bool(unit_code and self._people(unit_code, recipient.acting))

    def tell_platforms(self, facts: Facts) -> None:
        """Write to the other systems and groups that the playbook names."""
        for channel in self.case.incident.playbook.platforms:
            self._add(facts, Told(PLATFORM, f"{channel}:{EVERYONE}", channel, EVERYONE), None)

    def tell_again(self, facts: Facts) -> None:
        """Write to all who have been told before, the same way: it is over."""
        for to in letters_store.told(self.connection, self.case.incident.incident_id):
            own = self._children.for_family(facts, to) if is_family(to) else facts
            if to.audience != "dpo" and own is not None:
                self._add(own, to, None)

    def end(self) -> list[str]:
        """Keep what was written; where nobody was found, call on the district. Give those units."""
        missing = sorted(set(self.unreachable))
        for code in sorted(self._children.stood_in):
            timeline.tell(self.connection, self.case.incident.incident_id, self.now_ms,
                          spoken("stood_in", *STOOD_IN, unit=code))  # fmt: skip
        if missing:
            facts = replace(self.case.facts(Moment.UNREACHABLE), unreachable="、".join(missing))
            for person in self._officers():
                self._write(facts, person, None)
        letters_store.put(self.connection, self.written)
        return missing

    def _notify(self, facts: Facts, recipient: Recipient) -> None:
        unit_code = self.case.unit_of(recipient, None)
        if recipient.relation == "guardian":
            self._tell_families(facts)
        elif recipient.relation == "class_teacher":
            teachers = self._children.teachers_to_tell()
            for person in present_of(self.connection, teachers, self.now_ms):
                self._write(facts, person, None)
        elif unit_code is None:
            return
        elif recipient.relation == "guardians":  # as a whole: the citizens' app knows who they are
            to = Told(FAMILY, f"guardians:{unit_code}", BROADCAST, f"group:{unit_code}")
            self._add(facts, to, None)
        else:
            for person in people(self.connection, unit_code, recipient.acting):
                self._write(facts, person, None)

    def _tell_families(self, facts: Facts) -> None:
        """Write to each child's own guardians; where none can be reached, people must call."""
        if self.case.incident.is_drill:  # no family is ever frightened by one
            return
        channels = self.case.incident.playbook.channels.get(FAMILY, ())
        for family in self._children.families(channels):
            for to in family.letters:
                own = for_family(facts, family.child)
                self._add(own, to, None, "" if to.address else NO_WAY)
            if not family.is_reached:
                self.unreachable.append(f"{FAMILY}/{family.child.unit_code}")

    def _people_of(
        self, unit_code: str, recipient: Recipient, task: Task | None
    ) -> Sequence[Person]:
        duty = duty_of(self.case.incident.playbook, task).who if task else recipient
        own = duty if recipient.of_task and not recipient.roles else recipient
        if own.relation == "class_teacher" and audience_of(unit_code) == "school":
            found = present_of(self.connection, self._children.teachers(unit_code), self.now_ms)
            return found or self._people(unit_code, recipient.acting)
        return self._people(unit_code, recipient.acting)

    def _people(self, unit_code: str, roles: frozenset[Role]) -> Sequence[Person]:
        """Give who is on duty, or all of the role; where nobody has it, all of the unit."""
        if unit_code not in self._rolls:
            self._rolls[unit_code] = roll(self.connection, unit_code, self.now_ms)
        there = self._rolls[unit_code]
        chosen = there.whom(roles)
        self.chosen.append(chosen)
        return chosen.people or there.everyone

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

    def _write(
        self, facts: Facts, person: Person, task: Task | None, audience: str | None = None
    ) -> bool:
        """Write to a person by every channel that the playbook names and that reaches them."""
        own = audience_of(person.unit_code)
        named = self.case.incident.playbook.channels.get(own, ("email",))
        audience = audience or own
        reached = False
        theirs = for_person(self.connection, facts, self._children.all(), person)
        for channel in named:
            if address := person.address(channel):
                self._add(theirs, Told(audience, person.account_id, channel, address), task)
                reached = True
            elif channel in ROBOTS:
                group = Told(audience, f"{channel}:{EVERYONE}", channel, EVERYONE)
                self._add(facts, group, task)
        if not reached:
            ways = [channel for channel in named if channel in ADDRESS_OF] or ["email"]
            to = Told(audience, person.account_id, ways[0], "")
            self._add(facts, to, task, NO_ADDRESS.format(channels=", ".join(ways)))
        return reached

    def _add(self, facts: Facts, to: Told, task: Task | None, refused: str = "") -> None:
        self._writer.add(facts, to, task.task_id if task else None, refused)


def called(person: Person) -> str:
    """Give what the district's officers know a person by."""
    return f"{person.unit_code}/{person.account_id.removeprefix('account:')}"
