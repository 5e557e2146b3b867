"""A release goes out by groups, and stops before it has done harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.rollouts import (
    FAILED,
    SOAK_MS,
    UNDER_WAY,
    Member,
    grouped,
    is_done,
    to_order,
    why_pause,
)


def member(device_id: str, group: int, phase: str, at: int = 0, **more: bool) -> Member:
    return Member(device_id, group, phase, at, **more)


@given(st.integers(1, 300), st.integers(0, 20), st.integers(0, 100))
def test_every_device_is_in_one_group_and_somebody_goes_first(
    count: int, canaries: int, share: int
) -> None:
    groups = grouped([f"d{n}" for n in range(count)], canaries, share)
    assert len(groups) == count
    assert [group for _, group in groups] == sorted(group for _, group in groups)
    assert groups[0][1] == 0


def test_the_next_group_waits_for_the_one_before_and_then_a_day() -> None:
    members = [member("a", 0, "planned"), member("b", 1, "planned"), member("c", 2, "planned")]
    assert to_order(members, 0, SOAK_MS) == ["a"]
    members[0] = member("a", 0, "trial", 5)
    assert to_order(members, SOAK_MS * 9, SOAK_MS) == []
    members[0] = member("a", 0, "confirmed", 5)
    assert to_order(members, SOAK_MS, SOAK_MS) == []
    assert to_order(members, SOAK_MS + 5, SOAK_MS) == ["b"]


def test_a_device_that_is_away_keeps_nobody_waiting_and_is_waited_for_at_the_end() -> None:
    members = [
        member("a", 0, "confirmed"),
        member("b", 0, "ordered", is_away=True),
        member("c", 1, "planned"),
    ]
    assert to_order(members, SOAK_MS, SOAK_MS) == ["c"]
    assert not is_done([*members[:2], member("c", 1, "confirmed")])


@pytest.mark.parametrize("phase", sorted(FAILED))
def test_a_canary_that_fails_stops_it_at_once(phase: str) -> None:
    assert "a" in why_pause([member("a", 0, phase), member("b", 1, "planned")], 5)


def test_failures_are_borne_up_to_a_number_and_no_further() -> None:
    members = [member("a", 0, "confirmed"), member("b", 1, "failed"), member("c", 1, "failed")]
    assert why_pause(members, 2) == ""
    assert "2" in why_pause(members, 1)
    seen = [member(one.device_id, one.group, one.phase, is_forgiven=True) for one in members]
    assert why_pause(seen, 0) == ""


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(["planned", "confirmed", *sorted(FAILED), *sorted(UNDER_WAY)]),
        ),
        max_size=12,
    )
)
def test_nobody_is_ever_ordered_before_an_earlier_group_has_settled(
    drawn: list[tuple[int, str]],
) -> None:
    members = [member(f"d{n}", group, phase) for n, (group, phase) in enumerate(drawn)]
    chosen = to_order(members, SOAK_MS, SOAK_MS)
    groups = {one.group for one in members if one.device_id in chosen}
    assert len(groups) <= 1
    for one in members:
        if chosen and one.group < min(groups):
            assert one.phase not in UNDER_WAY
            assert one.phase != "planned"
