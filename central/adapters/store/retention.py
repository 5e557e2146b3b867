"""What is older than the district may keep it, and what remains of it: that it was deleted."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, delete, exists, func, or_, select, update

from central.adapters.store.tables import EVIDENCE, INCIDENT, INCIDENT_EVIDENCE, QUARANTINE
from central.core.workflow import Status


def evidence_due(connection: Connection, before_ms: int, limit: int) -> list[str]:
    """Name pictures and clips whose incidents were all closed before; of an open case none."""
    link, columns = INCIDENT_EVIDENCE.c, EVIDENCE.c
    still_needed = exists().where(
        link.sha256 == columns.sha256,
        link.incident_id == INCIDENT.c.incident_id,
        or_(
            INCIDENT.c.status != Status.CLOSED,
            INCIDENT.c.closed_at.is_(None),
            INCIDENT.c.closed_at >= before_ms,
        ),
    )
    query = (
        select(columns.sha256)
        .where(columns.deleted_at.is_(None), columns.received_at < before_ms, ~still_needed)
        .order_by(columns.received_at)
        .limit(limit)
    )
    return [str(name) for name in connection.execute(query).scalars()]


def mark_deleted(connection: Connection, sha256: str, at_ms: int) -> bool:
    """Write that a file ends now; False where another worker has."""
    mine = and_(EVIDENCE.c.sha256 == sha256, EVIDENCE.c.deleted_at.is_(None))
    return connection.execute(update(EVIDENCE).where(mine).values(deleted_at=at_ms)).rowcount == 1


def is_deleted(connection: Connection, sha256: str) -> bool:
    """Tell whether a file has ended, so that one that comes again is not kept again."""
    chosen = and_(EVIDENCE.c.sha256 == sha256, EVIDENCE.c.deleted_at.is_not(None))
    return connection.execute(select(EVIDENCE.c.sha256).where(chosen)).first() is not None


def kept_of(connection: Connection, names: Collection[str]) -> set[str]:
    """Give those of the files that are still wanted."""
    chosen = and_(EVIDENCE.c.sha256.in_(names), EVIDENCE.c.deleted_at.is_(None))
    return set(connection.execute(select(EVIDENCE.c.sha256).where(chosen)).scalars())


def quarantine_due(connection: Connection, before_ms: int) -> int:
    """Count what was put aside before."""
    query = select(func.count()).select_from(QUARANTINE)
    return int(connection.execute(query.where(QUARANTINE.c.received_at < before_ms)).scalar_one())


def prune_quarantine(connection: Connection, before_ms: int) -> int:
    """Delete what was put aside before; its counts stay."""
    old = delete(QUARANTINE).where(QUARANTINE.c.received_at < before_ms)
    return connection.execute(old).rowcount
