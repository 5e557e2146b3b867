"""`central.core.access` in SQL: the one condition for whatever is read of a case for somebody.

Every query of incidents, and of what belongs to them, on behalf of a person joins `INCIDENT` and
carries `may_know`.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Table,
    and_,
    false,
    literal,
    or_,
    select,
    true,
)

from central.adapters.store.schema.pupils import CLASS_TEACHER, PUPIL
from central.adapters.store.schema.subjects import INCIDENT_SUBJECT
from central.adapters.store.tables import INCIDENT, INCIDENT_COPY, ORG_UNIT, SITE, TASK
from central.core import access
from central.core.access import Case, Part, Standing
from central.core.people import Actor
from central.core.subjects import Certainty
from contract.scenarios import Scenario

_MATCHED = INCIDENT_SUBJECT.c
RELATIONS = ("town", "school", "station")


@lru_cache(maxsize=1024)
def may_know(actor: Actor, part: Part = Part.ENVELOPE) -> ColumnElement[bool]:
    """Give the condition for a part of an incident to be this person's to know: `access.knows`.

    Kept by who asks, with their role, unit and grants: whoever changes one of them is another.
    """
    found = [
        and_(_are(scenarios), _IS[standing](actor))
        for standing, scenarios in access.grounds(actor, part).items()
    ]
    return or_(false(), *found)


def parts(connection: Connection, actor: Actor, incident_id: str) -> frozenset[Part]:
    """Give the parts of an incident that somebody may know; none of one that is not theirs."""
    columns = [may_know(actor, part).label(part.value) for part in Part]
    row = connection.execute(select(*columns).where(INCIDENT.c.incident_id == incident_id)).first()
    return frozenset(part for part in Part if row is not None and getattr(row, part.value))


def allowed(connection: Connection, actor: Actor, incident_ids: Collection[str]) -> set[str]:
    """Give those of the incidents that somebody may know of."""
    query = select(INCIDENT.c.incident_id).where(INCIDENT.c.incident_id.in_(incident_ids))
    return set(connection.execute(query.where(may_know(actor))).scalars())


def cases(connection: Connection, incident_ids: Collection[str]) -> dict[str, Case]:
    """Give of incidents what decides who may see them: the same for everybody who asks."""
    tasks = _units_of(connection, TASK, incident_ids)
    copies = _units_of(connection, INCIDENT_COPY, incident_ids)
    named = _named(connection, incident_ids)
    teachers = _teachers(connection, incident_ids)
    query = (
        select(INCIDENT.c.incident_id, INCIDENT.c.scenario, SITE.c.kind, SITE.c.relations)
        .join(SITE, SITE.c.site_id == INCIDENT.c.site_id)
        .where(INCIDENT.c.incident_id.in_(incident_ids))
    )
    return {
        row.incident_id: Case(
            row.incident_id,
            Scenario(row.scenario),
            frozenset(tasks.get(row.incident_id, ())),
            frozenset(copies.get(row.incident_id, ())),
            row.relations.get("school") if row.kind == "gate" else None,
            row.incident_id not in named,
            frozenset(teachers.get(row.incident_id, ())),
        )
        for row in connection.execute(query)
    }


def _units_of(
    connection: Connection, table: Table, incident_ids: Collection[str]
) -> dict[str, set[str]]:
    columns, found = table.c, dict[str, set[str]]()
    query = select(columns.incident_id, columns.unit_code)
    for row in connection.execute(query.where(columns.incident_id.in_(incident_ids))):
        found.setdefault(row.incident_id, set()).add(row.unit_code)
    return found


def _named(connection: Connection, incident_ids: Collection[str]) -> set[str]:
    known = and_(_MATCHED.pupil_id.is_not(None), _MATCHED.certainty != Certainty.REJECTED)
    query = select(_MATCHED.incident_id).where(_MATCHED.incident_id.in_(incident_ids), known)
    return set(connection.execute(query).scalars())


def _teachers(
    connection: Connection, incident_ids: Collection[str]
) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    query = (
        select(_MATCHED.incident_id, CLASS_TEACHER.c.actor_id, PUPIL.c.unit_code)
        .join(INCIDENT, INCIDENT.c.incident_id == _MATCHED.incident_id)
        .join(PUPIL, PUPIL.c.pupil_id == _MATCHED.pupil_id)
        .join(CLASS_TEACHER, _same_class())
        .where(_MATCHED.incident_id.in_(incident_ids), _is_told_to_teachers())
    )
    for row in connection.execute(query):
        found.setdefault(row.incident_id, set()).add((row.actor_id, row.unit_code))
    return found


def _same_class() -> ColumnElement[bool]:
    return and_(
        PUPIL.c.unit_code == CLASS_TEACHER.c.unit_code,
        PUPIL.c.class_code == CLASS_TEACHER.c.class_code,
    )


def _is_told_to_teachers() -> ColumnElement[bool]:
    """In a venue only once a person has verified it; nobody is told of a child that it was not."""
    hint = and_(_MATCHED.certainty == Certainty.HINT, INCIDENT.c.scenario != Scenario.VENUE_MINOR)
    return or_(_MATCHED.certainty == Certainty.CONFIRMED, hint)


def may_know_site(actor: Actor) -> ColumnElement[bool]:
    """Give the condition for a place to be this person's to know."""
    kind = access.kind_of(actor.unit_code)
    if actor.role in access.SEES_ALL_SITES or kind == actor.unit_code:
        return true()
    return or_(*(SITE.c.relations[one].as_string() == actor.unit_code for one in RELATIONS))


