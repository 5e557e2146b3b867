from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scenarios import Duty, Kind
from edge_agent.core.findings import Finding
from edge_agent.core.posts import Post, PostRule
from edge_agent.core.schedules import Schedule, Window
from edge_agent.core.shares import Share
from tests.unit.edge.deciding.deciding_kit import track

AREA = ((0.3, 0.5), (0.7, 0.5), (0.7, 1.0), (0.3, 1.0))
POST = Post("post", AREA, Duty.GUARD_ON_POST, gap_s=60.0)
GUARD = track(0.5, 0.8)


def watched(manned: Sequence[bool], post: Post = POST) -> tuple[list[Finding], Share]:
    """Each look is a second after the other, from seven o'clock on."""
    rule, findings, total = PostRule((post,)), list[Finding](), Share(post.duty)
    seven = datetime(2026, 6, 1, 7, tzinfo=UTC)
    for second, is_manned in enumerate(manned):
        local = seven + timedelta(seconds=second)
        rule, verdict, shares = rule.observe(float(second), [GUARD] if is_manned else [], local)
        findings += verdict.findings
        for share in shares:
            numerator = total.numerator + share.numerator
            total = Share(post.duty, numerator, total.denominator + share.denominator)
    return findings, total


def test_a_guard_on_post_all_the_time_is_a_hundred_percent() -> None:
    assert watched([True] * 601) == ([], Share(Duty.GUARD_ON_POST, 600.0, 600.0))


def test_a_short_round_counts_as_on_post() -> None:
    findings, share = watched([True] * 100 + [False] * 50 + [True] * 101)
    assert (findings, share.numerator, share.denominator) == ([], 250.0, 250.0)


def test_a_gap_longer_than_allowed_is_reported_once_and_counts_from_its_beginning() -> None:
    findings, share = watched([True] * 101 + [False] * 99 + [True] * 101)
    [finding] = findings
    assert (finding.kind, finding.place_id, finding.people) == (Kind.GUARD_ABSENT, "post", 0)
    assert finding.dwell_s == pytest.approx(61.0)
    assert (share.numerator, share.denominator) == (200.0, 300.0)


def test_nobody_ever_coming_is_nothing_of_all() -> None:
    findings, share = watched([False] * 301)
    assert len(findings) == 1
    assert (share.numerator, share.denominator) == (0.0, 300.0)


def test_outside_duty_hours_nothing_is_due() -> None:
    evening = Schedule((Window(time(16), time(18)),))
    post = Post("post", AREA, Duty.ESCORT_POST, 60.0, schedule=evening)
    assert watched([False] * 301, post) == ([], Share(Duty.ESCORT_POST))


def test_an_escort_post_may_need_two() -> None:
    post = Post("post", AREA, Duty.ESCORT_POST, 60.0, min_people=2)
    findings, _ = watched([True] * 100, post)
    assert [finding.kind for finding in findings] == [Kind.ESCORT_ABSENT]


def test_a_time_without_sight_is_held_against_nobody() -> None:
    rule, _, _ = PostRule((POST,)).observe(0.0, [GUARD], None)
    rule, verdict, [share] = rule.unseen().observe(500.0, [], None)
    assert verdict.findings == ()
    assert share.denominator == 0.0


def test_a_long_pause_between_two_looks_counts_neither_way() -> None:
    rule, _, _ = PostRule((POST,)).observe(0.0, [GUARD], None)
    _, verdict, [share] = rule.observe(500.0, [], None)
    assert (verdict.findings, share.denominator) == ((), 0.0)


@given(st.lists(st.booleans(), max_size=400))
def test_a_share_is_never_more_than_all_nor_more_than_the_time_that_passed(
    manned: list[bool],
) -> None:
    _, share = watched(manned, Post("post", AREA, Duty.GUARD_ON_POST, gap_s=5.0))
    assert 0.0 <= share.numerator <= share.denominator <= max(len(manned) - 1, 0)
