"""Whom cases are about: kept by entry and pupil id, never by name."""

from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, literal, or_, select, update

from central.adapters.store.reach import may_know
from central.adapters.store.schema.pupils import PUPIL
from central.adapters.store.schema.subjects import INCIDENT_SUBJECT
from central.adapters.store.tables import ACCOUNT, INCIDENT, SITE
from central.core.people import Actor
from central.core.subjects import Certainty, Finding, How, Subject
from contract.scenarios import Scenario

_KEPT = tuple(column.name for column in INCIDENT_SUBJECT.c)


def of_incident(connection: Connection, incident_id: str) -> list[Subject]:
    """List whom a case is about, the first named first; those of cases merged into it too."""
    columns = INCIDENT_SUBJECT.c
    merged = select(INCIDENT.c.incident_id).where(INCIDENT.c.merged_into == incident_id)
    query = (
        select(
            INCIDENT_SUBJECT, PUPIL.c.unit_code, PUPIL.c.class_code, PUPIL.c.birth_year,
            PUPIL.c.withdrawn_at, ACCOUNT.c.unit_code.label("finder_unit"),
        )
        .outerjoin(PUPIL, PUPIL.c.pupil_id == columns.pupil_id)
        .outerjoin(ACCOUNT, columns.found_by == literal("account:") + ACCOUNT.c.username)
        .where(or_(columns.incident_id == incident_id, columns.incident_id.in_(merged)))
        .order_by(columns.subject_id)
    )  # fmt: skip
    return [_subject(row) for row in connection.execute(query)]


def insert(connection: Connection, subject: Subject) -> None:
    """Keep somebody new."""
    values = {name: getattr(subject, name) for name in _KEPT}
    connection.execute(INCIDENT_SUBJECT.insert().values(values))


def change(connection: Connection, subject_id: str, **values: Any) -> None:
    """Change what is known."""
    chosen = INCIDENT_SUBJECT.c.subject_id == subject_id
    connection.execute(update(INCIDENT_SUBJECT).where(chosen).values(**values))


def false_matches(connection: Connection, actor: Actor, since: int) -> list[dict[str, Any]]:
    """Count by device how many matches people have verified, and how many were somebody else.

    `lowest_right` and `highest_wrong` are similarities: what a threshold would have to part.
    """
    columns = INCIDENT_SUBJECT.c
    wrong = columns.certainty == Certainty.REJECTED
    right = columns.certainty == Certainty.CONFIRMED
    query = (
        select(
            INCIDENT.c.device_id,
            func.count().label("verified"),
            func.sum(case((wrong, 1), else_=0)).label("false_matches"),
            func.min(case((right, columns.similarity))).label("lowest_right"),
            func.max(case((wrong, columns.similarity))).label("highest_wrong"),
        )
        .join(INCIDENT, INCIDENT.c.incident_id == columns.incident_id)
        .where(
            columns.how == How.DEVICE_MATCH,
            columns.certainty != Certainty.HINT,
            columns.found_at >= since,
            INCIDENT.c.is_drill.is_(False),
            INCIDENT.c.device_id.is_not(None),
            may_know(actor),
        )
        .group_by(INCIDENT.c.device_id)
        .order_by(INCIDENT.c.device_id)
    )
    return [dict(row) | {"false_matches": int(row["false_matches"])}
            for row in connection.execute(query).mappings()]  # fmt: skip


def repeat_venues(
    connection: Connection, actor: Actor, since: int, least: int
) -> list[dict[str, Any]]:
    """List the venues in which minors were found in so many verified cases, the worst first."""
    verified = (
        select(INCIDENT_SUBJECT.c.incident_id)
        .where(INCIDENT_SUBJECT.c.certainty == Certainty.CONFIRMED)
        .distinct()
        .subquery()
    )
    count = func.count().label("verified_cases")
    query = (
        select(
            INCIDENT.c.site_id, SITE.c.name_zh, SITE.c.name_en, count,
            func.max(INCIDENT.c.occurred_at).label("last_at"),
        )
        .join(verified, verified.c.incident_id == INCIDENT.c.incident_id)
        .join(SITE, SITE.c.site_id == INCIDENT.c.site_id)
        .where(and_(
            INCIDENT.c.scenario == Scenario.VENUE_MINOR,
            INCIDENT.c.occurred_at >= since,
            INCIDENT.c.is_drill.is_(False),
            INCIDENT.c.is_false_alarm.is_(False),
            may_know(actor),
        ))
        .group_by(INCIDENT.c.site_id, SITE.c.name_zh, SITE.c.name_en)
        .having(func.count() >= least)
        .order_by(count.desc(), INCIDENT.c.site_id)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def _subject(row: Row[Any]) -> Subject:
    kept = {name: getattr(row, name) for name in _KEPT}
    kept |= {
        "how": How(row.how),
        "certainty": Certainty(row.certainty),
        "finding": Finding(row.finding) if row.finding else None,
    }
    return Subject(
        **kept, unit_code=row.unit_code, class_code=row.class_code, birth_year=row.birth_year,
        is_erased=row.withdrawn_at is not None, finder_unit=row.finder_unit,
    )  # fmt: skip
