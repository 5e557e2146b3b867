"""What a year came to, for the compliance audit: counts by month, by role, the chain's seals."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, select

from central.adapters.store.schema.registry import BACKUP, CONSENT
from central.adapters.store.tables import ACCOUNT, API_TOKEN, AUDIT

Span = tuple[int, int]
"""From, until (left out), in ms UTC."""


def actions(connection: Connection, span: Span) -> dict[str, int]:
    """Count the audit log's entries of a span by action."""
    columns = AUDIT.c
    query = select(columns.action, func.count()).where(_within(span)).group_by(columns.action)
    return {str(action): int(count) for action, count in connection.execute(query)}


def looks_by_role(connection: Connection, span: Span) -> Counter[tuple[str, str]]:
    """Count who looked at what in a span, by role and action."""
    columns = AUDIT.c
    is_look = columns.action.like("look%") | columns.action.in_(
        ["pupil.opened", "pupil.named", "pupil.told", "care.read", "audit.export"]
    )
    query = select(columns.actor, columns.action, func.count()).where(_within(span), is_look)
    roles = _roles(connection)
    found: Counter[tuple[str, str]] = Counter()
    for actor, action, count in connection.execute(query.group_by(columns.actor, columns.action)):
        found[roles.get(str(actor), "machine"), str(action)] += int(count)
    return found


def seals(connection: Connection, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """Give for each span the first and the last entry of the chain, and its seal."""
    columns, found = AUDIT.c, []
    for span in spans:
        query = select(func.min(columns.id), func.max(columns.id), func.count())
        first, last, count = connection.execute(query.where(_within(span))).one()
        seal = None
        if last is not None:
            seal = connection.execute(select(columns.hash).where(columns.id == last)).scalar()
        found.append({"first": first, "last": last, "count": int(count), "hash": seal or ""})
    return found


def consents(connection: Connection, span: Span) -> dict[str, dict[str, int]]:
    """Count consents by thing: recorded and ended within a span, and living at its end."""
    columns, until = CONSENT.c, span[1]
    living = and_(columns.recorded_at < until, columns.expires_at > until,
                  columns.ended_at.is_(None) | (columns.ended_at >= until))  # fmt: skip
    conditions = {
        "recorded": and_(columns.recorded_at >= span[0], columns.recorded_at < until),
        "ended": and_(columns.ended_at >= span[0], columns.ended_at < until),
        "living": living,
    }
    found: dict[str, dict[str, int]] = {}
    for name, condition in conditions.items():
        query = select(columns.what, func.count()).where(condition).group_by(columns.what)
        for what, count in connection.execute(query):
            found.setdefault(str(what), dict.fromkeys(conditions, 0))[name] = int(count)
    return found


def backups(connection: Connection, span: Span) -> list[tuple[str, int, int]]:
    """Count backups, checks and drills of a span: how many ended well, how many did not."""
    columns = BACKUP.c
    within = and_(columns.began_at >= span[0], columns.began_at < span[1])
    query = select(columns.kind, func.count(), func.count(columns.trouble))
    query = query.where(within).group_by(columns.kind)
    return [(str(kind), int(count) - int(bad), int(bad))
            for kind, count, bad in connection.execute(query)]  # fmt: skip


def accounts(connection: Connection) -> list[tuple[str, int, int]]:
    """Count people by role: in use, closed."""
    columns = ACCOUNT.c
    found: dict[str, list[int]] = {}
    query = select(columns.role, columns.is_active, func.count())
    for role, active, count in connection.execute(query.group_by(columns.role, columns.is_active)):
        found.setdefault(str(role), [0, 0])[0 if active else 1] += int(count)
    return [(role, one[0], one[1]) for role, one in sorted(found.items())]


def _roles(connection: Connection) -> dict[str, str]:
    people = connection.execute(select(ACCOUNT.c.username, ACCOUNT.c.role))
    programs = connection.execute(select(API_TOKEN.c.name, API_TOKEN.c.role))
    return {f"account:{row.username}": row.role for row in people} | {
        f"token:{row.name}": row.role for row in programs
    }


def _within(span: Span) -> Any:
    return and_(AUDIT.c.at >= span[0], AUDIT.c.at < span[1])
