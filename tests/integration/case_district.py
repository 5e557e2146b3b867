"""A small district for tests of the case: a pond, its town, school and station, and people."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from central.adapters.store import directory
from central.adapters.store.tables import INCIDENT, NOTIFICATION, TASK, TIMELINE
from central.core.labels import Label
from central.core.local_time import from_ms
from central.core.people import Actor, Role
from central.incidents import Step, take_alert, take_step
from contract.messages import Alert

NOON = 1_795_406_400_000  # 2026-11-23 12:00:00 in the district
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

DUTY = Actor("account:zhiban", "值班员 周宁", Role.DUTY_OFFICER, "edu")
ADMIN = Actor("account:guanli", "管理员 郑洁", Role.DISTRICT_ADMIN, "edu")
TOWN = Actor("account:zhenshui", "防溺水专管员 林涛", Role.WATER_WARDEN, "town:yuelin")
SCHOOL = Actor("account:anquan", "学校安全负责人 王敏", Role.SCHOOL_SAFETY_LEAD, "school:shiyan")
STATION = Actor("account:minjing", "民警 何军", Role.STATION_OFFICER, "station:yuelin")
AUDITOR = Actor("account:shenji", "审计员 方圆", Role.AUDITOR, "edu")
OTHER_TOWN = Actor("account:biechu", "防溺水专管员 孙立", Role.WATER_WARDEN, "town:jinping")
PEOPLE = (DUTY, ADMIN, TOWN, SCHOOL, STATION, AUDITOR, OTHER_TOWN)

UNITS = {
    "town:yuelin": ("岳林街道", "Yuelin"),
    "town:jinping": ("锦屏街道", "Jinping"),
    "school:shiyan": ("实验小学", "Shiyan Primary School"),
    "station:yuelin": ("岳林派出所", "Yuelin Police Station"),
}


def settle(connection: Connection, people: Sequence[Actor] = PEOPLE) -> None:
    """Fill an empty database."""
    directory.seed_departments(connection)
    for code, (name_zh, name_en) in UNITS.items():
        directory.add_unit(connection, code, name_zh, name_en)
    relations = {"town": "town:yuelin", "school": "school:shiyan", "station": "station:yuelin"}
    add_site(connection, "yuehu", "月湖", relations)
    add_site(connection, "bare", "无名水塘", {})
    for device_id, site_id in (("water-001", "yuehu"), ("water-002", "yuehu"), ("bare-1", "bare")):
        device = {"device_id": device_id, "site_id": site_id, "profile": "water", "created_at": 0}
        directory.add_device(connection, device)
    for actor in people:
        add_person(connection, actor)


def add_site(connection: Connection, site_id: str, name_zh: str, relations: dict[str, str]) -> None:
    site = {"site_id": site_id, "kind": "water", "name_zh": name_zh, "name_en": "",
            "relations": relations, "created_at": 0}  # fmt: skip
    directory.add_site(connection, site)


def add_person(connection: Connection, actor: Actor, email: str | None = "as named") -> None:
    username = actor.actor_id.removeprefix("account:")
    account = {
        "username": username,
        "name": actor.name,
        "password_hash": "",
        "role": actor.role,
        "unit_code": actor.unit_code,
        "email": f"{username}@demo.invalid" if email == "as named" else email,
        "created_at": 0,
    }
    directory.add_account(connection, account)


def an_alert(seq: int = 1, at_ms: int = NOON, **changes: Any) -> Alert:
    """Give an alert of the pond's device, each with its own `alert_id` unless one is given."""
    fields: dict[str, Any] = {
        "alert_id": f"alert-{changes.get('device_id', 'water-001')}-{seq}",
        "device_id": "water-001",
        "boot_id": "boot-1",
        "seq": seq,
        "scenario": "drowning_risk",
        "kind": "overstay",
        "severity": "warning",
        "occurred_at": from_ms(at_ms),
        "camera_id": "cam1",
        "zone_id": "edge",
        "dwell_s": 12.4,
        "people": 2,
    }
    return Alert(**fields | changes)


def a_late_alert(seq: int, now_ms: int, late: timedelta, **changes: Any) -> Alert:
    at_ms = now_ms - late // timedelta(milliseconds=1)
    return an_alert(seq, at_ms, is_late=True, **changes)


def open_one(connection: Connection, now_ms: int = NOON, seq: int = 1) -> str:
    """Open an incident at the pond and give its id."""
    return take_alert(connection, an_alert(seq, now_ms), now_ms).incident_id


def rows(connection: Connection, table: Table, **wanted: Any) -> list[dict[str, Any]]:
    query = select(table).order_by(*table.primary_key.columns)
    for name, value in wanted.items():
        query = query.where(table.c[name] == value)
    return [dict(row) for row in connection.execute(query).mappings()]


def task_of(connection: Connection, incident_id: str, unit_code: str) -> str:
    found = rows(connection, TASK, incident_id=incident_id, unit_code=unit_code)
    return str(found[0]["task_id"])


def incident(connection: Connection, incident_id: str) -> dict[str, Any]:
    return rows(connection, INCIDENT, incident_id=incident_id)[0]


def story(connection: Connection, incident_id: str) -> list[dict[str, Any]]:
    return rows(connection, TIMELINE, incident_id=incident_id)


def notices(connection: Connection, incident_id: str, **wanted: Any) -> list[dict[str, Any]]:
    return rows(connection, NOTIFICATION, incident_id=incident_id, **wanted)


def step(  # noqa: PLR0913 - a step is said in one sentence
    connection: Connection,
    actor: Actor,
    incident_id: str,
    wanted: Step,
    now_ms: int,
    *,
    unit: str | None = None,
    note: str = "已办",
    to_unit: str | None = None,
    label: Label | None = None,
) -> None:
    """Take a step on the task of a unit (the actor's own unless named)."""
    task_id = task_of(connection, incident_id, unit or actor.unit_code)
    take_step(
        connection, actor, incident_id, task_id, wanted, now_ms,
        note=note, to_unit=to_unit, label=label,
    )  # fmt: skip


def close_all(connection: Connection, incident_id: str, now_ms: int) -> None:
    """Play everybody's part until the incident is closed."""
    for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK):
        for actor in (TOWN, SCHOOL):
            step(connection, actor, incident_id, wanted, now_ms)
    for wanted in (Step.VERIFY, Step.CLOSE):
        for actor in (TOWN, SCHOOL):
            step(connection, DUTY, incident_id, wanted, now_ms, unit=actor.unit_code)