def parents(connection: Connection) -> dict[str, str | None]:
    """Read the tree of units: each with the one above it."""
    rows = connection.execute(select(ORG_UNIT.c.code, ORG_UNIT.c.parent_code))
    return {row.code: row.parent_code for row in rows}


def _are(scenarios: frozenset[Scenario]) -> ColumnElement[bool]:
    return true() if scenarios == access.ALL else INCIDENT.c.scenario.in_(sorted(scenarios))


def _has_task(actor: Actor) -> ColumnElement[bool]:
    return _of_case(TASK, TASK.c.unit_code == actor.unit_code)


def _has_copy(actor: Actor) -> ColumnElement[bool]:
    return _of_case(INCIDENT_COPY, INCIDENT_COPY.c.unit_code == actor.unit_code)


def _is_above(actor: Actor) -> ColumnElement[bool]:
    return _of_case(TASK, TASK.c.unit_code.in_(below(actor.unit_code)))


def _of_case(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Give the condition that an incident has such a row, whatever the query around it reads.

    `OFFSET 0` keeps PostgreSQL from reading all rows of years for a hash where few cases are asked.
    """
    of_case = table.c.incident_id == INCIDENT.c.incident_id
    rows = select(literal(1)).select_from(table).where(of_case, condition).offset(0)
    return rows.correlate(INCIDENT).exists()


def below(unit_code: str) -> ScalarSelect[str]:
    """Give the units below one, all the way down; a circle ends by itself (UNION drops repeats)."""
    columns = ORG_UNIT.c
    tree = select(columns.code).where(columns.parent_code == unit_code).cte(recursive=True)
    further = select(columns.code).where(columns.parent_code == tree.c.code)
    tree = tree.union(further)
    return select(tree.c.code).where(tree.c.code != unit_code).scalar_subquery()


def _is_at_gate(actor: Actor) -> ColumnElement[bool]:
    own = and_(SITE.c.kind == "gate", SITE.c.relations["school"].as_string() == actor.unit_code)
    at = select(literal(1)).select_from(SITE).where(SITE.c.site_id == INCIDENT.c.site_id, own)
    return at.correlate(INCIDENT).exists()


def _teaches(actor: Actor) -> ColumnElement[bool]:
    """Give the condition that a case is about a pupil of a class that somebody teaches."""
    rows = (
        select(literal(1))
        .select_from(INCIDENT_SUBJECT)
        .join(PUPIL, PUPIL.c.pupil_id == _MATCHED.pupil_id)
        .join(CLASS_TEACHER, _same_class())
        .where(
            _MATCHED.incident_id == INCIDENT.c.incident_id,
            CLASS_TEACHER.c.actor_id == actor.actor_id,
            PUPIL.c.unit_code == actor.unit_code,
            _is_told_to_teachers(),
        )
    )
    return rows.correlate(INCIDENT).exists()


def _is_nameless(actor: Actor) -> ColumnElement[bool]:
    known = and_(_MATCHED.pupil_id.is_not(None), _MATCHED.certainty != Certainty.REJECTED)
    return and_(_has_task(actor), ~_of_case(INCIDENT_SUBJECT, known))


def _is_granted(actor: Actor) -> ColumnElement[bool]:
    return INCIDENT.c.incident_id.in_(sorted(actor.grants)) if actor.grants else false()


_IS: Mapping[Standing, Callable[[Actor], ColumnElement[bool]]] = {
    Standing.OFFICE: lambda _: true(),
    Standing.DUTY: _has_task,
    Standing.COPY: _has_copy,
    Standing.ABOVE: _is_above,
    Standing.GATE: _is_at_gate,
    Standing.PUPIL: _teaches,
    Standing.NAMELESS: _is_nameless,
    Standing.GRANTED: _is_granted,
}
