"""Who is enrolled, on what ground, until when; the likeness is a locked box here."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    delete,
    false,
    insert,
    or_,
    select,
    true,
    update,
)

from central.adapters.store.tables import ENROLMENT, ENROLMENT_SITE, SITE
from central.core.enrolment import may_see
from central.core.people import Actor
from contract.gallery import EntryKind

SHOWN = [column for column in ENROLMENT.c if column.name != "likeness"]
_KINDS: tuple[EntryKind, ...] = ("pupil", "watchlist")


def found(connection: Connection, entry_id: str) -> RowMapping | None:
    """Give an enrolment with its locked likeness; on PostgreSQL nobody else may change it now."""
    chosen = select(ENROLMENT).where(ENROLMENT.c.entry_id == entry_id)
    if connection.info.get("writes"):
        chosen = chosen.with_for_update()
    return connection.execute(chosen).mappings().first()


def several(connection: Connection, entry_ids: Sequence[str], now_ms: int) -> list[RowMapping]:
    """Give those of the entries that may be delivered now."""
    chosen = select(ENROLMENT).where(ENROLMENT.c.entry_id.in_(entry_ids), is_alive(now_ms))
    return list(connection.execute(chosen.order_by(ENROLMENT.c.entry_id)).mappings())


def shown(
    connection: Connection, actor: Actor, *, limit: int, after: str = "", unit_code: str = ""
) -> list[dict[str, Any]]:
    """List what somebody may see, by id, without any likeness."""
    chosen = select(*SHOWN).where(_theirs(actor), ENROLMENT.c.entry_id > after)
    if unit_code:
        chosen = chosen.where(ENROLMENT.c.unit_code == unit_code)
    rows = connection.execute(chosen.order_by(ENROLMENT.c.entry_id).limit(limit)).mappings()
    return [dict(row) for row in rows]


def put(connection: Connection, row: Mapping[str, Any], site_ids: Collection[str]) -> None:
    """Add an enrolment, or replace a living one of the same id, with the places beside its own."""
    entry_id = row["entry_id"]
    if found(connection, entry_id) is None:
        connection.execute(insert(ENROLMENT).values(**row))
    else:
        kept = {"created_at", "created_by", "entry_id"}
        changes = {name: value for name, value in row.items() if name not in kept}
        connection.execute(
            update(ENROLMENT).where(ENROLMENT.c.entry_id == entry_id).values(**changes)
        )
    connection.execute(delete(ENROLMENT_SITE).where(ENROLMENT_SITE.c.entry_id == entry_id))
    for site_id in sorted(set(site_ids)):
        connection.execute(insert(ENROLMENT_SITE).values(entry_id=entry_id, site_id=site_id))


def change(connection: Connection, entry_id: str, **values: Any) -> None:
    """Change columns of an enrolment."""
    connection.execute(update(ENROLMENT).where(ENROLMENT.c.entry_id == entry_id).values(**values))


def empty(connection: Connection, entry_id: str, by: str, now_ms: int) -> None:
    """Withdraw an enrolment: the likeness goes at once, its key right after."""
    connection.execute(
        update(ENROLMENT)
        .where(ENROLMENT.c.entry_id == entry_id)
        .values(likeness=None, withdrawn_at=now_ms, withdrawn_by=by, disposition=None)
    )


def key_destroyed(connection: Connection, entry_id: str, now_ms: int) -> bool:
    """Remember that a key is gone; tell whether it was not known before."""
    done = connection.execute(
        update(ENROLMENT)
        .where(ENROLMENT.c.entry_id == entry_id, ENROLMENT.c.key_destroyed_at.is_(None))
        .values(key_destroyed_at=now_ms)
    )
    return done.rowcount == 1


def keys_to_destroy(connection: Connection) -> list[RowMapping]:
    """List those that were withdrawn while their key still lies there."""
    chosen = select(*SHOWN).where(
        ENROLMENT.c.withdrawn_at.is_not(None), ENROLMENT.c.key_destroyed_at.is_(None)
    )
    return list(connection.execute(chosen).mappings())


def living(connection: Connection) -> list[str]:
    """List the ids of all that were not withdrawn."""
    query = select(ENROLMENT.c.entry_id).where(ENROLMENT.c.withdrawn_at.is_(None))
    return list(connection.execute(query).scalars())


def expired(connection: Connection, now_ms: int) -> list[str]:
    """List those whose time is over."""
    chosen = select(ENROLMENT.c.entry_id).where(
        ENROLMENT.c.withdrawn_at.is_(None), ENROLMENT.c.expires_at <= now_ms
    )
    return list(connection.execute(chosen).scalars())


def site_ids(connection: Connection, entry_id: str | None = None) -> list[str]:
    """List all places, or those that one entry names beside its own."""
    if entry_id is None:
        return list(connection.execute(select(SITE.c.site_id)).scalars())
    chosen = select(ENROLMENT_SITE.c.site_id).where(ENROLMENT_SITE.c.entry_id == entry_id)
    return sorted(connection.execute(chosen).scalars())


def is_alive(now_ms: int) -> ColumnElement[bool]:
    """Neither withdrawn nor expired."""
    return and_(ENROLMENT.c.withdrawn_at.is_(None), ENROLMENT.c.expires_at > now_ms)


def _theirs(actor: Actor) -> ColumnElement[bool]:
    """Put `may_see` into SQL: for each kind all, those of the own unit, or none."""
    return or_(false(), *(_of_kind(actor, kind) for kind in _KINDS))


def _of_kind(actor: Actor, kind: EntryKind) -> ColumnElement[bool]:
    is_kind = ENROLMENT.c.kind == kind
    if may_see(actor, kind, ""):
        return and_(is_kind, true())
    if may_see(actor, kind, actor.unit_code):
        return and_(is_kind, ENROLMENT.c.unit_code == actor.unit_code)
    return false()
