"""Tasks, and the units and people that carry them out."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from central.adapters.store import contacts
from central.adapters.store.tables import ACCOUNT, ORG_UNIT, TASK
from central.adapters.store.touched import touch
from central.core.people import Role
from central.core.workflow import Status


@dataclass(frozen=True, slots=True)
class Task:
    """One unit's own loop within an incident. Times in ms UTC."""

    task_id: str
    incident_id: str
    unit_code: str
    part: str
    duty_zh: str
    duty_en: str
    status: Status
    since_at: int
    opened_at: int
    acknowledged_at: int | None = None
    acknowledged_by: str | None = None
    closed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A department, town, school or station."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told. `account_id` is what the timeline would call them."""

    account_id: str
    unit_code: str
    role: Role
    email: str | None
    phone: str | None = None
    zwdd_id: str | None = None

    def address(self, channel: str) -> str | None:
        """Give where this person is reached by a channel; None where they are not."""
        field = ADDRESS_OF.get(channel)
        return getattr(self, field) if field else None

    @property
    def has_address(self) -> bool:
        """Tell whether the person can be written to at all."""
        return any(self.address(channel) for channel in ADDRESS_OF)


ADDRESS_OF = {"email": "email", "sms": "phone", "zwdd": "zwdd_id"}
"""The channels that reach a person, and what of the person is the address there."""


def insert(connection: Connection, task: Task) -> None:
    """Keep a new task."""
    values = {name: getattr(task, name) for name in Task.__slots__}
    connection.execute(TASK.insert().values(values))
    touch(connection, task.incident_id)


def of_incident(connection: Connection, incident_id: str) -> list[Task]:
    """List an incident's tasks, in the order in which the playbook names them."""
    query = select(TASK).where(TASK.c.incident_id == incident_id).order_by(TASK.c.task_id)
    return [_task(row) for row in connection.execute(query)]


def change(connection: Connection, task_id: str, **values: Any) -> None:
    """Change a task."""
    connection.execute(update(TASK).where(TASK.c.task_id == task_id).values(**values))


def unit(connection: Connection, code: str) -> Unit | None:
    """Read a unit."""
    row = connection.execute(select(ORG_UNIT).where(ORG_UNIT.c.code == code)).one_or_none()
    return Unit(row.code, row.name_zh, row.name_en or row.name_zh) if row else None


def people(connection: Connection, unit_code: str, roles: Collection[Role]) -> list[Person]:
    """List the people of a unit who have one of these roles, with an account and without."""
    query = (
        select(ACCOUNT)
        .where(
            ACCOUNT.c.unit_code == unit_code,
            ACCOUNT.c.role.in_(sorted(roles)),
            ACCOUNT.c.is_active.is_(True),
        )
        .order_by(ACCOUNT.c.username)
    )
    without_account = contacts.of_unit(connection, unit_code, roles)
    return [_person(row) for row in connection.execute(query)] + [
        _contact(row) for row in without_account
    ]


def person(connection: Connection, account_id: str) -> Person | None:
    """Read somebody by what the timeline calls them; None: nobody (any more)."""
    if account_id.startswith(contacts.PREFIX):
        known = contacts.find(connection, account_id)
        return _contact(known) if known else None
    username = account_id.removeprefix("account:")
    chosen = and_(ACCOUNT.c.username == username, ACCOUNT.c.is_active.is_(True))
    row = connection.execute(select(ACCOUNT).where(chosen)).one_or_none()
    return _person(row) if row else None


def _person(row: Row[Any]) -> Person:
    return Person(
        f"account:{row.username}",
        row.unit_code,
        Role(row.role),
        row.email or None,
        row.phone or None,
        row.zwdd_id or None,
    )


def _contact(row: Row[Any]) -> Person:
    account_id = f"{contacts.PREFIX}{row.contact_id}"
    return Person(account_id, row.unit_code, Role(row.role), row.email or None, row.phone or None)


def all_people(connection: Connection, roles: Collection[Role]) -> list[Person]:
    """List the people of all units who have one of these roles, with an account and without."""
    query = select(ACCOUNT).where(ACCOUNT.c.role.in_(sorted(roles)), ACCOUNT.c.is_active.is_(True))
    with_account = connection.execute(query.order_by(ACCOUNT.c.username))
    return [_person(row) for row in with_account] + [
        _contact(row) for row in contacts.of_all(connection, roles)
    ]


def _task(row: Row[Any]) -> Task:
    values = {name: getattr(row, name) for name in Task.__slots__}
    return Task(**values | {"status": Status(row.status)})
