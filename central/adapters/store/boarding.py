"""Boarders' last signs and leaves; of where anybody was before, nothing is ever listed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, func, or_, select, update

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.boarding import (
    BOARDING_LEAVE,
    BOARDING_SIGN,
    DOOR_CARD,
)
from central.adapters.store.schema.pupils import PUPIL
from central.core.presence import NOTHING_KNOWN, Presence, Sign, Source, presence
from contract.doors import Passage

_SIGN = BOARDING_SIGN.c
_LEAVE = BOARDING_LEAVE.c


@dataclass(frozen=True, slots=True)
class Origin:
    """Who saw it: a gateway, a program or a roll call, of one school."""

    name: str
    unit_code: str
    source: Source


@dataclass(frozen=True, slots=True)
class Whom:
    """Of whom a sign is: a pupil, or somebody `named` by what no pupil of the school has."""

    pupil_id: str | None = None
    named: str | None = None
    door_id: str = ""


def pupil_of(connection: Connection, unit_code: str, passage: Passage) -> str | None:
    """Give the pupil of the school whom a passage names; None where nobody fits exactly."""
    query = select(PUPIL.c.pupil_id).where(
        PUPIL.c.unit_code == unit_code, PUPIL.c.withdrawn_at.is_(None)
    )
    if passage.school_no is not None:
        query = query.where(PUPIL.c.school_no == passage.school_no)
    else:
        query = query.join(DOOR_CARD, DOOR_CARD.c.pupil_id == PUPIL.c.pupil_id)
        query = query.where(DOOR_CARD.c.card == passage.card)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def named(passage: Passage) -> str:
    """Give by what a passage names its pupil, for a school that does not know anybody so."""
    return f"no:{passage.school_no}" if passage.school_no else f"card:{passage.card}"


def keep(connection: Connection, origin: Origin, sign: Sign, whom: Whom, now_ms: int) -> bool:
    """Keep a sign; False where it is here already, whatever it says now."""
    row = {
        "origin": origin.name, "event_id": sign.event_id, "unit_code": origin.unit_code,
        "source": origin.source, "pupil_id": whom.pupil_id, "named": whom.named,
        "door_id": whom.door_id,
        "is_in": sign.is_in, "at": sign.at, "received_at": now_ms,
    }  # fmt: skip
    insert = upsert(connection)(BOARDING_SIGN).values(row).on_conflict_do_nothing()
    return connection.execute(insert.returning(_SIGN.id)).first() is not None


def adopt(connection: Connection, unit_code: str) -> None:
    """Give signs of nobody to the pupil who is on the roster by now, under exactly that number."""
    strangers = connection.execute(
        select(_SIGN.named).where(_SIGN.unit_code == unit_code, _SIGN.pupil_id.is_(None)).distinct()
    ).scalars()
    for name in [name for name in strangers if name]:
        kind, _, value = name.partition(":")
        passage = Passage.model_construct(
            school_no=value if kind == "no" else None, card=value if kind == "card" else None
        )
        pupil_id = pupil_of(connection, unit_code, passage)
        if pupil_id is not None:
            mine = and_(_SIGN.unit_code == unit_code, _SIGN.named == name,
                        _SIGN.pupil_id.is_(None))  # fmt: skip
            connection.execute(
                update(BOARDING_SIGN).where(mine).values(pupil_id=pupil_id, named=None)
            )


def where(connection: Connection, pupil_ids: Collection[str]) -> dict[str, Presence]:
    """Give where each pupil is by the last sign; only the last is read."""
    chosen = _SIGN.pupil_id.in_(sorted(pupil_ids))
    last = (
        select(_SIGN.pupil_id, func.max(_SIGN.at).label("at"))
        .where(chosen)
        .group_by(_SIGN.pupil_id)
        .subquery()
    )
    query = select(BOARDING_SIGN).join(
        last, and_(last.c.pupil_id == _SIGN.pupil_id, last.c.at == _SIGN.at)
    )
    signs: dict[str, list[Sign]] = {pupil_id: [] for pupil_id in pupil_ids}
    for row in connection.execute(query):
        signs[row.pupil_id].append(Sign(row.at, row.source, row.event_id, row.is_in))
    return {pupil_id: presence(found) if found else NOTHING_KNOWN
            for pupil_id, found in signs.items()}  # fmt: skip


def heard_at(connection: Connection, unit_code: str) -> int | None:
    """Give when a door of the school last said anything."""
    query = select(func.max(_SIGN.at)).where(_SIGN.unit_code == unit_code, _SIGN.source == "door")
    found: int | None = connection.execute(query).scalar()
    return found


def strangers(connection: Connection, unit_code: str) -> list[RowMapping]:
    """List by what doors named nobody of the roster, how often and when last."""
    query = (
        select(_SIGN.named, _SIGN.door_id, func.count().label("count"),
               func.max(_SIGN.at).label("last_at"))
        .where(_SIGN.unit_code == unit_code, _SIGN.pupil_id.is_(None))
        .group_by(_SIGN.named, _SIGN.door_id)
        .order_by(func.max(_SIGN.at).desc())
        .limit(500)
    )  # fmt: skip
    return list(connection.execute(query).mappings())


def put_card(connection: Connection, card: str, pupil_id: str) -> None:
    """Say whose a card is."""
    statement = upsert(connection)(DOOR_CARD).values(card=card, pupil_id=pupil_id)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["card"], set_={"pupil_id": pupil_id})
    )


def put_leave(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a leave."""
    connection.execute(BOARDING_LEAVE.insert().values(row))


def leave(connection: Connection, leave_id: str) -> RowMapping | None:
    """Read a leave."""
    query = select(BOARDING_LEAVE).where(_LEAVE.leave_id == leave_id)
    return connection.execute(query).mappings().first()


def withdraw_leave(connection: Connection, leave_id: str, by: str, now_ms: int) -> bool:
    """End a leave; False where it had ended."""
    mine = and_(_LEAVE.leave_id == leave_id, _LEAVE.withdrawn_at.is_(None))
    done = update(BOARDING_LEAVE).where(mine).values(withdrawn_at=now_ms, withdrawn_by=by)
    return connection.execute(done).rowcount == 1


def leaves(connection: Connection, unit_code: str, since: int) -> list[RowMapping]:
    """List a school's leaves that are not over yet, or ended after a time."""
    chosen = and_(_LEAVE.unit_code == unit_code, _LEAVE.to_at >= since,
                  _LEAVE.withdrawn_at.is_(None))  # fmt: skip
    query = select(BOARDING_LEAVE).where(chosen).order_by(_LEAVE.from_at, _LEAVE.leave_id)
    return list(connection.execute(query).mappings())


def on_leave(connection: Connection, unit_code: str, at: int) -> set[str]:
    """Give the pupils of a school who are on leave at a time."""
    chosen = and_(_LEAVE.unit_code == unit_code, _LEAVE.withdrawn_at.is_(None),
                  _LEAVE.from_at <= at, _LEAVE.to_at >= at)  # fmt: skip
    return set(connection.execute(select(_LEAVE.pupil_id).where(chosen)).scalars())


def prune(connection: Connection, before_ms: int) -> int:
    """Forget whereabouts and leaves that are older; give how many."""
    old = delete(BOARDING_SIGN).where(or_(_SIGN.received_at < before_ms, _SIGN.at < before_ms))
    gone = connection.execute(old).rowcount
    return (
        gone + connection.execute(delete(BOARDING_LEAVE).where(_LEAVE.to_at < before_ms)).rowcount
    )
