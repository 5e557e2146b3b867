"""What the pages and the API read of incidents, within what one person may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, or_, select

from central.adapters.store import contacts
from central.adapters.store.open_cases import IS_OPEN
from central.adapters.store.reach import may_know, parts
from central.adapters.store.tables import (
    ACCOUNT,
    ALERT,
    DEADLINE,
    EVIDENCE,
    INCIDENT,
    INCIDENT_COPY,
    INCIDENT_EVIDENCE,
    NOTIFICATION,
    ORG_UNIT,
    SITE,
    TASK,
    TIMELINE,
)
from central.core import disclosure
from central.core.access import Part
from central.core.people import Actor
from central.core.workflow import Status
from contract.scenarios import Scenario

PERSON = "account:"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents are asked for. Times in ms UTC; `before` is where the last page ended."""

    status: str | None = None
    scenario: str | None = None
    site_id: str | None = None
    device_id: str | None = None
    since: int | None = None
    before: tuple[int, str] | None = None
    is_open: bool | None = None
    is_late_first: bool = False
    limit: int = 50


def is_overdue(now_ms: int) -> ColumnElement[bool]:
    """Give the condition for an incident in which somebody waits longer than was agreed."""
    columns = DEADLINE.c
    late = or_(columns.level > 0, columns.next_due_at <= now_ms)
    waits = and_(columns.incident_id == INCIDENT.c.incident_id, columns.next_due_at.is_not(None))
    return exists().where(waits, late)


