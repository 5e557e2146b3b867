"""What people report: kept as it came, and found again by receipt, form or state."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, func, or_, select, update

from central.adapters.store.incidents import Place, place, upsert
from central.adapters.store.open_cases import IS_OPEN
from central.adapters.store.schema.reporting import REPORT, REPORT_COUNT
from central.adapters.store.tables import EVIDENCE, INCIDENT, SITE, TASK
from central.core.kinds import AnyKind
from central.core.reporting import OpenMatter
from central.core.workflow import Status
from contract.scenarios import Scenario

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS


def site(connection: Connection, site_id: str) -> Place | None:
    """Read the place of a QR code, which anybody may know."""
    return place(connection, site_id)


def digest_of(said: Mapping[str, Any]) -> str:
    """Name what a report says, to tell a repeat from another."""
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def count(connection: Connection, scope: str, mark: str, span_ms: int, now_ms: int) -> int:
    """Count one more in this span of time, and give how many came before it."""
    begins_at = now_ms - now_ms % span_ms
    one = upsert(connection)(REPORT_COUNT).values(
        scope=scope, mark=mark, begins_at=begins_at, times=1
    )
    one = one.on_conflict_do_update(
        index_elements=["scope", "mark", "begins_at"], set_={"times": REPORT_COUNT.c.times + 1}
    ).returning(REPORT_COUNT.c.times)
    return int(connection.execute(one).scalar_one()) - 1


def counted(connection: Connection, scope: str, mark: str, span_ms: int, now_ms: int) -> int:
    """Give how many were counted in this span of time."""
    columns = REPORT_COUNT.c
    mine = and_(columns.scope == scope, columns.mark == mark,
                columns.begins_at == now_ms - now_ms % span_ms)  # fmt: skip
    found = connection.execute(select(columns.times).where(mine)).scalar_one_or_none()
    return int(found or 0)


def prune_counts(connection: Connection, before_ms: int) -> int:
    """Forget what was counted before."""
    old = delete(REPORT_COUNT).where(REPORT_COUNT.c.begins_at < before_ms)
    return connection.execute(old).rowcount


def insert(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep a report."""
    connection.execute(REPORT.insert().values(**row))


def change(connection: Connection, report_id: str, **values: Any) -> None:
    """Change a report."""
    connection.execute(update(REPORT).where(REPORT.c.report_id == report_id).values(**values))


def of_form(connection: Connection, form_id: str) -> RowMapping | None:
    """Find the report that a form has already become."""
    return connection.execute(select(REPORT).where(REPORT.c.form_id == form_id)).mappings().first()


def hold(connection: Connection, report_id: str) -> RowMapping | None:
    """Read a report and keep others from changing it until the transaction ends."""
    query = select(REPORT).where(REPORT.c.report_id == report_id).with_for_update()
    return connection.execute(query).mappings().first()


def of_receipt(connection: Connection, receipt: str) -> RowMapping | None:
    """Find where a report stands by its receipt."""
    query = (
        select(
            REPORT.c.state, REPORT.c.received_at, REPORT.c.kind, INCIDENT.c.status,
            INCIDENT.c.is_false_alarm, SITE.c.name_zh.label("site_zh"),
            SITE.c.name_en.label("site_en"),
        )
        .join(SITE, SITE.c.site_id == REPORT.c.site_id)
        .outerjoin(INCIDENT, INCIDENT.c.incident_id == REPORT.c.incident_id)
        .where(REPORT.c.receipt == receipt)
    )  # fmt: skip
    return connection.execute(query).mappings().first()


def listed(connection: Connection, *, is_held: bool, limit: int) -> list[dict[str, Any]]:
    """List what anybody reported: held ones the oldest first, others the newest first."""
    query = (
        select(REPORT, SITE.c.name_zh.label("site_zh"), SITE.c.name_en.label("site_en"),
               INCIDENT.c.number, INCIDENT.c.status)
        .join(SITE, SITE.c.site_id == REPORT.c.site_id)
        .outerjoin(INCIDENT, INCIDENT.c.incident_id == REPORT.c.incident_id)
        .where(REPORT.c.source == "public", (REPORT.c.state == "held") == is_held)
        .order_by(REPORT.c.received_at if is_held else REPORT.c.received_at.desc())
        .limit(limit)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def count_held(connection: Connection) -> int:
    """Count the reports that wait for a person."""
    query = select(func.count()).select_from(REPORT).where(REPORT.c.state == "held")
    return int(connection.execute(query).scalar_one())


def open_near(
    connection: Connection, scenario: Scenario | None, kind: AnyKind, site_id: str | None
) -> list[OpenMatter]:
    """List the cases of a kind that people brought and that are not closed, the newest first."""
    chosen = [
        INCIDENT.c.kind == kind.value,
        IS_OPEN,
        INCIDENT.c.is_drill.is_(False),
        INCIDENT.c.device_id.is_(None),
        TASK.c.part == "lead",
    ]
    if scenario is not None:
        chosen.append(INCIDENT.c.scenario == scenario.value)
    if site_id is not None:
        chosen.append(INCIDENT.c.site_id == site_id)
    query = (
        select(INCIDENT.c.incident_id, TASK.c.status, INCIDENT.c.merged_into,
               INCIDENT.c.last_alert_at)
        .join(TASK, TASK.c.incident_id == INCIDENT.c.incident_id)
        .where(*chosen)
        .order_by(INCIDENT.c.last_alert_at.desc())
    )  # fmt: skip
    return [
        OpenMatter(row.merged_into or row.incident_id, Status(row.status), row.last_alert_at)
        for row in connection.execute(query)
    ]


def keep_file(connection: Connection, file: Mapping[str, Any], now_ms: int) -> None:
    """Keep that a picture is here, before any case has it."""
    again = {"received_at": now_ms, "deleted_at": None}
    row = upsert(connection)(EVIDENCE).values({**file, **again})
    connection.execute(row.on_conflict_do_update(index_elements=["sha256"], set_=again))


def files(connection: Connection, names: list[str]) -> list[dict[str, Any]]:
    """Give what is known of pictures that are here."""
    columns = EVIDENCE.c
    query = select(columns.sha256, columns.media_type, columns.size_bytes, columns.device_id).where(
        columns.sha256.in_(names), columns.received_at.is_not(None), columns.deleted_at.is_(None)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def replies_due(connection: Connection, before_ms: int, limit: int) -> list[str]:
    """Name the reports whose number is not needed any more: their matter ended before."""
    columns = REPORT.c
    over = or_(
        and_(INCIDENT.c.status == Status.CLOSED, INCIDENT.c.closed_at < before_ms),
        and_(columns.state == "declined", columns.decided_at < before_ms),
    )
    query = (
        select(columns.report_id)
        .outerjoin(INCIDENT, INCIDENT.c.incident_id == columns.incident_id)
        .where(columns.reply.is_not(None), over)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
