"""What belongs together: the cases that an alert may belong to, and links between cases."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from uuid_utils import uuid7

from central.adapters.store.incidents import upsert
from central.adapters.store.open_cases import IS_OPEN
from central.adapters.store.schema.dispositions import SITE_POINT
from central.adapters.store.schema.linking import (
    INCIDENT_ENTRY,
    INCIDENT_LINK,
    NEIGHBOUR,
)
from central.adapters.store.tables import INCIDENT, TASK
from central.core.access import HEALTH
from central.core.correlation import Limits, OpenCase, Sign, Spot
from central.core.kinds import kind_of
from central.core.workflow import Status
from contract.scenarios import Scenario

MOST_CANDIDATES = 200
METRES_A_DEGREE = 111_000.0


@dataclass(frozen=True, slots=True)
class Link:
    """Two cases and what connects them. `incident_id` is the newer, or the one merged away."""

    incident_id: str
    other_id: str
    kind: str
    reason_zh: str
    reason_en: str
    at: int
    by: str
    rule: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    link_id: str = ""


def put(connection: Connection, *links: Link) -> list[str]:
    """Keep links, and give their ids."""
    rows = [
        {name: getattr(link, name) for name in Link.__slots__} | {"link_id": str(uuid7())}
        for link in links
    ]
    if rows:
        connection.execute(INCIDENT_LINK.insert().values(rows))
    return [row["link_id"] for row in rows]


def end(connection: Connection, link_ids: Iterable[str], by: str, now_ms: int) -> None:
    """End links: undone, taken up or dismissed."""
    chosen = and_(INCIDENT_LINK.c.link_id.in_(sorted(link_ids)), INCIDENT_LINK.c.ended_at.is_(None))
    connection.execute(update(INCIDENT_LINK).where(chosen).values(ended_at=now_ms, ended_by=by))


def of_case(connection: Connection, incident_id: str, kind: str) -> list[Link]:
    """List the links of a kind that go out from a case and hold, the oldest first."""
    return _links(connection, INCIDENT_LINK.c.incident_id == incident_id, kind)


def to_case(connection: Connection, incident_id: str, kind: str) -> list[Link]:
    """List the links of a kind that lead to a case and hold, the oldest first."""
    return _links(connection, INCIDENT_LINK.c.other_id == incident_id, kind)


def remember_before(connection: Connection, link_id: str, before: dict[str, Any]) -> None:
    """Keep anew what an undo would put back."""
    chosen = INCIDENT_LINK.c.link_id == link_id
    connection.execute(update(INCIDENT_LINK).where(chosen).values(before=before))


def _links(connection: Connection, which: ColumnElement[bool], kind: str) -> list[Link]:
    columns = INCIDENT_LINK.c
    query = select(INCIDENT_LINK).where(which, columns.kind == kind, columns.ended_at.is_(None))
    return [
        Link(**{name: getattr(row, name) for name in Link.__slots__})
        for row in connection.execute(query.order_by(columns.at, columns.link_id))
    ]


def keep_entries(connection: Connection, incident_id: str, entries: Iterable[str]) -> None:
    """Keep whom a case may be about, by opaque ids."""
    for entry_id in sorted(set(entries)):
        row = {"incident_id": incident_id, "entry_id": entry_id}
        connection.execute(upsert(connection)(INCIDENT_ENTRY).values(row).on_conflict_do_nothing())


def spot_of(connection: Connection, site_id: str) -> Spot | None:
    """Give where a place is, where that is known."""
    row = connection.execute(select(SITE_POINT).where(SITE_POINT.c.site_id == site_id)).first()
    return Spot(row.lat, row.lon) if row else None


def put_neighbours(connection: Connection, a: tuple[str, str], b: tuple[str, str]) -> None:
    """Keep that two cameras (device, camera) see the same ground; again changes nothing."""
    for one, other in ((a, b), (b, a)):
        row = {"device_id": one[0], "camera_id": one[1],
               "other_device_id": other[0], "other_camera_id": other[1]}  # fmt: skip
        connection.execute(upsert(connection)(NEIGHBOUR).values(row).on_conflict_do_nothing())


def drop_neighbours(connection: Connection, a: tuple[str, str], b: tuple[str, str]) -> None:
    """Forget that two cameras see the same ground."""
    columns = NEIGHBOUR.c
    for one, other in ((a, b), (b, a)):
        pair = and_(columns.device_id == one[0], columns.camera_id == one[1],
                    columns.other_device_id == other[0],
                    columns.other_camera_id == other[1])  # fmt: skip
        connection.execute(delete(NEIGHBOUR).where(pair))


def neighbours_at(connection: Connection, device_ids: Iterable[str]) -> list[tuple[str, str]]:
    """List the pairs of cameras that see the same ground, each once, as `device/camera`."""
    columns = NEIGHBOUR.c
    query = select(NEIGHBOUR).where(columns.device_id.in_(sorted(device_ids)))
    pairs = {
        tuple(sorted((f"{row.device_id}/{row.camera_id}",
                      f"{row.other_device_id}/{row.other_camera_id}")))
        for row in connection.execute(query)
    }  # fmt: skip
    return [(one, other) for one, other in sorted(pairs)]


def candidates(
    connection: Connection, sign: Sign, limits: Limits, *, is_drill: bool
) -> list[OpenCase]:
    """List the open cases that an alert may belong to, the newest first.

    A case that was merged away stands for the one that it was merged into: where that one's lead
    stands decides whether it takes more.
    """
    window = max(limits.within_s, limits.suggest_within_s) * 1000
    main = func.coalesce(INCIDENT.c.merged_into, INCIDENT.c.incident_id)
    query = (
        _signs()
        .add_columns(TASK.c.status.label("lead_status"))
        .join(TASK, TASK.c.incident_id == main)
        .where(
            TASK.c.part == "lead",
            IS_OPEN,
            INCIDENT.c.is_drill == is_drill,
            INCIDENT.c.scenario.not_in(sorted(HEALTH)),
            INCIDENT.c.occurred_at <= sign.at + window,
            INCIDENT.c.last_alert_at >= sign.at - window,
            _may_belong(sign, limits),
        )
        .order_by(INCIDENT.c.last_alert_at.desc(), INCIDENT.c.incident_id.desc())
        .limit(MOST_CANDIDATES)
    )
    near = _neighbours(connection, sign)
    return [_open_case(connection, row, sign, near) for row in connection.execute(query).all()]


def lately_closed(connection: Connection, sign: Sign, since: int) -> tuple[str, str] | None:
    """Give id and number of the last case of the same zone that was closed since a time."""
    columns = INCIDENT.c
    query = (
        select(columns.incident_id, columns.number)
        .where(
            columns.device_id == sign.device_id,
            columns.zone_id.is_not_distinct_from(sign.zone_id),
            columns.scenario == sign.scenario,
            columns.status == Status.CLOSED,
            columns.is_drill.is_(False),
            columns.closed_at >= since,
        )
        .order_by(columns.closed_at.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return (row.incident_id, row.number) if row else None


def _signs() -> Select[Any]:
    columns = INCIDENT.c
    return select(
        columns.incident_id, columns.scenario, columns.kind, columns.site_id, columns.device_id,
        columns.camera_id, columns.zone_id, columns.occurred_at, columns.last_alert_at,
        SITE_POINT.c.lat, SITE_POINT.c.lon,
    ).outerjoin(SITE_POINT, SITE_POINT.c.site_id == columns.site_id)  # fmt: skip


def _may_belong(sign: Sign, limits: Limits) -> ColumnElement[bool]:
    """Narrow down by what the database can look up quickly; the rules decide."""
    columns = INCIDENT.c
    ways: list[ColumnElement[bool]] = [columns.site_id == sign.site_id]
    if sign.entries:
        same = select(INCIDENT_ENTRY.c.incident_id).where(
            INCIDENT_ENTRY.c.entry_id.in_(sorted(sign.entries))
        )
        ways.append(columns.incident_id.in_(same))
    if sign.spot:
        high = limits.suggest_within_m / METRES_A_DEGREE
        wide = high / max(0.01, cos(radians(sign.spot.lat)))
        ways.append(and_(
            columns.scenario == sign.scenario,
            SITE_POINT.c.lat.between(sign.spot.lat - high, sign.spot.lat + high),
            SITE_POINT.c.lon.between(sign.spot.lon - wide, sign.spot.lon + wide),
        ))  # fmt: skip
    return or_(false(), *ways)


def _neighbours(connection: Connection, sign: Sign) -> set[tuple[str, str]]:
    columns = NEIGHBOUR.c
    query = select(columns.other_device_id, columns.other_camera_id).where(
        columns.device_id == sign.device_id, columns.camera_id == sign.camera_id
    )
    return {(row.other_device_id, row.other_camera_id) for row in connection.execute(query)}


def _open_case(
    connection: Connection, row: Row[Any], sign: Sign, near: set[tuple[str, str]]
) -> OpenCase:
    entries: frozenset[str] = frozenset()
    if sign.entries:
        query = select(INCIDENT_ENTRY.c.entry_id)
        mine = INCIDENT_ENTRY.c.incident_id == row.incident_id
        entries = frozenset(connection.execute(query.where(mine)).scalars())
    spot = Spot(row.lat, row.lon) if row.lat is not None else None
    seen = Sign(
        Scenario(row.scenario), kind_of(row.kind), row.site_id, row.occurred_at, row.device_id,
        row.camera_id, row.zone_id, entries, spot,
    )  # fmt: skip
    is_near = (row.device_id, row.camera_id) in near
    return OpenCase(
        row.incident_id, Status(row.lead_status), row.occurred_at, row.last_alert_at, seen,
        frozenset({sign.lens}) if is_near else frozenset(),
    )  # fmt: skip
