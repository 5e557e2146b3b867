"""A school's own plan is written: a new version, never over another's."""

from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters.store import audit, plans, tasks
from central.core.people import Actor
from central.core.plans import Plan, may_write
from central.core.refusals import NotAllowedError, OtherContentError, UnknownUnitError


@dataclass(frozen=True, slots=True)
class PlanWritten:
    """A version as somebody hands it in; `base` is the version that they had before them."""

    unit_code: str
    plan: Plan
    base: int
    note: str = ""


def write_plan(connection: Connection, actor: Actor, written: PlanWritten, now_ms: int) -> int:
    """Keep a new version and give its number.

    Raises:
        UnknownUnitError, NotAllowedError, OtherContentError: nothing was kept.
    """
    code = written.unit_code
    if tasks.unit(connection, code) is None or not code.startswith("school:"):
        zh, en = f"没有学校 {code!r}", f"there is no school {code!r}"
        raise UnknownUnitError(zh, en)
    if not may_write(actor, code, plans.stations(connection, code)):
        zh = "一校一策由学校、属地派出所、公安分局和区级编写"
        raise NotAllowedError(zh, "the school, its station, the police and the district write it")
    newest = plans.newest_version(connection, code)
    if written.base != newest:
        zh = f"他人已更新到第 {newest} 版，请在其基础上修改"
        raise OtherContentError(zh, f"there is a version {newest} by now: work on that one")
    plans.add(connection, {
        "unit_code": code, "version": newest + 1, "body": written.plan.model_dump(mode="json"),
        "note": written.note[:500], "created_at": now_ms, "created_by": actor.actor_id,
        "created_by_name": actor.name,
    })  # fmt: skip
    audit.append(connection, now_ms, actor.actor_id, "plan.write", f"{code} v{newest + 1}")
    return newest + 1
