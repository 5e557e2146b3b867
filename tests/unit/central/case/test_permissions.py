"""Who may do what, by role and unit."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Actor, Role
from central.core.permissions import MAY, may, steps_for
from central.core.workflow import Status, Step, steps_from
from contract.scenarios import Scenario

roles = st.sampled_from(Role)
scenarios = st.sampled_from(Scenario)
units = st.sampled_from(["edu", "town:yuelin", "school:shiyan"])


def somebody(role: Role, unit: str) -> Actor:
    return Actor("account:x", "某人", role, unit)


def test_every_step_has_a_rule() -> None:
    assert set(MAY) == set(Step)


@given(roles, units, units, st.sampled_from(Step), scenarios)
def test_another_units_task_is_never_carried_out_for_it(
    role: Role, own: str, other: str, step: Step, scenario: Scenario
) -> None:
    doing = {Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK}
    if own != other and step in doing:
        assert not may(somebody(role, own), step, other, scenario)


@given(
    st.sampled_from(sorted(set(Role) - ON_THE_SPOT)),
    units,
    units,
    st.sampled_from(Status),
    scenarios,
)
def test_who_only_looks_on_may_never_take_a_step(
    role: Role, own: str, unit: str, status: Status, scenario: Scenario
) -> None:
    assert steps_for(somebody(role, own), unit, status, scenario) == []


@given(roles, units, units, st.sampled_from(Status), scenarios)
def test_a_page_offers_only_what_table_and_role_allow(
    role: Role, own: str, unit: str, status: Status, scenario: Scenario
) -> None:
    actor = somebody(role, own)
    for step in steps_for(actor, unit, status, scenario):
        assert step in steps_from(status)
        assert may(actor, step, unit, scenario)


@pytest.mark.parametrize("role", sorted(ON_THE_SPOT - DISTRICT_WIDE))
def test_nobody_verifies_or_closes_their_own_work(role: Role) -> None:
    actor = somebody(role, "town:yuelin")
    for step in (Step.VERIFY, Step.CLOSE, Step.FALSE_ALARM, Step.REOPEN):
        assert not may(actor, step, "town:yuelin", Scenario.DROWNING_RISK)


def test_what_concerns_health_is_verified_by_the_psychologist_of_the_district_alone() -> None:
    verifying = {
        (role, unit)
        for role in Role
        for unit in ("edu", "school:shiyan")
        if may(somebody(role, unit), Step.VERIFY, "school:shiyan", Scenario.MIND_CARE)
    }
    assert verifying == {(Role.PSYCHOLOGIST, "edu")}


@given(roles, units, st.sampled_from(Step), scenarios)
def test_unusual_access_lets_one_look_and_never_act(
    role: Role, own: str, step: Step, scenario: Scenario
) -> None:
    without = somebody(role, own)
    granted = replace(without, grants=frozenset({"incident-1"}))
    assert may(granted, step, own, scenario) == may(without, step, own, scenario)


@pytest.mark.parametrize("status", set(Status) - {Status.CLOSED})
def test_for_every_status_somebody_may_move_on(status: Status) -> None:
    people = [somebody(Role.WATER_WARDEN, "town:yuelin"), somebody(Role.DUTY_OFFICER, "edu")]
    assert any(steps_for(actor, "town:yuelin", status, Scenario.DROWNING_RISK) for actor in people)
