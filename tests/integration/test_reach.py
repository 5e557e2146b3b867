"""The condition in SQL is the rule of the core: for everybody, every case and every part."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from central.adapters.store import directory, pupils, reach
from central.adapters.store.engine import Store
from central.adapters.store.schema.pupils import PUPIL
from central.adapters.store.schema.subjects import INCIDENT_SUBJECT
from central.adapters.store.tables import INCIDENT, INCIDENT_COPY, SITE, TASK
from central.core.access import Case, Part, knows
from central.core.people import Actor, Role
from central.core.subjects import Certainty
from contract.scenarios import Scenario

Named = tuple[str, Certainty] | None
Drawn = tuple[Scenario, str, frozenset[str], frozenset[str], Named]

UNITS = {
    "school:a": "edu",
    "school:b": "edu",
    "school:a-south": "school:a",
    "station:a": "police",
    "town:a": None,
    "town:a-village": "town:a",
}
SITES = {
    "gate-a": ("gate", "school:a"),
    "gate-b": ("gate", "school:b"),
    "pond": ("water", "school:a"),
}
DEPARTMENTS = ("edu", "police", "culture", "health", "procuratorate")

TAUGHT = {"1-1": "account:x", "1-2": "account:y"}
"""Who teaches which class of school:a."""

units = st.sampled_from([*UNITS, *DEPARTMENTS])
cases = st.tuples(
    st.sampled_from(Scenario),
    st.sampled_from(sorted(SITES)),
    st.frozensets(units, max_size=3),
    st.frozensets(units, max_size=2),
    st.none() | st.tuples(st.sampled_from(sorted(TAUGHT)), st.sampled_from(Certainty)),
)
actors = st.tuples(st.sampled_from(Role), units, st.booleans())


@pytest.fixture
def district(store: Store) -> Iterator[Connection]:
    """A transaction over a district without cases, taken back at the end."""
    with store.transaction() as connection:
        directory.seed_departments(connection)
        for code, parent in UNITS.items():
            directory.add_unit(connection, code, code, parent_code=parent)
        for site_id, (kind, school) in SITES.items():
            site = {"site_id": site_id, "kind": kind, "name_zh": site_id, "name_en": "",
                    "relations": {"school": school, "town": "town:a"}, "created_at": 0}  # fmt: skip
            directory.add_site(connection, site)
        for class_code, teacher in TAUGHT.items():
            pupils.teach(connection, teacher, "school:a", class_code)
            connection.execute(insert(PUPIL).values(
                pupil_id=f"p-{class_code}", unit_code="school:a", class_code=class_code,
                school_no=class_code, key_digest="", created_at=0, changed_at=0,
            ))  # fmt: skip
        yield connection


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    drawn=st.lists(cases, min_size=1, max_size=6), asking=st.lists(actors, min_size=1, max_size=6)
)
def test_the_condition_in_sql_agrees_with_the_rule_of_the_core(
    district: Connection,
    drawn: list[Drawn],
    asking: list[tuple[Role, str, bool]],
) -> None:
    with district.begin_nested() as undo:
        kept = [_keep(district, number, *one) for number, one in enumerate(drawn)]
        tree = reach.parents(district)
        assert reach.cases(district, [c.incident_id for c in kept]) == {
            c.incident_id: c for c in kept
        }
        for role, unit, is_granted in asking:
            grants = frozenset({"i-0"}) if is_granted else frozenset()
            actor = Actor("account:x", "某人", role, unit, grants)
            for part in Part:
                query = select(INCIDENT.c.incident_id).where(reach.may_know(actor, part))
                found = set(district.execute(query).scalars())
                assert found == {c.incident_id for c in kept if knows(actor, c, part, tree)}
            for case in kept:
                allowed = {part for part in Part if knows(actor, case, part, tree)}
                assert reach.parts(district, actor, case.incident_id) == allowed
        undo.rollback()


def test_a_place_is_known_to_those_whom_it_names_and_to_departments(district: Connection) -> None:
    def known(role: Role, unit: str) -> set[str]:
        actor = Actor("account:x", "某人", role, unit)
        query = select(SITE.c.site_id).where(reach.may_know_site(actor))
        return set(district.execute(query).scalars())

    assert known(Role.GUARD, "school:b") == {"gate-b"}
    assert known(Role.WATER_WARDEN, "town:a") == set(SITES)
    assert known(Role.STATION_OFFICER, "station:a") == set()
    assert known(Role.UNIT_OFFICER, "water") == set(SITES)
    assert known(Role.DUTY_OFFICER, "edu") == set(SITES)


def _keep(  # noqa: PLR0913, PLR0917 - a case is said in one sentence
    connection: Connection,
    number: int,
    scenario: Scenario,
    site_id: str,
    task_units: frozenset[str],
    copy_units: frozenset[str],
    named: Named,
) -> Case:
    incident_id = f"i-{number}"
    connection.execute(insert(INCIDENT).values(
        incident_id=incident_id, number=f"HX-{number}", scenario=scenario, kind="overstay",
        severity="warning", status="dispatched", site_id=site_id, occurred_at=0, opened_at=0,
        last_alert_at=0, playbook={},
    ))  # fmt: skip
    for unit in sorted(task_units):
        connection.execute(insert(TASK).values(
            task_id=f"{incident_id}-{unit}", incident_id=incident_id, unit_code=unit, part="lead",
            duty_zh="", duty_en="", status="dispatched", since_at=0, opened_at=0,
        ))  # fmt: skip
    for unit in sorted(copy_units):
        copy = {"incident_id": incident_id, "unit_code": unit, "copied_at": 0}
        connection.execute(insert(INCIDENT_COPY).values(copy))
    teachers: frozenset[tuple[str, str]] = frozenset()
    if named:
        class_code, certainty = named
        connection.execute(insert(INCIDENT_SUBJECT).values(
            subject_id=incident_id, incident_id=incident_id, pupil_id=f"p-{class_code}",
            how="device_match", certainty=certainty, added_at=0, added_by="", note="",
        ))  # fmt: skip
        is_known = certainty is Certainty.CONFIRMED or (
            certainty is Certainty.HINT and scenario is not Scenario.VENUE_MINOR
        )
        teachers = frozenset({(TAUGHT[class_code], "school:a")} if is_known else ())
    kind, school = SITES[site_id]
    return Case(
        incident_id, scenario, task_units, copy_units, school if kind == "gate" else None,
        is_nameless=named is None or named[1] is Certainty.REJECTED, teachers=teachers,
    )  # fmt: skip
