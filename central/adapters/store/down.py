"""What central wants to tell devices: written with the case, published by ingest."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, insert, select, update

from central.adapters.store.tables import DOWN_MESSAGE
from contract.messages import Receipt, Suggestion
from contract.topics import Down


def put_receipt(connection: Connection, device_id: str, receipt: Receipt, at_ms: int) -> None:
    """Queue a receipt for a device in the caller's transaction."""
    connection.execute(
        insert(DOWN_MESSAGE).values(
            device_id=device_id,
            leaf=Down.RECEIPT.value,
            body=receipt.model_dump_json(),
            created_at=at_ms,
        )
    )


def put_suggestion(connection: Connection, suggestion: Suggestion, at_ms: int) -> None:
    """Queue what a false alarm taught for a device, in the caller's transaction."""
    connection.execute(
        insert(DOWN_MESSAGE).values(
            device_id=suggestion.device_id,
            leaf=Down.SUGGESTION.value,
            body=suggestion.model_dump_json(),
            created_at=at_ms,
        )
    )


def put(connection: Connection, device_id: str, leaf: Down, body: str, at_ms: int) -> None:
    """Queue a message that is written already, in the caller's transaction."""
    row = {"device_id": device_id, "leaf": leaf.value, "body": body, "created_at": at_ms}
    connection.execute(insert(DOWN_MESSAGE).values(row))


def unpublished(connection: Connection, limit: int) -> Sequence[RowMapping]:
    """Give what has not reached the broker yet, oldest first."""
    waiting = select(DOWN_MESSAGE).where(DOWN_MESSAGE.c.published_at.is_(None))
    return connection.execute(waiting.order_by(DOWN_MESSAGE.c.id).limit(limit)).mappings().all()


def published(connection: Connection, ids: Sequence[int], at_ms: int) -> None:
    """Remember that the broker has them."""
    connection.execute(
        update(DOWN_MESSAGE).where(DOWN_MESSAGE.c.id.in_(ids)).values(published_at=at_ms)
    )
