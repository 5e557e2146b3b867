"""Whom a playbook's relations reach at a place, and where they reach nobody: known beforehand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters.store.incidents import Place
from central.adapters.store.tasks import Person, people
from central.core.naming import Words
from central.core.people import ON_THE_SPOT
from central.core.playbook import WITHOUT_DUTY, Duty, Playbook, Recipient
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


def reach(connection: Connection, place: Place, recipient: Recipient, duty: Duty | None) -> Reach:
    """Give whom a recipient stands for; with `duty`, `of_task` means its unit."""
    named = duty.who if recipient.of_task and duty else recipient
    unit_code = unit_of(place, named)
    if unit_code is None:
        return Reach(None, ())
    acting = recipient.acting if recipient.roles or not recipient.of_task else named.acting
    found = people(connection, unit_code, acting)
    if found:
        return Reach(unit_code, tuple(found))
    return Reach(unit_code, tuple(people(connection, unit_code, ON_THE_SPOT)), is_stand_in=True)


def gaps(
    connection: Connection, playbooks: Iterable[Playbook], places: Iterable[Place]
) -> list[Gap]:
    """List every relation that reaches nobody, by playbook and place."""
    sites = list(places)
    return [
        gap
        for playbook in playbooks
        for place in sites
        for gap in _of_place(connection, playbook, place)
    ]


def _of_place(connection: Connection, playbook: Playbook, place: Place) -> Iterator[Gap]:
    for where, recipient, duty in _named(playbook):
        found = reach(connection, place, recipient, duty)
        if what := _trouble(recipient, found):
            yield Gap(playbook.playbook, place.site_id, where, what)


def _named(playbook: Playbook) -> Iterator[tuple[str, Recipient, Duty | None]]:
    for number, duty in enumerate(playbook.tasks):
        yield f"tasks.{number}.who", duty.who, duty
        for at, deadline in enumerate(duty.deadlines):
            for level, one in enumerate(deadline.levels):
                for recipient in one.tell:
                    if not recipient.of_task:
                        where = f"tasks.{number}.deadlines.{at}.levels.{level}"
                        yield where, recipient, duty


def _trouble(recipient: Recipient, found: Reach) -> Words | None:
    if recipient.relation in WITHOUT_DUTY:
        return None
    if found.unit_code is None:
        zh = f"该场所没有登记关系 {recipient.relation}:请用 site add --relation 登记"
        return (
            zh,
            f"the place has no relation {recipient.relation}: register it (site add --relation)",
        )
    roles = ", ".join(sorted(recipient.acting)) if recipient.roles else "-"
    if not found.people:
        zh = f"单位 {found.unit_code} 没有可用账号(角色 {roles}):请用 user add 增加"
        en = f"unit {found.unit_code} has no active account ({roles}): add one (user add)"
        return zh, en
    if not found.has_address:
        zh = f"单位 {found.unit_code} 的账号都没有联系方式:请补上"
        return zh, f"no account of unit {found.unit_code} has an address: add one"
    return None
