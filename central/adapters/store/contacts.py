"""People of a unit who have no account: they are told, and act through one-time links."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, select, update
from uuid_utils import uuid7

from central.adapters.store.directory import MissingError
from central.adapters.store.schema.identity import CONTACT
from central.adapters.store.schema.telling import DELIVERY
from central.adapters.store.tables import NOTIFICATION, ORG_UNIT
from central.core.delivery import State
from central.core.people import Actor, Role

PREFIX = "contact:"


def add(connection: Connection, contact: dict[str, Any], now_ms: int) -> str:
    """Keep a new contact of a unit that exists, and give the id.

    Raises:
        MissingError: there is no such unit.
    """
    known = select(ORG_UNIT.c.code).where(ORG_UNIT.c.code == contact["unit_code"])
    if not connection.execute(known).first():
        msg = f"单位 unit {contact['unit_code']!r} 不存在 does not exist"
        raise MissingError(msg)
    contact_id = str(uuid7())
    row = contact | {"contact_id": contact_id, "created_at": now_ms}
    connection.execute(CONTACT.insert().values(row))
    return contact_id


def listed(connection: Connection) -> list[dict[str, Any]]:
    """List those who are told, by unit and name."""
    columns = CONTACT.c
    query = select(CONTACT).where(columns.removed_at.is_(None))
    ordered = query.order_by(columns.unit_code, columns.name, columns.contact_id)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def remove(connection: Connection, contact_id: str, now_ms: int) -> bool:
    """Tell a contact nothing more: address gone, links over; the name stays in the story."""
    mine = CONTACT.c.contact_id == contact_id, CONTACT.c.removed_at.is_(None)
    values = {"removed_at": now_ms, "phone": None, "email": None}
    if not connection.execute(update(CONTACT).where(*mine).values(values)).rowcount:
        return False
    _forget_addresses(connection, f"{PREFIX}{contact_id}")
    return True


def _forget_addresses(connection: Connection, recipient: str) -> None:
    """Call back what has not gone out yet, and take the address out of what has."""
    columns = NOTIFICATION.c
    own = columns.recipient == recipient
    waiting = update(NOTIFICATION).where(own, columns.state == State.PENDING)
    gone = {"state": State.SUPERSEDED, "next_try_at": None}
    connection.execute(waiting.values(**gone, answer="联系人已移除 the contact was removed"))
    letters = select(columns.notification_id).where(own)
    tries = update(DELIVERY).where(DELIVERY.c.notification_id.in_(letters))
    connection.execute(tries.values(address=recipient))
    connection.execute(update(NOTIFICATION).where(own).values(address=recipient))


def of_unit(connection: Connection, unit_code: str, roles: Collection[Role]) -> list[Row[Any]]:
    """List a unit's contacts who have one of these roles."""
    columns = CONTACT.c
    query = select(CONTACT).where(
        columns.unit_code == unit_code,
        columns.role.in_(sorted(roles)),
        columns.removed_at.is_(None),
    )
    return list(connection.execute(query.order_by(columns.contact_id)))


def of_all(connection: Connection, roles: Collection[Role]) -> list[Row[Any]]:
    """List the contacts of all units who have one of these roles."""
    columns = CONTACT.c
    query = select(CONTACT).where(columns.role.in_(sorted(roles)), columns.removed_at.is_(None))
    return list(connection.execute(query.order_by(columns.contact_id)))


def find(connection: Connection, account_id: str) -> Row[Any] | None:
    """Read a contact who is told, by what the timeline calls them."""
    mine = CONTACT.c.contact_id == account_id.removeprefix(PREFIX)
    chosen = select(CONTACT).where(mine, CONTACT.c.removed_at.is_(None))
    return connection.execute(chosen).one_or_none()


def names(connection: Connection, account_ids: Collection[str]) -> dict[str, str]:
    """Give the names of contacts by what the timeline calls them, also of those removed."""
    ids = [one.removeprefix(PREFIX) for one in account_ids if one.startswith(PREFIX)]
    query = select(CONTACT.c.contact_id, CONTACT.c.name).where(CONTACT.c.contact_id.in_(ids))
    return {f"{PREFIX}{row.contact_id}": row.name for row in connection.execute(query)}


def actor(row: Row[Any]) -> Actor:
    """Give who acts when a contact acts."""
    return Actor(f"{PREFIX}{row.contact_id}", row.name, Role(row.role), row.unit_code)
