"""A disposition comes, changes or ends; what stood on it ends with it."""

from typing import Protocol

from sqlalchemy import Connection

from central.adapters.store import audit, dispositions
from central.core.dispositions import OldOrderError, Order
from central.core.local_time import to_ms

CENTRAL = "central:expiry"


class Forgets(Protocol):
    """Whoever keeps the watch list's likenesses."""

    def withdraw(
        self, connection: Connection, entry_id: str, by: str, now_ms: int, reason: str = ""
    ) -> list[str]: ...


def keep_order(
    connection: Connection, keeper: Forgets | None, order: Order, by: str, now_ms: int
) -> str:
    """Keep an order: `kept`, `unchanged` where it is here already, or `ended`.

    Raises:
        OldOrderError: a newer one is here, or it has ended.
    """
    before = dispositions.found(connection, order.disposition_id)
    issued = to_ms(order.issued_at)
    if before is not None:
        if issued == before["issued_at"]:
            return "unchanged"
        if issued < before["issued_at"] or before["ended_at"] is not None:
            zh = "已有更新的处置要求，或已结束：请以新的 disposition_id 或更晚的 issued_at 移交"
            raise OldOrderError(zh, "a newer one is here, or it has ended: issue it anew")
    dispositions.put(connection, order, now_ms)
    subject = f"disposition:{order.disposition_id}"
    detail = {"authority": order.authority, "expires_at": to_ms(order.expires_at)}
    audit.append(connection, now_ms, by, "disposition.put", subject, detail)
    if not order.is_ended:
        return "kept"
    _forget(connection, keeper, order.disposition_id, by, now_ms)
    return "ended"


def end_what_is_over(connection: Connection, keeper: Forgets | None, now_ms: int) -> int:
    """End all dispositions whose time has come; give how many."""
    over = dispositions.over(connection, now_ms)
    return sum(_forget(connection, keeper, one, CENTRAL, now_ms) for one in over)


def _forget(
    connection: Connection, keeper: Forgets | None, disposition_id: str, by: str, now_ms: int
) -> bool:
    is_new = dispositions.end(connection, disposition_id, now_ms)
    for entry_id in dispositions.entries_of(connection, disposition_id):
        if keeper is not None:
            keeper.withdraw(connection, entry_id, by, now_ms, "disposition over")
    if is_new:
        audit.append(connection, now_ms, by, "disposition.ended", f"disposition:{disposition_id}")
    return is_new
