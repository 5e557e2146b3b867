"""Which alerts are signs of one danger and why, and which are too old to wake anybody."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.correlation import (
    RULE_WORDS,
    Limits,
    OpenCase,
    Rule,
    Sign,
    Spot,
    is_stale,
    judge,
    metres,
)
from central.core.workflow import Status
from contract.scenarios import Kind, Scenario

FIRST, LAST = 1_000_000, 1_600_000
LIMITS = Limits(within_s=300, suggest_within_s=3600, suggest_within_m=300)
HERE = Sign(
    Scenario.DROWNING_RISK, Kind.OVERSTAY, "yuehu", LAST, "water-001", "cam1", "edge",
    spot=Spot(29.6559, 121.4063),
)  # fmt: skip


def a_case(status: Status = Status.DISPATCHED, **changes: Any) -> OpenCase:
    return OpenCase("case", status, FIRST, LAST, replace(HERE, **changes))


def rule_of(case: OpenCase, sign: Sign) -> Rule | None:
    reason = judge(case, sign, LIMITS)
    return reason.rule if reason else None


@given(st.integers(0, 3_000_000))
def test_an_alert_joins_exactly_when_it_is_near_in_time(occurred_at: int) -> None:
    near = FIRST - 300_000 <= occurred_at <= LAST + 300_000
    reason = judge(a_case(), replace(HERE, at=occurred_at), LIMITS)
    assert bool(reason and reason.joins) == near


@pytest.mark.parametrize("status", Status)
def test_once_it_is_dealt_with_on_the_spot_a_new_alert_is_a_new_danger(status: Status) -> None:
    waiting = {Status.OPEN, Status.DISPATCHED, Status.ACKNOWLEDGED}
    wanted = Rule.SAME_ZONE if status in waiting else Rule.DEALT_WITH
    assert rule_of(a_case(status), HERE) is wanted


def test_the_same_person_at_the_same_place_joins_whichever_camera_sees_them() -> None:
    seen = replace(HERE, device_id="water-002", zone_id="jetty", entries=frozenset({"e1", "e2"}))
    assert rule_of(a_case(entries=frozenset({"e2"})), seen) is Rule.SAME_PERSON
    assert rule_of(a_case(entries=frozenset({"e3"})), seen) is Rule.SAME_SITE


def test_only_cameras_that_the_district_has_named_as_neighbours_join() -> None:
    seen = replace(HERE, device_id="water-002", camera_id="cam2")
    assert rule_of(a_case(), seen) is Rule.SAME_SITE
    near = replace(a_case(), sees_the_same=frozenset({("water-002", "cam2")}))
    assert rule_of(near, seen) is Rule.NEIGHBOUR
    assert rule_of(near, replace(seen, kind=Kind.LINE_CROSSED)) is None


def test_another_place_nearby_is_suggested_and_never_joined() -> None:
    there = replace(HERE, site_id="other", device_id="water-009", spot=Spot(29.6579, 121.4063))
    assert rule_of(a_case(), there) is Rule.NEARBY_SITE
    assert rule_of(a_case(), replace(there, spot=Spot(29.6659, 121.4063))) is None
    assert rule_of(a_case(), replace(there, spot=None)) is None


def test_the_same_person_in_another_scenario_is_suggested() -> None:
    venue = replace(HERE, scenario=Scenario.VENUE_MINOR, kind=Kind.MINOR_MATCH, site_id="langyu",
                    device_id="venue-001", entries=frozenset({"e1"}), spot=None)  # fmt: skip
    assert rule_of(a_case(entries=frozenset({"e1"})), venue) is Rule.OTHER_SCENARIO
    later = replace(venue, at=LAST + 3_601_000)
    assert rule_of(a_case(entries=frozenset({"e1"})), later) is None


def test_what_people_report_is_never_one_zone_only_because_it_has_no_device() -> None:
    by_hand = replace(HERE, device_id=None, camera_id=None, zone_id=None)
    case = a_case(device_id=None, zone_id=None, site_id="elsewhere", spot=None)
    assert rule_of(case, by_hand) is None


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_says_why_in_both_languages(rule: Rule) -> None:
    assert all("{apart" in words for words in RULE_WORDS[rule])


signs = st.builds(
    Sign,
    st.sampled_from(Scenario),
    st.sampled_from(Kind),
    st.sampled_from(["a", "b"]),
    st.integers(0, 10_000_000),
    st.sampled_from([None, "d1", "d2"]),
    st.sampled_from([None, "c1"]),
    st.sampled_from([None, "z1", "z2"]),
    st.frozensets(st.sampled_from(["e1", "e2"])),
    st.one_of(st.none(), st.builds(Spot, st.floats(-90, 90), st.floats(-180, 180))),
)


@given(signs, signs, st.sampled_from(Status))
def test_nothing_ever_joins_across_scenarios_or_places(a: Sign, b: Sign, status: Status) -> None:
    reason = judge(OpenCase("c", status, a.at, a.at, a), b, LIMITS)
    if reason is not None and reason.joins:
        assert (a.scenario, status in {Status.OPEN, Status.DISPATCHED, Status.ACKNOWLEDGED}) == (
            b.scenario, True,
        )  # fmt: skip
        assert a.site_id == b.site_id or a.device_id == b.device_id


@given(st.floats(-80, 80), st.floats(-179, 179))
def test_a_thousandth_of_a_degree_north_is_about_111_metres(lat: float, lon: float) -> None:
    assert metres(Spot(lat, lon), Spot(lat + 0.001, lon)) == pytest.approx(111.2, abs=0.2)


@given(st.integers(0, 10**9))
def test_an_alert_that_came_at_once_is_never_stale(age_ms: int) -> None:
    now = 2 * 10**9
    how = {"occurred_at": now - age_ms, "now_ms": now, "stale_after_s": 900}
    assert not is_stale(is_late=False, **how)
    assert is_stale(is_late=True, **how) == (age_ms > 900_000)
