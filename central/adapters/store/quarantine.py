"""Where a message goes that cannot be taken: kept for a person to look at, and counted."""

from sqlalchemy import Connection, delete, func, insert, select, update

from central.adapters.store.schema.quarantine import QUARANTINE_COUNT
from central.adapters.store.tables import QUARANTINE
from contract.reading import Reason

HEAD_BYTES = 4096
MOST_ROWS = 5000
"""A hostile device fills this much and no more; the counts go on."""


def put_aside(  # noqa: PLR0913 - a row is said in one sentence
    connection: Connection,
    topic: str,
    payload: bytes,
    reason: Reason,
    detail: str,
    at_ms: int,
    *,
    most_rows: int = MOST_ROWS,
) -> None:
    """Keep the beginning of a message with the reason, and count it."""
    row = insert(QUARANTINE).values(
        received_at=at_ms,
        topic=_storable(topic)[:300],
        reason=reason.value,
        detail=_storable(detail)[:500],
        size_bytes=len(payload),
        head=payload[:HEAD_BYTES],
    )
    newest = connection.execute(row.returning(QUARANTINE.c.id)).scalar_one()
    connection.execute(delete(QUARANTINE).where(QUARANTINE.c.id <= newest - most_rows))
    one_more = update(QUARANTINE_COUNT).where(QUARANTINE_COUNT.c.reason == reason.value)
    done = connection.execute(one_more.values(count=QUARANTINE_COUNT.c.count + 1))
    if done.rowcount == 0:
        connection.execute(insert(QUARANTINE_COUNT).values(reason=reason.value, count=1))


def counts(connection: Connection) -> dict[str, int]:
    """Tell how many messages were ever put aside, by reason."""
    found = connection.execute(select(QUARANTINE_COUNT.c.reason, QUARANTINE_COUNT.c.count))
    return {str(reason): int(count) for reason, count in found}


def kept(connection: Connection) -> int:
    """Tell how many are there to look at."""
    return int(connection.execute(select(func.count()).select_from(QUARANTINE)).scalar_one())


def _storable(text: str) -> str:
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()
