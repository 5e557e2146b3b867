"""One-time links: only the hash of each is kept; whether it still opens follows from its task."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from central.adapters.store import contacts
from central.adapters.store.incidents import upsert
from central.adapters.store.schema.identity import CONTACT, ONE_TIME_LINK
from central.adapters.store.sign_ins import hash_of
from central.adapters.store.tables import NOTIFICATION, TASK, TIMELINE
from central.core.one_time_links import Standing
from central.core.people import Actor
from central.core.workflow import Status, Step

CLOSES = (Step.CLOSE, Step.FALSE_ALARM)


@dataclass(frozen=True, slots=True)
class Link:
    """What a token stands for: who may act, on which task, and how it stands."""

    link_id: str
    actor: Actor
    incident_id: str
    task_id: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Wanted:
    """A link that a letter is to hold."""

    letter_id: str
    contact_id: str
    incident_id: str
    task_id: str
    created_at: int


def wanted_by(connection: Connection, letter_id: str, recipient: str) -> list[Wanted]:
    """List the tasks of a contact's own unit that a letter, and what it carries, speaks of."""
    if not recipient.startswith(contacts.PREFIX):
        return []
    columns, contact_id = NOTIFICATION.c, recipient.removeprefix(contacts.PREFIX)
    query = (
        select(columns.notification_id, columns.incident_id, columns.task_id, columns.created_at)
        .join(TASK, TASK.c.task_id == columns.task_id)
        .join(CONTACT, CONTACT.c.contact_id == contact_id)
        .where(
            TASK.c.unit_code == CONTACT.c.unit_code,
            or_(columns.notification_id == letter_id, columns.bundle_id == letter_id),
            columns.recipient == recipient,
            TASK.c.status != Status.CLOSED,
        )
        .order_by(columns.created_at, columns.notification_id)
    )
    newest = {
        row.task_id: Wanted(
            row.notification_id, contact_id, row.incident_id, row.task_id, row.created_at
        )
        for row in connection.execute(query)
    }
    return list(newest.values())


def put(connection: Connection, token: str, wanted: Wanted, expires_at: int) -> None:
    """Keep a link's hash; the same token again changes nothing."""
    row = {"token_hash": hash_of(token), "contact_id": wanted.contact_id,
           "incident_id": wanted.incident_id, "task_id": wanted.task_id,
           "created_at": wanted.created_at, "expires_at": expires_at}  # fmt: skip
    kept = upsert(connection)(ONE_TIME_LINK).values(row)
    connection.execute(kept.on_conflict_do_nothing(index_elements=["token_hash"]))


def find(connection: Connection, token: str) -> Link | None:
    """Find what a token stands for, whether or not it still opens."""
    links = ONE_TIME_LINK.c
    query = (
        select(
            ONE_TIME_LINK,
            *(CONTACT.c[name] for name in ("role", "name", "unit_code", "removed_at")),
            TASK.c.status,
            TASK.c.unit_code.label("task_unit"),
            _since(CLOSES).label("was_closed"),
            _since((Step.TRANSFER,)).label("was_moved"),
        )
        .join(CONTACT, CONTACT.c.contact_id == links.contact_id)
        .join(TASK, TASK.c.task_id == links.task_id)
        .where(links.token_hash == hash_of(token))
    )
    row = connection.execute(query).one_or_none()
    return _link(row) if row else None


def used(connection: Connection, link: Link, now_ms: int) -> None:
    """Note that a step was taken through a link."""
    mine = ONE_TIME_LINK.c.token_hash == link.link_id
    connection.execute(update(ONE_TIME_LINK).where(mine).values(used_at=now_ms))


def _since(steps: tuple[Step, ...]) -> ColumnElement[bool]:
    """Tell whether one of these steps has been taken on the task since the link was made."""
    columns = TIMELINE.c
    own = columns.task_id == ONE_TIME_LINK.c.task_id
    if Step.FALSE_ALARM in steps:  # it ends all tasks of an incident, and is told of one
        own = or_(own, and_(columns.incident_id == ONE_TIME_LINK.c.incident_id,
                            columns.event == Step.FALSE_ALARM))  # fmt: skip
    return exists().where(own, columns.event.in_(steps), columns.at > ONE_TIME_LINK.c.created_at)


def _link(row: Any) -> Link:
    standing = Standing(
        expires_at=row.expires_at,
        status=Status(row.status),
        is_with_unit=row.task_unit == row.unit_code,
        is_removed=row.removed_at is not None,
        was_closed=bool(row.was_closed),
        was_moved=bool(row.was_moved),
    )
    return Link(row.token_hash, contacts.actor(row), row.incident_id, row.task_id, standing)
