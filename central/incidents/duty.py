"""Whom to turn to now: the roster first, everybody with the role where it is silent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from central.adapters import calendars
from central.adapters.store import duty
from central.adapters.store.tasks import Person, people
from central.core.duty import Absence, Shift, on_duty, present
from central.core.naming import Words
from central.core.people import ON_THE_SPOT, Role

How = Literal["roster", "nobody_on_duty", "no_roster"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The people to be told, and how they were found."""

    unit_code: str
    people: tuple[Person, ...]
    how: How


def whom(connection: Connection, unit_code: str, roles: Collection[Role], now_ms: int) -> Chosen:
    """Give who of a unit is on duty now with these roles, or all who have one of them."""
    return roll(connection, unit_code, now_ms).whom(roles)


@dataclass(frozen=True, slots=True)
class Roll:
    """Who is of a unit at a time, who is on its roster, and who is away."""

    unit_code: str
    now_ms: int
    everyone: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    away: tuple[Absence, ...]

    def whom(self, roles: Collection[Role]) -> Chosen:
        """Give who is on duty with these roles, or all who have one of them."""
        return choose(self.unit_code, self.everyone, roles, self.shifts, self.away, self.now_ms)


def roll(connection: Connection, unit_code: str, now_ms: int) -> Roll:
    """Read who is of a unit now."""
    everyone = people(connection, unit_code, ON_THE_SPOT)
    shifts = duty.shifts(connection, now_ms, unit_code)
    away = duty.absences(connection, now_ms, [username_of(one) for one in everyone])
    return Roll(unit_code, now_ms, tuple(everyone), tuple(shifts), tuple(away))


def choose(
    unit_code: str,
    everyone: Sequence[Person],
    roles: Collection[Role],
    shifts: Sequence[Shift],
    away: Sequence[Absence],
    now_ms: int,
) -> Chosen:
    """Choose among a unit's people. Somebody away is stood in for, with a roster or without."""
    of_role = [one for one in shifts if one.role in roles]
    if of_role:
        names = on_duty(of_role, away, now_ms, calendars.current())
        if found := _of(everyone, names):
            return Chosen(unit_code, found, "roster")
    wanted = [username_of(one) for one in everyone if one.role in roles]
    found = _of(everyone, present(wanted, away, now_ms))
    found = found or _of(everyone, wanted)  # all away, none stands in: better they than nobody
    return Chosen(unit_code, found, "nobody_on_duty" if of_role else "no_roster")


def stand_in_for(connection: Connection, username: str, now_ms: int) -> str:
    """Give who is there for a person now, e.g. for a pupil's class teacher: themselves or another.

    Where nobody stands in it is the person all the same.
    """
    found = present([username], duty.absences(connection, now_ms), now_ms)
    return found[0] if found else username


def present_of(connection: Connection, found: Sequence[Person], now_ms: int) -> tuple[Person, ...]:
    """Give who is there for these people now: themselves, or others of their unit who stand in."""
    away = duty.absences(connection, now_ms)
    names = {one.account_id: present([username_of(one)], away, now_ms) for one in found}
    if all(there == [username_of(one)] for one in found for there in [names[one.account_id]]):
        return tuple(found)
    everyone = [one for unit in sorted({person.unit_code for person in found})
                for one in people(connection, unit, ON_THE_SPOT)]  # fmt: skip
    stand_ins = {one.account_id: _of(everyone, names[one.account_id]) or (one,) for one in found}
    return tuple(dict.fromkeys(who for one in found for who in stand_ins[one.account_id]))


def said(chosen: Sequence[Chosen], names: dict[str, tuple[str, str]]) -> Words:
    """Say how people were found; nothing where no unit has a roster."""
    if all(one.how == "no_roster" for one in chosen):
        return "", ""
    zh, en = [], []
    for how, (words_zh, words_en) in _WORDS.items():
        units = sorted({one.unit_code for one in chosen if one.how == how})
        if units:
            zh.append(words_zh.format("、".join(names.get(u, (u, u))[0] for u in units)))
            en.append(words_en.format(", ".join(names.get(u, (u, u))[1] for u in units)))
    return "；".join(zh), "; ".join(en)


def username_of(person: Person) -> str:
    """Give the account's name of a person."""
    return person.account_id.removeprefix("account:")


_WORDS: dict[How, Words] = {
    "roster": ("按值班表通知：{}", "told by the duty roster: {}"),
    "nobody_on_duty": (
        "值班表此时无人在岗，已通知该角色全部人员：{}",
        "nobody is on duty by the roster, all of the role were told: {}",
    ),
    "no_roster": (
        "没有值班表，已通知该角色全部人员：{}",
        "no roster, all of the role were told: {}",
    ),
}


def _of(everyone: Sequence[Person], usernames: Sequence[str]) -> tuple[Person, ...]:
    by_name = {username_of(one): one for one in everyone}
    return tuple(by_name[name] for name in usernames if name in by_name)
