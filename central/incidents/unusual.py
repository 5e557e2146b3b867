"""Unusual access: asked for, decided by a second person, ended; each time the DPO is told."""

from typing import Any

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.store import audit, incidents, unusual
from central.core import unusual as rules
from central.core.letters import Moment
from central.core.people import Actor
from central.core.refusals import (
    MissingNoteError,
    NotAllowedError,
    TooEarlyError,
    UnknownTaskError,
)
from central.core.unusual import ASKED_FOR_MS, HOUR_MS, LEAST_REASON, MOST_HOURS, MOST_REASON
from central.incidents.telling import Case, Round
from contract.scenarios import Scenario


def ask(
    connection: Connection, actor: Actor, number: str, reason: str, hours: int, now_ms: int
) -> str:
    """Ask to see a case by its number; give the request's id. Nothing is opened yet.

    Raises:
        NotAllowedError, MissingNoteError, UnknownTaskError, TooEarlyError: nothing was kept.
    """
    why = reason.strip()
    if actor.role not in rules.MAY_ASK:
        zh, en = "您的角色不能申请查阅事件", "your role works on no cases"
        raise NotAllowedError(zh, en)
    if not LEAST_REASON <= len(why) <= MOST_REASON:
        zh = f"请写明理由，{LEAST_REASON} 到 {MOST_REASON} 个字"
        raise MissingNoteError(zh, f"please give a reason, {LEAST_REASON} to {MOST_REASON} signs")
    if not 1 <= hours <= MOST_HOURS:
        zh = f"时长应为 1 到 {MOST_HOURS} 小时"
        raise MissingNoteError(zh, f"for 1 to {MOST_HOURS} hours")
    found = unusual.incident_numbered(connection, number.strip())
    if found is None:
        zh, en = "没有这个编号的事件，请核对编号", "no incident has this number, please check it"
        raise UnknownTaskError(zh, en)
    if unusual.open_for(connection, actor.actor_id, found["incident_id"], now_ms):
        zh, en = "您已申请查阅这起事件", "you have asked for this incident already"
        raise TooEarlyError(zh, en)
    access_id = str(uuid7())
    unusual.put(connection, {
        "access_id": access_id, "incident_id": found["incident_id"], "asked_by": actor.actor_id,
        "asked_name": actor.name, "role": actor.role, "unit_code": actor.unit_code,
        "reason": why, "hours": hours, "asked_at": now_ms,
    })  # fmt: skip
    _record(connection, actor, "asked", found | {"access_id": access_id, "hours": hours}, now_ms)
    return access_id


def decide(
    connection: Connection, actor: Actor, access_id: str, now_ms: int, *, is_granted: bool
) -> None:
    """Grant or refuse, as the second person.

    Raises:
        UnknownTaskError, NotAllowedError, TooEarlyError: nothing was changed.
    """
    row = _held(connection, actor, access_id)
    if not rules.may_decide(actor, row["asked_by"], Scenario(row["scenario"])):
        zh = "须由另一人以本人账号审批：区管理员或个人信息保护负责人（心灵关爱：区心理专员）"
        en = "another person decides, signed in: administrator or DPO (mind care: psychologist)"
        raise NotAllowedError(zh, en)
    if row["is_granted"] is not None or row["ended_at"] is not None:
        zh, en = "这项申请已有结果", "this has been decided already"
        raise TooEarlyError(zh, en)
    if row["asked_at"] + ASKED_FOR_MS <= now_ms:
        zh, en = "申请已过期，请重新申请", "the request has lapsed, please ask again"
        raise TooEarlyError(zh, en)
    until_at = now_ms + row["hours"] * HOUR_MS if is_granted else None
    unusual.change(
        connection, access_id, is_granted=is_granted, decided_by=actor.actor_id,
        decided_name=actor.name, decided_at=now_ms, until_at=until_at,
    )  # fmt: skip
    _record(connection, actor, "granted" if is_granted else "refused", row, now_ms)


def end(connection: Connection, actor: Actor, access_id: str, now_ms: int) -> None:
    """End it before its time, or take the request back.

    Raises:
        UnknownTaskError, NotAllowedError, TooEarlyError: nothing was changed.
    """
    row = _held(connection, actor, access_id)
    if not rules.may_end(actor, row["asked_by"], Scenario(row["scenario"])):
        zh, en = "您不能结束这项查阅", "not yours to end"
        raise NotAllowedError(zh, en)
    is_over = row["ended_at"] is not None or row["is_granted"] is False
    if is_over or (row["until_at"] or now_ms + 1) <= now_ms:
        zh, en = "这项查阅已结束", "this has ended already"
        raise TooEarlyError(zh, en)
    unusual.change(connection, access_id, ended_at=now_ms)
    _record(connection, actor, "ended", row, now_ms)


def _held(connection: Connection, actor: Actor, access_id: str) -> dict[str, Any]:
    row = unusual.hold(connection, access_id)
    is_theirs = row is not None and (
        actor.role in rules.SEES_ALL
        or rules.may_read_reason(actor, row["asked_by"], Scenario(row["scenario"]))
    )
    if row is None or not is_theirs:
        zh, en = "没有这项申请", "there is no such request"
        raise UnknownTaskError(zh, en)
    return row


def _record(
    connection: Connection, actor: Actor, what: str, row: dict[str, Any], now_ms: int
) -> None:
    """Put it into the audit log and tell the data protection officers, in this transaction."""
    detail = {"access_id": row["access_id"], "hours": row["hours"]}
    if "asked_by" in row:
        detail["asked_by"] = row["asked_by"]
    audit.append(connection, now_ms, actor.actor_id, f"unusual.{what}", row["number"], detail)
    incident = incidents.read(connection, row["incident_id"])
    place = incidents.place(connection, incident.site_id) if incident else None
    if incident is None or place is None:
        return
    case = Case(incident, place)
    telling = Round(connection, case, now_ms)
    others = [one for one in unusual.officers(connection) if one.account_id != actor.actor_id]
    telling.tell_people(case.facts(Moment.UNUSUAL), "dpo", others)
    telling.end()
