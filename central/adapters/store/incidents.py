"""Incidents, the places they happen at, and the alerts they are made of."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from central.adapters.store.tables import (
    ALERT,
    DEVICE,
    EVIDENCE,
    INCIDENT,
    INCIDENT_COPY,
    INCIDENT_COUNTER,
    INCIDENT_EVIDENCE,
    SITE,
)
from central.adapters.store.touched import touch
from central.core.access import HEALTH
from central.core.drills import DrillTells
from central.core.kinds import AnyKind, kind_of
from central.core.local_time import day_of, to_ms
from central.core.playbook import Playbook
from central.core.workflow import Status
from contract.messages import Alert
from contract.scenarios import Scenario, Severity


@dataclass(frozen=True, slots=True)
class Incident:
    """The kept case. Times in ms UTC; `occurred_at` is the earliest, `last_alert_at` the latest."""

    incident_id: str
    number: str
    scenario: Scenario
    kind: AnyKind
    severity: Severity
    status: Status
    site_id: str
    device_id: str | None
    camera_id: str | None
    zone_id: str | None
    occurred_at: int
    opened_at: int
    last_alert_at: int
    playbook: Playbook
    closed_at: int | None = None
    alert_count: int = 1
    is_late: bool = False
    is_false_alarm: bool = False
    false_alarm_label: str | None = None
    is_drill: bool = False
    instruction: str | None = None
    disposition_id: str | None = None
    drill_tells: DrillTells = "nobody"
    drill_waits: bool = False
    merged_into: str | None = None
    version: int = 1

    @property
    def has_clocks(self) -> bool:
        """Tell whether its deadlines run: those of a drill only where it was asked for."""
        return not self.is_drill or self.drill_waits


@dataclass(frozen=True, slots=True)
class Place:
    """A site, and the units that stand in a relation to it."""

    site_id: str
    name_zh: str
    name_en: str
    relations: dict[str, str]


def upsert(connection: Connection) -> Any:
    """Give the `insert` that knows `ON CONFLICT` in this database's dialect."""
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def read(connection: Connection, incident_id: str) -> Incident | None:
    """Read an incident."""
    row = connection.execute(_one(incident_id)).one_or_none()
    return _incident(row) if row else None


