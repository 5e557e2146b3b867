"""The registry of consents: living ones by pupil, counts, and what has ended."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    case,
    func,
    insert,
    select,
    update,
)

from central.adapters.store.schema.pupils import PUPIL, PUPIL_ENTRY
from central.adapters.store.schema.registry import CONSENT
from central.adapters.store.tables import ENROLMENT
from central.core.consents import PURPOSE_OF, Consented, Kept


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep consents."""
    if rows:
        connection.execute(insert(CONSENT), [dict(row) for row in rows])


def is_living(now_ms: int) -> ColumnElement[bool]:
    """Neither ended nor over."""
    return and_(CONSENT.c.ended_at.is_(None), CONSENT.c.expires_at > now_ms)


def of_pupils(
    connection: Connection, pupil_ids: Collection[str], now_ms: int
) -> dict[tuple[str, Consented], RowMapping]:
    """Give the living consents of several pupils, the one that lasts longest for each thing."""
    query = select(CONSENT).where(CONSENT.c.pupil_id.in_(sorted(pupil_ids)), is_living(now_ms))
    rows = connection.execute(query.order_by(CONSENT.c.expires_at)).mappings()
    return {(row["pupil_id"], Consented(row["what"])): row for row in rows}


def history(connection: Connection, pupil_id: str) -> list[RowMapping]:
    """List all consents of a pupil, the newest first."""
    query = select(CONSENT).where(CONSENT.c.pupil_id == pupil_id)
    ordered = query.order_by(CONSENT.c.recorded_at.desc(), CONSENT.c.consent_id.desc())
    return list(connection.execute(ordered).mappings())


def found(connection: Connection, consent_id: str) -> RowMapping | None:
    """Give a consent, also one that has ended."""
    query = select(CONSENT).where(CONSENT.c.consent_id == consent_id)
    return connection.execute(query).mappings().first()


def by_number(connection: Connection, number: str, now_ms: int) -> RowMapping | None:
    """Find a living consent by its number."""
    query = select(CONSENT).where(CONSENT.c.number == number, is_living(now_ms))
    return connection.execute(query).mappings().first()


def kept(row: RowMapping) -> Kept:
    """Give of a consent what an enrolment asks after."""
    return Kept(row["number"], Consented(row["what"]), row["unit_code"], row["expires_at"])


def end(
    connection: Connection, consent_ids: Collection[str], by: str, now_ms: int, reason: str
) -> int:
    """End consents; give how many had not ended before."""
    mine = and_(CONSENT.c.consent_id.in_(sorted(consent_ids)), CONSENT.c.ended_at.is_(None))
    values = {"ended_at": now_ms, "ended_by": by, "end_reason": reason[:200]}
    return connection.execute(update(CONSENT).where(mine).values(values)).rowcount


def over(connection: Connection, now_ms: int, limit: int = 500) -> list[RowMapping]:
    """List those whose time has run out and that nobody has ended yet."""
    query = select(CONSENT).where(CONSENT.c.ended_at.is_(None), CONSENT.c.expires_at <= now_ms)
    return list(connection.execute(query.limit(limit)).mappings())


def entries_under(connection: Connection, pupil_id: str, what: Consented) -> list[str]:
    """List a pupil's living enrolments that a consent carries."""
    is_his = PUPIL_ENTRY.c.entry_id == ENROLMENT.c.entry_id
    query = (
        select(ENROLMENT.c.entry_id)
        .join(PUPIL_ENTRY, is_his)
        .where(PUPIL_ENTRY.c.pupil_id == pupil_id, ENROLMENT.c.withdrawn_at.is_(None))
    )
    if what is Consented.NAMED_ALOUD:
        query = query.where(ENROLMENT.c.may_be_named.is_(True))
    else:
        query = query.where(ENROLMENT.c.purpose == PURPOSE_OF[what].value)
    return sorted(connection.execute(query).scalars())


def keep_picture(connection: Connection, consent_id: str, sha256: str) -> None:
    """Say which picture shows the signed form."""
    mine = update(CONSENT).where(CONSENT.c.consent_id == consent_id)
    connection.execute(mine.values(picture_sha256=sha256))


def pictures_of_ended(connection: Connection, before_ms: int, limit: int = 200) -> list[RowMapping]:
    """List ended consents whose picture is still there."""
    query = select(CONSENT).where(
        CONSENT.c.ended_at < before_ms, CONSENT.c.picture_sha256.is_not(None)
    )
    return list(connection.execute(query.limit(limit)).mappings())


def forget_picture(connection: Connection, consent_id: str) -> None:
    """Say that a form's picture is gone."""
    mine = update(CONSENT).where(CONSENT.c.consent_id == consent_id)
    connection.execute(mine.values(picture_sha256=None))


def counts(
    connection: Connection, now_ms: int, soon_ms: int, unit_code: str | None = None
) -> dict[tuple[str, str], dict[str, int]]:
    """Count by school and thing: living, ending soon, with a picture of the form, ended."""
    columns = CONSENT.c
    living = is_living(now_ms)

    def counted(which: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((which, 1), else_=0)), 0)

    query = select(
        columns.unit_code, columns.what,
        counted(living).label("living"),
        counted(and_(living, columns.expires_at <= soon_ms)).label("soon"),
        counted(and_(living, columns.picture_sha256.is_not(None))).label("shown"),
        counted(columns.ended_at.is_not(None)).label("ended"),
    ).group_by(columns.unit_code, columns.what)  # fmt: skip
    if unit_code is not None:
        query = query.where(columns.unit_code == unit_code)
    return {
        (row.unit_code, row.what): {name: int(getattr(row, name))
                                    for name in ("living", "soon", "shown", "ended")}
        for row in connection.execute(query)
    }  # fmt: skip


def of_class(
    connection: Connection, unit_code: str, class_code: str, now_ms: int
) -> dict[str, set[Consented]]:
    """Give what of a class is agreed to, by pupil."""
    query = (
        select(CONSENT.c.pupil_id, CONSENT.c.what)
        .join(PUPIL, PUPIL.c.pupil_id == CONSENT.c.pupil_id)
        .where(PUPIL.c.unit_code == unit_code, PUPIL.c.class_code == class_code, is_living(now_ms))
    )
    found: dict[str, set[Consented]] = {}
    for row in connection.execute(query):
        found.setdefault(row.pupil_id, set()).add(Consented(row.what))
    return found
