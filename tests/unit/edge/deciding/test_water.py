from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.scenarios import Kind, Severity
from edge_agent.core.lines import Line
from edge_agent.core.tracker import Tracker
from edge_agent.core.tracks import Track
from edge_agent.core.water import WaterRule
from edge_agent.core.zones import Zone
from tests.unit.edge.deciding.deciding_kit import person, ruled, track

POND = Zone("pond", ((0.3, 0.5), (0.7, 0.5), (0.7, 1.0), (0.3, 1.0)), dwell_limit_s=5.0)
BANK = Line("bank", (0.5, 0.2), (0.5, 1.0))
INSIDE = track(0.4, 0.8)
RULE = WaterRule.over([POND], [], cooldown_s=30.0, grace_s=1.5)


def phrases(rule: WaterRule, steps: Sequence[tuple[float, list[Track]]]) -> list[tuple[float, str]]:
    said = []
    for at, tracks in steps:
        rule, verdict = rule.observe(at, tracks)
        said += [(at, phrase_id) for phrase_id in verdict.phrase_ids]
    return said


def test_who_stays_too_long_is_told_to_step_back() -> None:
    assert phrases(RULE, [(float(i), [INSIDE]) for i in range(9)]) == [
        (5.0, "step_back_from_water")
    ]


def test_who_crosses_is_told_so_and_it_is_critical() -> None:
    rule = WaterRule.over([], [BANK], cooldown_s=30.0, grace_s=1.5)
    [finding] = ruled(rule, [(i / 10, [track(0.3 + i / 50, 0.8)]) for i in range(21)])
    assert (finding.kind, finding.place_id) == (Kind.LINE_CROSSED, "bank")
    assert finding.response.severity is Severity.CRITICAL
    assert finding.response.phrase_id == "line_crossed"


def test_an_overstay_is_a_warning_with_its_dwell_and_people() -> None:
    friend = track(0.6, 0.9, track_id=8)
    steps = [(float(i), [INSIDE, friend] if i > 3 else [INSIDE]) for i in range(7)]
    [finding] = ruled(RULE, steps)
    assert (finding.kind, finding.place_id) == (Kind.OVERSTAY, "pond")
    assert (finding.dwell_s, finding.people) == (5.0, 2)
    assert finding.response.severity is Severity.WARNING


def test_a_second_person_within_the_cooldown_is_reported_but_not_shouted_at() -> None:
    friend = track(0.6, 0.9, track_id=8)
    steps = [(float(i), [INSIDE, friend] if i > 3 else [INSIDE]) for i in range(12)]
    assert [f.is_announced for f in ruled(RULE, steps)] == [True, False]
    assert len(phrases(RULE, steps)) == 1


def test_who_stays_on_is_reminded_every_cooldown_and_reported_once() -> None:
    steps = [(float(i), [INSIDE]) for i in range(80)]
    assert [at for at, _ in phrases(RULE, steps)] == [5.0, 35.0, 65.0]
    assert len(ruled(RULE, steps)) == 1


def test_an_empty_zone_is_not_spoken_to() -> None:
    steps = [(float(i), [INSIDE] if i < 8 else []) for i in range(80)]
    assert [at for at, _ in phrases(RULE, steps)] == [5.0]


def test_each_place_has_its_own_cooldown() -> None:
    rule = WaterRule.over([POND], [BANK], cooldown_s=30.0, grace_s=1.5)
    steps = [(i / 10, [track(0.4 if i < 60 else 0.6, 0.8)]) for i in range(70)]
    assert {phrase for _, phrase in phrases(rule, steps)} == {
        "step_back_from_water",
        "line_crossed",
    }


@settings(deadline=None)
@given(st.sampled_from([1, 2, 3, 4]), st.floats(0.32, 0.68), st.floats(0.0, 0.02))
def test_every_nth_frame_always_gives_the_same_overstays_within_a_second(
    every: int, x: float, sway: float
) -> None:
    def found(step: int) -> list[tuple[float, str]]:
        tracker, rule, out = Tracker(), RULE, []
        for i in range(0, 120, step):
            here = x + sway * ((i % 5) - 2) / 2
            tracker, tracks = tracker.observe(i / 10, [person(here, 0.8)] if i > 11 else [])
            rule, verdict = rule.observe(i / 10, tracks)
            out += [(i / 10, finding.place_id) for finding in verdict.findings]
        return out

    all_frames, some = found(1), found(every)
    assert [place for _, place in some] == [place for _, place in all_frames]
    assert all(abs(a - b) <= 1.0 for (a, _), (b, _) in zip(all_frames, some, strict=True))


def test_who_overstayed_and_stepped_out_between_two_frames_counts_as_one_person() -> None:
    steps = [*((float(i), [INSIDE]) for i in range(5)), (5.2, [track(0.29, 0.8)])]
    [finding] = ruled(RULE, steps)
    assert (finding.kind, finding.people) == (Kind.OVERSTAY, 1)