def mains(connection: Connection, incident_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Give of each incident the one that it was merged into, or itself, and its playbook's name."""
    columns = INCIDENT.c
    main = func.coalesce(columns.merged_into, columns.incident_id)
    query = select(columns.incident_id, main, columns.playbook["playbook"].as_string())
    rows = connection.execute(query.where(columns.incident_id.in_(incident_ids)))
    return {row[0]: (row[1], row[2]) for row in rows}


def hold(connection: Connection, incident_id: str, *, wait: bool = True) -> Incident | None:
    """Read an incident and keep others from changing it until the transaction ends.

    Every change of a case begins here, so that changes never wait for each other in a circle.
    `wait=False` gives None where somebody else holds it.
    """
    locked = _one(incident_id).with_for_update(key_share=True, skip_locked=not wait)
    row = connection.execute(locked).one_or_none()
    return _incident(row) if row else None


def insert(connection: Connection, incident: Incident) -> None:
    """Keep a new incident."""
    values = {name: getattr(incident, name) for name in Incident.__slots__}
    values["playbook"] = incident.playbook.model_dump(mode="json")
    values["life_safety"] = incident.playbook.life_safety
    connection.execute(INCIDENT.insert().values(values))
    touch(connection, incident.incident_id)


def change(connection: Connection, incident_id: str, **values: Any) -> None:
    """Change an incident and count the change."""
    query = update(INCIDENT).where(INCIDENT.c.incident_id == incident_id)
    connection.execute(query.values(version=INCIDENT.c.version + 1, **values))
    touch(connection, incident_id)


def mirror(connection: Connection, incident_id: str, **values: Any) -> None:
    """Let those that were merged into an incident stand where it stands."""
    query = update(INCIDENT).where(INCIDENT.c.merged_into == incident_id)
    connection.execute(query.values(version=INCIDENT.c.version + 1, **values))  # counts as one


def next_number(connection: Connection, now_ms: int) -> str:
    """Give the next number of the day, `HX20261123-0001`; no two transactions get the same."""
    day = day_of(now_ms)
    count = upsert(connection)(INCIDENT_COUNTER).values(day=day, last=1)
    count = count.on_conflict_do_update(
        index_elements=["day"], set_={"last": INCIDENT_COUNTER.c.last + 1}
    ).returning(INCIDENT_COUNTER.c.last)
    return f"HX{day}-{connection.execute(count).scalar_one():04d}"


def number_for(connection: Connection, scenario: Scenario, now_ms: int) -> str:
    """Give a new case its number; one about health gets none that can be counted or guessed.

    A gap in the day's numbers would tell those who may not know of it that there is one.
    """
    if scenario not in HEALTH:
        return next_number(connection, now_ms)
    return "XL" + "".join(secrets.choice(_UNMISTAKABLE) for _ in range(10))


_UNMISTAKABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def queue_up(connection: Connection) -> None:
    """Let one transaction at a time take alerts in, so that none opens what another just did."""
    if connection.dialect.name == "postgresql":  # SQLite's writer is alone already
        connection.execute(text("SELECT pg_advisory_xact_lock(4808802)"))


def site_of(connection: Connection, device_id: str) -> str | None:
    """Give the site of a device."""
    query = select(DEVICE.c.site_id).where(DEVICE.c.device_id == device_id)
    site_id: str | None = connection.execute(query).scalar_one_or_none()
    return site_id


def place(connection: Connection, site_id: str) -> Place | None:
    """Read a site."""
    row = connection.execute(select(SITE).where(SITE.c.site_id == site_id)).one_or_none()
    if row is None:
        return None
    return Place(row.site_id, row.name_zh, row.name_en or row.name_zh, dict(row.relations))


def incident_of_row(connection: Connection, device_id: str, seq: int) -> str | None:
    """Give the incident that already has this very message."""
    query = select(ALERT.c.incident_id).where(ALERT.c.device_id == device_id, ALERT.c.seq == seq)
    incident_id: str | None = connection.execute(query).scalar_one_or_none()
    return incident_id


def incident_of_alert(connection: Connection, device_id: str, alert_id: str) -> str | None:
    """Give the incident that has an earlier phase of this alert."""
    query = (
        select(ALERT.c.incident_id)
        .where(
            ALERT.c.device_id == device_id,
            ALERT.c.alert_id == alert_id,
            ALERT.c.incident_id.is_not(None),
        )
        .order_by(ALERT.c.id)
        .limit(1)
    )
    incident_id: str | None = connection.execute(query).scalar_one_or_none()
    return incident_id


def has_alert(connection: Connection, incident_id: str, alert_id: str) -> bool:
    """Tell whether an incident has a phase of this alert already."""
    query = select(ALERT.c.id).where(
        ALERT.c.incident_id == incident_id, ALERT.c.alert_id == alert_id
    )
    return connection.execute(query.limit(1)).first() is not None


def last_alert_id(connection: Connection, incident_id: str) -> str | None:
    """Give the newest alert of an incident."""
    query = (
        select(ALERT.c.alert_id)
        .where(ALERT.c.incident_id == incident_id)
        .order_by(ALERT.c.occurred_at.desc(), ALERT.c.id.desc())
        .limit(1)
    )
    alert_id: str | None = connection.execute(query).scalar_one_or_none()
    return alert_id


def bodies(connection: Connection, incident_id: str) -> list[dict[str, Any]]:
    """Give the messages of an incident as they came, oldest first."""
    query = select(ALERT.c.body).where(ALERT.c.incident_id == incident_id).order_by(ALERT.c.id)
    return [dict(body) for body in connection.execute(query).scalars()]


def keep_alert(connection: Connection, alert: Alert, incident_id: str, now_ms: int) -> None:
    """Keep the message as it came, and announce the evidence that will follow it."""
    connection.execute(
        ALERT.insert().values(
            device_id=alert.device_id,
            seq=alert.seq,
            alert_id=alert.alert_id,
            phase=alert.phase,
            kind=alert.kind,
            occurred_at=to_ms(alert.occurred_at),
            received_at=now_ms,
            is_late=alert.is_late,
            incident_id=incident_id,
            body=alert.model_dump(mode="json"),
        )
    )
    insert_new = upsert(connection)
    for ref in alert.evidence:
        file = {**ref.model_dump(), "device_id": alert.device_id}
        connection.execute(insert_new(EVIDENCE).values(file).on_conflict_do_nothing())
        link = {"incident_id": incident_id, "sha256": ref.sha256, "added_at": now_ms}
        connection.execute(insert_new(INCIDENT_EVIDENCE).values(link).on_conflict_do_nothing())


def pictures(connection: Connection, incident_id: str, names: Sequence[str]) -> set[str]:
    """Give those of the names whose file belongs to the incident and is here."""
    query = (
        select(EVIDENCE.c.sha256)
        .join(INCIDENT_EVIDENCE, INCIDENT_EVIDENCE.c.sha256 == EVIDENCE.c.sha256)
        .where(
            INCIDENT_EVIDENCE.c.incident_id == incident_id,
            EVIDENCE.c.sha256.in_(names),
            EVIDENCE.c.received_at.is_not(None),
            EVIDENCE.c.deleted_at.is_(None),
        )
    )
    return set(connection.execute(query).scalars())


def keep_picture(connection: Connection, incident_id: str, file: dict[str, Any], at: int) -> bool:
    """Put a picture that a person brought (`sha256, media_type, size_bytes, device_id`) to a case.

    `device_id` is then the person: `account:wang`. False: the case has it already.
    """
    insert_new = upsert(connection)
    again = {"received_at": at, "deleted_at": None}
    row = insert_new(EVIDENCE).values({**file, **again})
    connection.execute(row.on_conflict_do_update(index_elements=["sha256"], set_=again))
    link = {"incident_id": incident_id, "sha256": file["sha256"], "added_at": at}
    added = insert_new(INCIDENT_EVIDENCE).values(link).on_conflict_do_nothing()
    told = added.returning(INCIDENT_EVIDENCE.c.sha256)  # PostgreSQL counts no inserted rows for us
    return connection.execute(told).first() is not None


def count_pictures(connection: Connection, incident_id: str) -> int:
    """Count the files of an incident."""
    query = select(func.count()).where(INCIDENT_EVIDENCE.c.incident_id == incident_id)
    return int(connection.execute(query).scalar_one())


def copy_to(connection: Connection, incident_id: str, unit_code: str, now_ms: int) -> None:
    """Let a unit read the incident without a duty; a second copy changes nothing."""
    copy = {"incident_id": incident_id, "unit_code": unit_code, "copied_at": now_ms}
    connection.execute(upsert(connection)(INCIDENT_COPY).values(copy).on_conflict_do_nothing())
    touch(connection, incident_id)


def copied_to(connection: Connection, incident_id: str) -> set[str]:
    """Give the units that read an incident without a duty."""
    query = select(INCIDENT_COPY.c.unit_code).where(INCIDENT_COPY.c.incident_id == incident_id)
    return set(connection.execute(query).scalars())


def copy_no_more(connection: Connection, incident_id: str, units: Collection[str]) -> None:
    """Take copies back."""
    columns = INCIDENT_COPY.c
    chosen = and_(columns.incident_id == incident_id, columns.unit_code.in_(sorted(units)))
    connection.execute(delete(INCIDENT_COPY).where(chosen))
    touch(connection, incident_id)


def _one(incident_id: str) -> Select[Any]:
    return select(INCIDENT).where(INCIDENT.c.incident_id == incident_id)


def _incident(row: Row[Any]) -> Incident:
    values = {name: getattr(row, name) for name in Incident.__slots__}
    values |= {
        "scenario": Scenario(row.scenario),
        "kind": kind_of(row.kind),
        "severity": Severity(row.severity),
        "status": Status(row.status),
        "playbook": Playbook.model_validate(row.playbook),
    }
    return Incident(**values)
