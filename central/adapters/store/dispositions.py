"""Dispositions: kept while they hold, ended by their authority or by time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.dispositions import DISPOSITION
from central.adapters.store.tables import ENROLMENT
from central.core.dispositions import Order
from central.core.local_time import to_ms


@dataclass(frozen=True, slots=True)
class Asked:
    """What a living disposition asks for."""

    disposition_id: str
    action: str
    urgency: str
    schools: tuple[str, ...] = ()


def found(connection: Connection, disposition_id: str) -> RowMapping | None:
    """Read a disposition; in a transaction that writes, nobody else may change it now."""
    query = select(DISPOSITION).where(DISPOSITION.c.disposition_id == disposition_id)
    if connection.info.get("writes"):
        query = query.with_for_update()
    return connection.execute(query).mappings().first()


def put(connection: Connection, order: Order, now_ms: int) -> None:
    """Keep an order, in place of an older one."""
    values = {
        "authority": order.authority, "action": order.action, "urgency": order.urgency,
        "approver": order.approver, "legal_basis": order.legal_basis, "category": order.category,
        "schools": list(order.schools), "issued_at": to_ms(order.issued_at),
        "expires_at": to_ms(order.expires_at), "received_at": now_ms,
        "ended_at": None,
    }  # fmt: skip
    statement = upsert(connection)(DISPOSITION).values(
        disposition_id=order.disposition_id, **values
    )
    connection.execute(
        statement.on_conflict_do_update(index_elements=["disposition_id"], set_=values)
    )


def shown(connection: Connection, *, after: str, limit: int) -> list[RowMapping]:
    """List dispositions by id."""
    query = select(DISPOSITION).where(DISPOSITION.c.disposition_id > after)
    ordered = query.order_by(DISPOSITION.c.disposition_id).limit(limit)
    return list(connection.execute(ordered).mappings())


def alive(connection: Connection, disposition_id: str, now_ms: int) -> Asked | None:
    """Give what a disposition asks for; None where it is unknown or over."""
    row = found(connection, disposition_id)
    if row is None or row["ended_at"] is not None or row["expires_at"] <= now_ms:
        return None
    return _asked(row)


def over(connection: Connection, now_ms: int) -> list[str]:
    """List those whose time has come and that nobody has ended yet."""
    columns = DISPOSITION.c
    query = select(columns.disposition_id).where(
        columns.ended_at.is_(None), columns.expires_at <= now_ms
    )
    return list(connection.execute(query).scalars())


def end(connection: Connection, disposition_id: str, now_ms: int) -> bool:
    """End a disposition: what was asked and why it may be is forgotten; False where it had ended.

    The row stays as the proof of when, and against an old order coming again.
    """
    mine = update(DISPOSITION).where(
        DISPOSITION.c.disposition_id == disposition_id, DISPOSITION.c.ended_at.is_(None)
    )
    emptied = {"ended_at": now_ms, "category": None, "action": "", "legal_basis": ""}
    return connection.execute(mine.values(**emptied)).rowcount == 1


def entries_of(connection: Connection, disposition_id: str) -> list[str]:
    """List the living watch-list entries that stand on a disposition."""
    return [
        row.entry_id
        for row in _watched(connection)
        if (row.disposition or {}).get("disposition_id") == disposition_id
    ]


def of_entries(
    connection: Connection, entry_ids: Sequence[str], now_ms: int
) -> dict[str, Asked | None]:
    """Give what is asked about each entry that is known; None for one that is over."""
    columns = ENROLMENT.c
    query = select(columns.entry_id, columns.disposition, columns.withdrawn_at, columns.expires_at)
    chosen = query.where(columns.kind == "watchlist", columns.entry_id.in_(entry_ids))
    return {
        row.entry_id: None
        if row.withdrawn_at is not None or row.expires_at <= now_ms
        else _of_entry(connection, row.disposition, now_ms)
        for row in connection.execute(chosen)
    }


def _of_entry(connection: Connection, said: dict[str, Any] | None, now_ms: int) -> Asked | None:
    if not said:
        return None
    newer = found(connection, said["disposition_id"])
    if newer is not None:
        return alive(connection, said["disposition_id"], now_ms)
    return Asked(said["disposition_id"], said["action"], said.get("urgency", "warning"))


def _watched(connection: Connection) -> Any:
    columns = ENROLMENT.c
    return connection.execute(
        select(columns.entry_id, columns.disposition)
        .where(columns.kind == "watchlist", columns.withdrawn_at.is_(None))
        .order_by(columns.entry_id)
    )


def _asked(row: RowMapping) -> Asked:
    return Asked(row["disposition_id"], row["action"], row["urgency"], tuple(row["schools"]))
