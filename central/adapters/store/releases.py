"""Releases and their roll-outs: who is to have which, and how far each device has come."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from central.adapters.store.schema.releases import RELEASE, ROLLOUT, ROLLOUT_DEVICE
from central.adapters.store.tables import DEVICE, SITE
from central.core.rollouts import FAILED, NOT_BEGUN, ON_IT, ORDERED, PLANNED, Member, State
from contract.messages import UpdateReport

OPEN_STATES = (State.RUNNING.value, State.PAUSED.value)


def add(connection: Connection, row: dict[str, Any]) -> bool:
    """Keep a release; False where its version or its `seq` is taken."""
    columns = RELEASE.c
    taken = select(columns.version).where(
        (columns.version == row["version"]) | (columns.seq >= row["seq"])
    )
    if connection.execute(taken).first() is not None:
        return False
    connection.execute(insert(RELEASE).values(row))
    return True


def listed(connection: Connection) -> list[dict[str, Any]]:
    """List the releases, the newest first."""
    query = select(RELEASE).order_by(RELEASE.c.seq.desc())
    return [dict(row) for row in connection.execute(query).mappings()]


def found(connection: Connection, version: str) -> Row[Any] | None:
    """Give a release."""
    return connection.execute(select(RELEASE).where(RELEASE.c.version == version)).one_or_none()


def start(
    connection: Connection, row: dict[str, Any], members: Iterable[tuple[str, int]], now_ms: int
) -> None:
    """Begin a roll-out to these devices, each in its group."""
    connection.execute(insert(ROLLOUT).values(row))
    rows = [
        {"rollout_id": row["rollout_id"], "device_id": device_id, "step": step,
         "phase": PLANNED, "changed_at": now_ms}
        for device_id, step in members
    ]  # fmt: skip
    connection.execute(insert(ROLLOUT_DEVICE), rows)


def rollouts(connection: Connection, states: Sequence[str] = ()) -> list[dict[str, Any]]:
    """List roll-outs, the newest first; in these states, where any are named."""
    query = select(ROLLOUT, RELEASE.c.seq).join(RELEASE, RELEASE.c.version == ROLLOUT.c.version)
    if states:
        query = query.where(ROLLOUT.c.state.in_(states))
    query = query.order_by(ROLLOUT.c.started_at.desc(), ROLLOUT.c.rollout_id).limit(50)
    return [dict(row) for row in connection.execute(query).mappings()]


def held(connection: Connection, rollout_id: str) -> Row[Any] | None:
    """Give a roll-out, held until the transaction ends."""
    query = select(ROLLOUT).where(ROLLOUT.c.rollout_id == rollout_id)
    return connection.execute(query.with_for_update()).one_or_none()


def move(connection: Connection, rollout_id: str, state: State, why: str, now_ms: int) -> None:
    """Write where a roll-out stands."""
    changed = {"state": state.value, "why": why, "changed_at": now_ms}
    connection.execute(update(ROLLOUT).where(ROLLOUT.c.rollout_id == rollout_id).values(changed))


def forgive(connection: Connection, rollout_id: str) -> None:
    """Count those that have failed so far no more: whoever resumes has seen them."""
    columns = ROLLOUT_DEVICE.c
    mine = and_(columns.rollout_id == rollout_id, columns.phase.in_(FAILED))
    connection.execute(update(ROLLOUT_DEVICE).where(mine).values(is_forgiven=True))


def members(connection: Connection, rollout_id: str) -> list[Member]:
    """Give a roll-out's devices in order; revoked ones are waited for no more."""
    columns = ROLLOUT_DEVICE.c
    query = (
        select(
            columns.device_id,
            columns.step,
            columns.phase,
            columns.changed_at,
            columns.is_forgiven,
            DEVICE.c.is_online,
        )
        .join(DEVICE, DEVICE.c.device_id == columns.device_id)
        .where(columns.rollout_id == rollout_id, DEVICE.c.is_revoked.is_(False))
        .order_by(columns.step, columns.device_id)
    )
    return [
        Member(*one[:4], is_forgiven=one[4], is_away=not one[5])
        for one in connection.execute(query)
    ]


