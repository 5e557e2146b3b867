"""Who may do what, by role and unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.people import DISTRICT_WIDE, ON_THE_SPOT, Actor, Role
from central.core.permissions import MAY, may, may_see, steps_for
from central.core.workflow import Status, Step, steps_from

roles = st.sampled_from(Role)
units = st.sampled_from(["edu", "town:yuelin", "school:shiyan"])


def somebody(role: Role, unit: str) -> Actor:
    return Actor("account:x", "某人", role, unit)


def test_every_step_has_a_rule() -> None:
    assert set(MAY) == set(Step)


@given(roles, units, units, st.sampled_from(Step))
def test_another_units_task_is_never_carried_out_for_it(
    role: Role, own: str, other: str, step: Step
) -> None:
    doing = {Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK}
    if own != other and step in doing:
        assert not may(somebody(role, own), step, other)


@given(st.sampled_from(sorted(set(Role) - ON_THE_SPOT)), units, units, st.sampled_from(Status))
def test_who_only_looks_on_may_never_take_a_step(
    role: Role, own: str, unit: str, status: Status
) -> None:
    assert steps_for(somebody(role, own), unit, status) == []


@given(roles, units, units, st.sampled_from(Status))
def test_a_page_offers_only_what_table_and_role_allow(
    role: Role, own: str, unit: str, status: Status
) -> None:
    actor = somebody(role, own)
    for step in steps_for(actor, unit, status):
        assert step in steps_from(status)
        assert may(actor, step, unit)


@pytest.mark.parametrize("role", sorted(ON_THE_SPOT - DISTRICT_WIDE))
def test_nobody_verifies_or_closes_their_own_work(role: Role) -> None:
    actor = somebody(role, "town:yuelin")
    for step in (Step.VERIFY, Step.CLOSE, Step.FALSE_ALARM, Step.REOPEN):
        assert not may(actor, step, "town:yuelin")


@given(roles, units, st.lists(units))
def test_an_incident_is_seen_by_the_district_and_by_the_units_it_concerns(
    role: Role, own: str, concerned: list[str]
) -> None:
    sees = may_see(somebody(role, own), concerned)
    assert sees == (role in DISTRICT_WIDE or (role in ON_THE_SPOT and own in concerned))


@pytest.mark.parametrize("status", set(Status) - {Status.CLOSED})
def test_for_every_status_somebody_may_move_on(status: Status) -> None:
    people = [somebody(Role.WATER_WARDEN, "town:yuelin"), somebody(Role.DUTY_OFFICER, "edu")]
    assert any(steps_for(actor, "town:yuelin", status) for actor in people)
