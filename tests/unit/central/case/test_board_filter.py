"""A choice of the board is an address: read, passed on, and nothing else can come in by it."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from central.core.board_filter import DRILLS, PERIODS, STATES, BoardFilter, Cursor, read
from central.core.needs import reach_of, step_for
from central.core.workflow import Status, Step
from contract.scenarios import Scenario, Severity
from tests.integration.case_district import AUDITOR, DUTY, HOUR, NOON, SCHOOL, TOWN

CHOICES = st.builds(
    BoardFilter,
    state=st.sampled_from(sorted(STATES)),
    scenario=st.sampled_from(["", *map(str, Scenario)]),
    unit=st.sampled_from(["", "edu", "town:yuelin", "school:no-1"]),
    site=st.sampled_from(["", "yuehu", "gate-1"]),
    severity=st.sampled_from(["", *map(str, Severity)]),
    period=st.sampled_from(["", *PERIODS]),
    drills=st.sampled_from(DRILLS),
    mine=st.booleans(),
    overdue=st.booleans(),
    q=st.sampled_from(["", "HX20261123-0001", "0001", "月湖"]),
)


@given(CHOICES)
def test_every_choice_survives_its_address(chosen: BoardFilter) -> None:
    assert read(dict(parse_qsl(chosen.address().removeprefix("?")))) == chosen


@given(
    st.dictionaries(st.sampled_from(["state", "unit", "period", "q", "after", "mine"]), st.text())
)
def test_what_makes_no_sense_chooses_nothing_or_something_that_can_be_asked(
    args: dict[str, str],
) -> None:
    chosen = read(args)
    assert chosen.statuses
    assert chosen.since(NOON) is None or chosen.since(NOON) <= NOON  # type: ignore[operator]
    assert read(dict(parse_qsl(chosen.address().removeprefix("?")))).address() == chosen.address()


def test_who_looks_for_a_number_or_a_place_looks_among_closed_cases_too() -> None:
    assert (read({"q": "0001"}).state, read({}).state) == ("all", "open")
    assert read({"q": "月湖", "state": "open"}).address() == "?state=open&q=%E6%9C%88%E6%B9%96"


def test_a_period_begins_in_the_morning_of_the_district() -> None:
    assert BoardFilter(period="today").since(NOON) == NOON - 12 * HOUR
    assert BoardFilter(period="7d").since(NOON) == NOON - (7 * 24 + 12) * HOUR


def test_a_cursor_is_kept_and_another_choice_begins_anew() -> None:
    cursor = Cursor(is_late=True, opened_at=NOON, incident_id="0198-ab")
    chosen = read({"after": str(cursor), "state": "open"})
    assert chosen.cursor == cursor
    assert "after" not in chosen.address(state="closed")


def test_what_waits_for_a_unit_is_its_own_next_step() -> None:
    town = reach_of(TOWN)
    asked = [step_for(town, "town:yuelin", one, Scenario.DROWNING_RISK) for one in town.own]
    assert asked == [Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK]
    assert town.office == frozenset()


def test_the_office_verifies_closes_and_urges() -> None:
    duty = reach_of(DUTY)
    for status, step in (
        (Status.REPORTED, Step.VERIFY),
        (Status.VERIFIED, Step.CLOSE),
        (Status.DISPATCHED, Step.URGE),
    ):
        assert step_for(duty, "town:yuelin", status, Scenario.DROWNING_RISK) is step


def test_nothing_waits_for_who_only_reads_the_log() -> None:
    assert reach_of(AUDITOR).is_empty
    assert not reach_of(SCHOOL).is_empty