def shown(connection: Connection, rollout_id: str) -> list[dict[str, Any]]:
    """Give a roll-out's devices for a page."""
    columns = ROLLOUT_DEVICE.c
    query = (
        select(ROLLOUT_DEVICE, DEVICE.c.is_online, SITE.c.name_zh, SITE.c.name_en)
        .join(DEVICE, DEVICE.c.device_id == columns.device_id)
        .join(SITE, SITE.c.site_id == DEVICE.c.site_id)
        .where(columns.rollout_id == rollout_id)
        .order_by(columns.step, columns.device_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def order(connection: Connection, rollout_id: str, device_id: str, phase: str, now_ms: int) -> int:
    """Number a new order to a device, above all before; give the number."""
    columns = ROLLOUT_DEVICE.c
    newest = select(func.max(columns.order_no)).where(columns.device_id == device_id)
    number = max(now_ms, int(connection.execute(newest).scalar() or 0) + 1)
    values = {"phase": phase, "order_no": number, "code": "", "reason": "", "changed_at": now_ms,
              "sent_at": now_ms}  # fmt: skip
    mine = and_(columns.rollout_id == rollout_id, columns.device_id == device_id)
    connection.execute(update(ROLLOUT_DEVICE).where(mine).values(values))
    return number


def unheard(connection: Connection, now_ms: int, again_ms: int) -> list[Row[Any]]:
    """Give orders that a device which is there has not followed for so long, with the state."""
    columns = ROLLOUT_DEVICE.c
    is_taken_back = ROLLOUT.c.state == State.TAKEN_BACK.value
    waits = or_(
        and_(columns.phase == ORDERED, ~is_taken_back),
        and_(columns.phase.in_([*NOT_BEGUN, *ON_IT]), is_taken_back),
    )
    query = (
        select(columns.rollout_id, columns.device_id, columns.order_no, columns.phase,
               ROLLOUT.c.version, ROLLOUT.c.state)
        .join(ROLLOUT, ROLLOUT.c.rollout_id == columns.rollout_id)
        .join(DEVICE, DEVICE.c.device_id == columns.device_id)
        .where(waits, columns.sent_at < now_ms - again_ms, DEVICE.c.is_online)
    )  # fmt: skip
    return list(connection.execute(query))


def sent_again(connection: Connection, rollout_id: str, device_id: str, now_ms: int) -> None:
    """Remember that an order went out once more."""
    columns = ROLLOUT_DEVICE.c
    mine = and_(columns.rollout_id == rollout_id, columns.device_id == device_id)
    connection.execute(update(ROLLOUT_DEVICE).where(mine).values(sent_at=now_ms))


def heard(connection: Connection, device_id: str, report: UpdateReport, now_ms: int) -> bool:
    """Keep how far a device is with an order; True where it has come to another phase."""
    columns = ROLLOUT_DEVICE.c
    mine = and_(columns.device_id == device_id, columns.order_no == report.order)
    row = connection.execute(select(ROLLOUT_DEVICE).where(mine)).first()
    said = (report.phase, report.code, report.reason)
    if report.order == 0 or row is None or (row.phase, row.code, row.reason) == said:
        return False
    values: dict[str, Any] = {"phase": report.phase, "code": report.code, "reason": report.reason}
    if row.phase != report.phase:
        values["changed_at"] = now_ms
    connection.execute(update(ROLLOUT_DEVICE).where(mine).values(values))
    return bool(row.phase != report.phase)


def may_fetch(connection: Connection, device_id: str, sha256: str) -> bool:
    """Tell whether a device has been ordered to install the release of that bundle."""
    columns = ROLLOUT_DEVICE.c
    query = (
        select(columns.device_id)
        .join(ROLLOUT, ROLLOUT.c.rollout_id == columns.rollout_id)
        .join(RELEASE, RELEASE.c.version == ROLLOUT.c.version)
        .where(columns.device_id == device_id, RELEASE.c.sha256 == sha256)
        .where(columns.phase.in_([*NOT_BEGUN, "trial"]))
    )
    return connection.execute(query).first() is not None
