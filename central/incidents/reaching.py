"""Whom a playbook's relations reach at a place, and where they reach nobody: known beforehand."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from central.adapters.store import duty as roster
from central.adapters.store.incidents import Place
from central.adapters.store.tasks import ADDRESS_OF, Person, all_people, people
from central.core.duty import Absence, Shift
from central.core.naming import ROLES, Words
from central.core.people import ON_THE_SPOT, Role
from central.core.playbook import (
    WITHOUT_DUTY,
    Duty,
    Playbook,
    Recipient,
    audience_of,
)
from central.incidents.duty import choose
from central.incidents.telling import unit_of


@dataclass(frozen=True, slots=True)
class Reach:
    """The people for whom a recipient stands at a place."""

    unit_code: str | None
    people: tuple[Person, ...]
    is_stand_in: bool = False
    """Nobody has the role: others of the unit are told instead."""

    @property
    def has_address(self) -> bool:
        """Tell whether any of them can be written to."""
        return any(person.has_address for person in self.people)


@dataclass(frozen=True, slots=True)
class Gap:
    """A relation that reaches nobody: where, and what to do."""

    playbook: str
    site_id: str
    where: str
    what: Words
    unit_code: str | None = None


@dataclass(slots=True)
class Muster:
    """Everybody who could be told now, read once; `channels` are those that are configured."""

    now_ms: int
    people: dict[str, list[Person]]
    shifts: dict[str, list[Shift]]
    away: Sequence[Absence]
    channels: Collection[str] | None = None
    names: Mapping[str, Words] = field(default_factory=dict)
    """What units are called."""
    known: dict[tuple[str, frozenset[Role]], Reach] = field(default_factory=dict)

    def of(self, unit_code: str, roles: frozenset[Role]) -> Reach:
        """Give whom telling would choose of a unit now."""
        key = (unit_code, roles)
        if key not in self.known:
            self.known[key] = self._chosen(unit_code, roles)
        return self.known[key]

    def called(self, unit_code: str) -> Words:
        """Give what a unit is called, with its code, which whoever puts it right needs."""
        zh, en = self.names.get(unit_code, ("", ""))
        return (f"{zh}（{unit_code}）", f"{en} ({unit_code})") if zh else (unit_code, unit_code)

    def _chosen(self, unit_code: str, roles: frozenset[Role]) -> Reach:
        everyone = self.people.get(unit_code, [])
        rows = self.shifts.get(unit_code, [])
        found = choose(unit_code, everyone, roles, rows, self.away, self.now_ms)
        if found.people:
            return Reach(unit_code, found.people)
        return Reach(unit_code, tuple(everyone), is_stand_in=True)


def muster(connection: Connection, now_ms: int, channels: Collection[str] | None = None) -> Muster:
    """Read everybody who could be told now."""
    by_unit: dict[str, list[Person]] = {}
    for person in all_people(connection, ON_THE_SPOT):
        by_unit.setdefault(person.unit_code, []).append(person)
    rows: dict[str, list[Shift]] = {}
    for shift in roster.shifts(connection, now_ms):
        rows.setdefault(shift.unit_code, []).append(shift)
    away = roster.absences(connection, now_ms)
    return Muster(now_ms, by_unit, rows, away, channels, roster.unit_names(connection))


def reach(connection: Connection, place: Place, recipient: Recipient, duty: Duty | None) -> Reach:
    """Give whom a recipient stands for; with `duty`, `of_task` means its unit."""
    unit_code, acting = _asked(place, recipient, duty)
    if unit_code is None:
        return Reach(None, ())
    found = people(connection, unit_code, acting)
    if found:
        return Reach(unit_code, tuple(found))
    return Reach(unit_code, tuple(people(connection, unit_code, ON_THE_SPOT)), is_stand_in=True)


def gaps(there: Muster, playbooks: Iterable[Playbook], places: Iterable[Place]) -> list[Gap]:
    """List every relation that reaches nobody, by playbook and place."""
    sites = list(places)
    return [
        gap
        for playbook in playbooks
        for place in sites
        for gap in _of_place(there, playbook, place)
    ]


def _asked(
    place: Place, recipient: Recipient, duty: Duty | None
) -> tuple[str | None, frozenset[Role]]:
    named = duty.who if recipient.of_task and duty else recipient
    acting = recipient.acting if recipient.roles or not recipient.of_task else named.acting
    return unit_of(place, named), acting


def _of_place(there: Muster, playbook: Playbook, place: Place) -> Iterator[Gap]:
    said: set[tuple[str, Words]] = set()
    for where, recipient, duty in _named(playbook):
        unit_code, acting = _asked(place, recipient, duty)
        found = there.of(unit_code, acting) if unit_code else Reach(None, ())
        what = _trouble(there, recipient, found) or _no_channel(there, playbook, found)
        if what and (where, what) not in said:
            said.add((where, what))
            yield Gap(playbook.playbook, place.site_id, where, what, unit_code)


def _named(playbook: Playbook) -> Iterator[tuple[str, Recipient, Duty | None]]:
    for number, duty in enumerate(playbook.tasks):
        yield f"tasks.{number}.who", duty.who, duty
        for at, deadline in enumerate(duty.deadlines):
            for level, one in enumerate(deadline.levels):
                for recipient in one.tell:
                    if not recipient.of_task:
                        where = f"tasks.{number}.deadlines.{at}.levels.{level}"
                        yield where, recipient, duty


def _trouble(there: Muster, recipient: Recipient, found: Reach) -> Words | None:
    if recipient.relation in WITHOUT_DUTY:
        return None
    if found.unit_code is None:
        zh, en = RELATIONS.get(str(recipient.relation), ("", ""))
        code = recipient.relation
        return (
            f"该场所没有登记{zh}（{code}）：请管理员在“系统管理 › 场所”登记",
            f"the place has no {en} ({code}): register it in Settings, Places",
        )
    unit, unit_en = there.called(found.unit_code)
    if not found.people:
        acting = [ROLES[one] for one in sorted(recipient.acting)] if recipient.roles else []
        zh = f"（{'、'.join(one[0] for one in acting)}）" if acting else ""
        en = f" ({', '.join(one[1] for one in acting)})" if acting else ""
        return (
            f"{unit}没有可用账号{zh}：请在“系统管理 › 人员”增加",
            f"{unit_en} has no active account{en}: add one in Settings, People",
        )
    if not found.has_address:
        return (
            f"{unit}的账号都没有联系方式：请补上",
            f"no account of {unit_en} has an address: add one",
        )
    return None


RELATIONS: Mapping[str, Words] = {
    "town": ("所属镇街", "town"),
    "school": ("所属学校", "school"),
    "station": ("所属派出所", "police station"),
    "class_teacher": ("所属学校", "school"),
}
"""What a place's relations are called."""


def _no_channel(there: Muster, playbook: Playbook, found: Reach) -> Words | None:
    """Say where people have addresses, but none for a channel that the playbook names and is."""
    if there.channels is None or found.unit_code is None or not found.people:
        return None
    named = playbook.channels.get(audience_of(found.unit_code), ("email",))
    usable = [one for one in named if one in there.channels]
    if any(one not in ADDRESS_OF for one in usable):  # a group's robot: it has its own address
        return None
    if any(person.address(one) for person in found.people for one in usable):
        return None
    (unit, unit_en), names = there.called(found.unit_code), ", ".join(named)
    return (
        f"{unit}此时应被通知的人，没有已配置渠道（{names}）的联系方式：请补上或配置渠道",
        f"of {unit_en} nobody who would be told has an address for a channel of {names}: add one",
    )
