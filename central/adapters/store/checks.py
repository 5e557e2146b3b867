"""What a look ahead has found, and what it last saw."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, select, text, update
from uuid_utils import uuid7

from central.adapters.store.incidents import Place, upsert
from central.adapters.store.schema.duty import ABSENCE, CHECKED, REACH_GAP, SHIFT
from central.adapters.store.schema.identity import CONTACT
from central.adapters.store.tables import ACCOUNT, SITE

Rows = list[dict[str, Any]]
_DECIDE = ("username", "role", "unit_code", "email", "phone", "zwdd_id", "is_active")
_KEY = ("playbook", "site_id", "place", "what_en")


def alone(connection: Connection) -> None:
    """Let one worker at a time look."""
    if connection.dialect.name == "postgresql":  # SQLite's writer is alone already
        connection.execute(text("SELECT pg_advisory_xact_lock(4808803)"))


def last(connection: Connection, name: str) -> tuple[str, int] | None:
    """Give what was seen at the last look, and when that was."""
    row = connection.execute(select(CHECKED).where(CHECKED.c.name == name)).one_or_none()
    return (row.fingerprint, row.at) if row else None


def put(connection: Connection, name: str, fingerprint: str, now_ms: int) -> None:
    """Keep what was seen."""
    seen = {"fingerprint": fingerprint, "at": now_ms}
    row = upsert(connection)(CHECKED).values(name=name, **seen)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=seen))


def state(connection: Connection) -> list[Any]:
    """Give all that decides who can be reached: people, places, rosters, absences."""
    of_account = select(*(ACCOUNT.c[name] for name in _DECIDE))
    people = connection.execute(of_account.order_by(ACCOUNT.c.username))
    sites = connection.execute(select(SITE.c.site_id, SITE.c.relations).order_by(SITE.c.site_id))
    shifts = connection.execute(select(SHIFT).order_by(SHIFT.c.shift_id))
    away = connection.execute(select(ABSENCE).order_by(ABSENCE.c.absence_id))
    others = connection.execute(select(CONTACT).order_by(CONTACT.c.contact_id))
    return [[list(row) for row in rows] for rows in (people, others, sites, shifts, away)]


def places(connection: Connection) -> list[Place]:
    """List all places."""
    return [
        Place(row.site_id, row.name_zh, row.name_en or row.name_zh, dict(row.relations))
        for row in connection.execute(select(SITE).order_by(SITE.c.site_id))
    ]


def keep(connection: Connection, found: Iterable[dict[str, Any]], now_ms: int) -> None:
    """Keep what was found: what is new begins now, what is no more ends now."""
    open_now = {tuple(row[name] for name in _KEY): row for row in _open(connection)}
    seen = {tuple(one[name] for name in _KEY): one for one in found}
    gone = sorted(row["gap_id"] for key, row in open_now.items() if key not in seen)
    for start in range(0, len(gone), 500):
        chosen = REACH_GAP.c.gap_id.in_(gone[start : start + 500])
        connection.execute(update(REACH_GAP).where(chosen).values(until=now_ms))
    new = [{**one, "gap_id": str(uuid7()), "since": now_ms}
           for key, one in seen.items() if key not in open_now]  # fmt: skip
    if new:
        connection.execute(REACH_GAP.insert(), new)


def told(connection: Connection, gap_ids: Collection[str], now_ms: int) -> None:
    """Keep that officers were told."""
    ids = sorted(gap_ids)
    for start in range(0, len(ids), 500):
        chosen = REACH_GAP.c.gap_id.in_(ids[start : start + 500])
        connection.execute(update(REACH_GAP).where(chosen).values(told_at=now_ms))


def open_findings(connection: Connection) -> Rows:
    """List what reaches nobody now, with the place's names."""
    query = (
        select(REACH_GAP, SITE.c.name_zh.label("site_zh"), SITE.c.name_en.label("site_en"))
        .join(SITE, SITE.c.site_id == REACH_GAP.c.site_id)
        .where(REACH_GAP.c.until.is_(None))
        .order_by(REACH_GAP.c.site_id, REACH_GAP.c.playbook, REACH_GAP.c.place)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def ended_findings(connection: Connection, limit: int = 100) -> Rows:
    """List what reached nobody for a time, the last mended first."""
    query = (
        select(REACH_GAP, SITE.c.name_zh.label("site_zh"), SITE.c.name_en.label("site_en"))
        .join(SITE, SITE.c.site_id == REACH_GAP.c.site_id)
        .where(REACH_GAP.c.until.is_not(None))
        .order_by(REACH_GAP.c.until.desc(), REACH_GAP.c.gap_id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _open(connection: Connection) -> Rows:
    query = select(REACH_GAP).where(REACH_GAP.c.until.is_(None))
    return [dict(row) for row in connection.execute(query).mappings()]