def incidents(connection: Connection, actor: Actor, wanted: Wanted, now_ms: int) -> Rows:
    """List incidents, the newest first, with their place and whether they are overdue.

    Those overdue come before all others where `is_late_first`: no limit may cut them off.
    """
    columns = INCIDENT.c
    newest_first = (columns.opened_at.desc(), columns.incident_id.desc())
    late_first = (case((is_overdue(now_ms), 0), else_=1),) if wanted.is_late_first else ()
    query = (
        select(
            *(column for column in columns if column.name != "playbook"),
            SITE.c.name_zh.label("site_zh"),
            SITE.c.name_en.label("site_en"),
            is_overdue(now_ms).label("is_overdue"),
        )
        .join(SITE, SITE.c.site_id == columns.site_id)
        .where(may_know(actor), *_conditions(wanted))
        .order_by(*late_first, *newest_first)
        .limit(wanted.limit)
    )
    return _rows(connection, query)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = INCIDENT.c
    found = [
        columns[name] == value
        for name in ("status", "scenario", "site_id", "device_id")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.since is not None:
        found.append(columns.opened_at >= wanted.since)
    if wanted.is_open is not None:
        closed = columns.status == Status.CLOSED
        found += [IS_OPEN if wanted.is_open else closed, columns.merged_into.is_(None)]
    if wanted.before is not None:
        at, incident_id = wanted.before
        same = and_(columns.opened_at == at, columns.incident_id < incident_id)
        found.append(or_(columns.opened_at < at, same))
    return found


def incident(
    connection: Connection, actor: Actor, incident_id: str, now_ms: int
) -> dict[str, Any] | None:
    """Read an incident with its place; None when there is none, or none for this person."""
    query = (
        select(
            INCIDENT,
            SITE.c.name_zh.label("site_zh"),
            SITE.c.name_en.label("site_en"),
            is_overdue(now_ms).label("is_overdue"),
        )
        .join(SITE, SITE.c.site_id == INCIDENT.c.site_id)
        .where(INCIDENT.c.incident_id == incident_id, may_know(actor))
    )
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def tasks(connection: Connection, actor: Actor, incident_ids: Sequence[str]) -> Rows:
    """List the tasks of incidents with the names of their units, leads first."""
    query = (
        select(
            TASK,
            INCIDENT.c.scenario,
            ORG_UNIT.c.name_zh.label("unit_zh"),
            ORG_UNIT.c.name_en.label("unit_en"),
        )
        .join(INCIDENT, INCIDENT.c.incident_id == TASK.c.incident_id)
        .join(ORG_UNIT, ORG_UNIT.c.code == TASK.c.unit_code)
        .where(TASK.c.incident_id.in_(incident_ids), may_know(actor))
        .order_by(TASK.c.part.desc(), TASK.c.task_id)  # lead comes after joint by letter
    )
    return _rows(connection, query)


def waits(connection: Connection, actor: Actor, incident_id: str) -> Rows:
    """List what an incident's tasks are still waited for."""
    columns = DEADLINE.c
    query = _of(select(DEADLINE), columns.incident_id, actor, incident_id, Part.ENVELOPE)
    return _rows(connection, query.where(columns.next_due_at.is_not(None))
                 .order_by(columns.next_due_at))  # fmt: skip


def alerts(connection: Connection, actor: Actor, incident_id: str) -> Rows:
    """List the alerts that an incident is made of, the oldest first."""
    query = _of(select(ALERT), ALERT.c.incident_id, actor, incident_id, Part.SCENE)
    return _rows(connection, query.order_by(ALERT.c.id))


def timeline(connection: Connection, actor: Actor, incident_id: str) -> Rows:
    """List what happened, the oldest first, as far as it is this person's to read."""
    query = select(TIMELINE, INCIDENT.c.scenario)
    query = _of(query, TIMELINE.c.incident_id, actor, incident_id, Part.ENVELOPE)
    known = parts(connection, actor, incident_id)
    rows = _rows(connection, query.order_by(TIMELINE.c.id))
    return [disclosure.line(row, known, actor, Scenario(row.pop("scenario"))) for row in rows]


def copies(connection: Connection, actor: Actor, incident_id: str) -> Rows:
    """List the units that may read along, and who did."""
    query = select(
        INCIDENT_COPY, ORG_UNIT.c.name_zh.label("unit_zh"), ORG_UNIT.c.name_en.label("unit_en")
    ).join(ORG_UNIT, ORG_UNIT.c.code == INCIDENT_COPY.c.unit_code)
    mine = _of(query, INCIDENT_COPY.c.incident_id, actor, incident_id, Part.ENVELOPE)
    return _rows(connection, mine.order_by(INCIDENT_COPY.c.unit_code))


def mark_read(connection: Connection, incident_id: str, actor: Actor, now_ms: int) -> bool:
    """Keep that a copied unit has looked for the first time."""
    columns = INCIDENT_COPY.c
    mine = and_(columns.incident_id == incident_id, columns.unit_code == actor.unit_code)
    first = INCIDENT_COPY.update().where(mine, columns.read_at.is_(None))
    return connection.execute(first.values(read_at=now_ms, read_by=actor.name)).rowcount > 0


def evidence(connection: Connection, actor: Actor, incident_id: str) -> Rows:
    """List pictures and clips; `received_at` is None for those still on their way."""
    query = _pictures(actor, incident_id)
    return _rows(connection, query.order_by(INCIDENT_EVIDENCE.c.added_at, EVIDENCE.c.sha256))


def evidence_of(
    connection: Connection, actor: Actor, incident_id: str, sha256: str
) -> dict[str, Any] | None:
    """Find one picture of an incident that this person may see."""
    found = _rows(connection, _pictures(actor, incident_id).where(EVIDENCE.c.sha256 == sha256))
    return found[0] if found else None


def notifications(
    connection: Connection, actor: Actor, incident_id: str | None, limit: int = 200
) -> Rows:
    """List who was told, the first told first for one incident, else the newest.

    Words, addresses and the provider's answer only where they are this person's to read.
    """
    columns, carrier = NOTIFICATION.c, NOTIFICATION.alias("carrier")
    sees = {part: may_know(actor, part).label(f"knows_{part}") for part in _OF_LETTERS}
    query = (
        select(
            NOTIFICATION,
            carrier.c.state.label("bundle_state"),
            carrier.c.sent_at.label("bundle_sent_at"),
            *sees.values(),
        )
        .join(INCIDENT, INCIDENT.c.incident_id == columns.incident_id)
        .outerjoin(carrier, carrier.c.notification_id == columns.bundle_id)
        .where(may_know(actor, Part.TOLD))
        .limit(limit)
    )
    if incident_id is None:
        query = query.order_by(columns.created_at.desc())
    else:
        of_one = query.where(columns.incident_id == incident_id)
        query = of_one.order_by(columns.created_at, columns.notification_id)
    return [_letter(row) for row in _rows(connection, query)]


_OF_LETTERS = (Part.ADDRESSES, Part.PUPILS)


def _letter(row: dict[str, Any]) -> dict[str, Any]:
    known = frozenset(part for part in _OF_LETTERS if row.pop(f"knows_{part}"))
    return disclosure.letter(row, known)


def names(connection: Connection, recipients: Collection[str]) -> dict[str, str]:
    """Give the names of those recipients who are people, by what a notification calls them."""
    usernames = [one.removeprefix(PERSON) for one in recipients if one.startswith(PERSON)]
    query = select(ACCOUNT.c.username, ACCOUNT.c.name).where(ACCOUNT.c.username.in_(usernames))
    found = {f"{PERSON}{row.username}": row.name for row in connection.execute(query)}
    return found | contacts.names(connection, recipients)


def units(connection: Connection) -> Rows:
    """List the units, for names and for a transfer."""
    return _rows(connection, select(ORG_UNIT).order_by(ORG_UNIT.c.kind, ORG_UNIT.c.code))


def _of(
    query: Select[Any], key: ColumnElement[str], actor: Actor, incident_id: str, part: Part
) -> Select[Any]:
    """Narrow a query of what belongs to incidents to one, as far as it is somebody's to know."""
    joined = query.join(INCIDENT, INCIDENT.c.incident_id == key)
    return joined.where(INCIDENT.c.incident_id == incident_id, may_know(actor, part))


def _pictures(actor: Actor, incident_id: str) -> Select[Any]:
    query = select(EVIDENCE).join(
        INCIDENT_EVIDENCE, INCIDENT_EVIDENCE.c.sha256 == EVIDENCE.c.sha256
    )
    return _of(query, INCIDENT_EVIDENCE.c.incident_id, actor, incident_id, Part.PICTURES)


def _rows(connection: Connection, query: Select[Any]) -> Rows:
    return [dict(row) for row in connection.execute(query).mappings()]
