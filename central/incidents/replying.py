"""A number to answer to: locked when it comes, shown once, erased when the matter has ended."""

from sqlalchemy import Connection

from central.adapters.person_keys import KeyGoneError, PersonKeys, lock, unlock
from central.adapters.store import audit, reports
from central.adapters.store.engine import Store
from central.core.people import Actor
from central.core.refusals import TooEarlyError, UnknownReportError
from central.incidents.deciding import found, must_be_of_the_district
from central.incidents.hearing import Desk

MOST_AT_ONCE = 200


def locked(keys: PersonKeys, report_id: str, phone: str) -> bytes:
    """Lock a number under a key that is this report's own."""
    return lock(keys.of_or_new(report_id), phone.encode(), report_id)


def reveal(desk: Desk, keys: PersonKeys, actor: Actor, report_id: str) -> str:
    """Show the number to whoever answers: once, and kept in the audit log.

    Raises:
        NotAllowedError, UnknownReportError, TooEarlyError: it stays locked.
    """
    must_be_of_the_district(actor)
    row = found(desk, report_id)
    if row["reply"] is None:
        zh, en = "没有留电话，或已按期删除", "no number was left, or it has been erased"
        raise UnknownReportError(zh, en)
    if row["reply_used_at"] is not None:
        zh, en = "电话已查看过一次，不能再看", "the number has been shown once: not again"
        raise TooEarlyError(zh, en)
    try:
        phone = unlock(keys.of(report_id), row["reply"], report_id).decode()
    except KeyGoneError:
        zh, en = "电话已按期删除", "the number has been erased"
        raise UnknownReportError(zh, en) from None
    reports.change(desk.connection, report_id, reply_used_at=desk.now_ms,
                   reply_used_by=actor.actor_id)  # fmt: skip
    audit.append(desk.connection, desk.now_ms, actor.actor_id, "report.reply", report_id)
    return phone


def erase_due(store: Store, keys: PersonKeys, before_ms: int, now_ms: int) -> int:
    """Erase the numbers of matters that ended before, and give how many."""
    with store.reading() as connection:
        due = reports.replies_due(connection, before_ms, MOST_AT_ONCE)
    for report_id in due:
        keys.destroy(report_id)
        with store.transaction() as connection:
            _forget(connection, report_id, now_ms)
    return len(due)


def _forget(connection: Connection, report_id: str, now_ms: int) -> None:
    reports.change(connection, report_id, reply=None, reply_erased_at=now_ms)
    audit.append(connection, now_ms, "central", "report.reply_erased", report_id)
