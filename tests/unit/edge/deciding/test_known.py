from contract.scenarios import Kind
from edge_agent.core.findings import Episode, Finding, Saying, State, Verdict
from edge_agent.core.known import Known
from edge_agent.core.votes import Hint
from tests.unit.edge.deciding.deciding_kit import track

ANN = Hint(7, "entry-ann", 0.95123, 3, 5)
HERE = track(0.4, 0.8)


def test_at_a_venue_a_hint_is_reported_once_with_how_sure_it_is() -> None:
    known, verdict = Known(Kind.MINOR_MATCH).observe(0.0, [HERE], [ANN])
    [finding] = known.named(verdict).findings
    assert (finding.kind, finding.subject, finding.people) == (Kind.MINOR_MATCH, "entry-ann", 1)
    [match] = finding.matches
    assert (match.entry_id, match.similarity, match.votes, match.frames) == (
        "entry-ann", 0.9512, 3, 5,
    )  # fmt: skip
    known, verdict = known.observe(1.0, [HERE], [])
    assert verdict.findings == ()
    assert Episode(Kind.MINOR_MATCH, "", "entry-ann") in verdict.going_on


def test_the_same_entry_under_another_number_is_not_reported_again_soon() -> None:
    known, _ = Known(Kind.MINOR_MATCH, repeat_s=600.0).observe(0.0, [HERE], [ANN])
    again = Hint(9, "entry-ann", 0.95, 3, 5)
    known, verdict = known.observe(60.0, [track(0.4, 0.8, track_id=9)], [again])
    assert verdict.findings == ()
    _, verdict = known.observe(700.0, [track(0.4, 0.8, track_id=9)], [again])
    assert len(verdict.findings) == 1


def test_at_the_water_a_hint_only_lends_a_warning_its_name() -> None:
    known, verdict = Known().observe(0.0, [HERE], [ANN])
    assert verdict == Verdict()
    stay = Finding(Kind.OVERSTAY, "pond", HERE, 1, 8.0, subject="7@0")
    said = Saying("step_back_from_water", stay.episode)
    named = known.named(Verdict((said,), (stay,)))
    assert named.sayings[0].entry_id == "entry-ann"
    assert [match.entry_id for match in named.findings[0].matches] == ["entry-ann"]


def test_a_reminder_knows_its_name_too_and_a_stranger_has_none() -> None:
    known, _ = Known().observe(0.0, [HERE], [ANN])
    mine, other = Episode(Kind.OVERSTAY, "pond", "7@0"), Episode(Kind.OVERSTAY, "pond", "8@0")
    going_on = {mine: State(1, 40.0, HERE), other: State(1, 40.0, track(0.6, 0.8, track_id=8))}
    sayings = (Saying("step_back_from_water", mine), Saying("step_back_from_water", other))
    named = known.named(Verdict(sayings, (), going_on))
    assert [saying.entry_id for saying in named.sayings] == ["entry-ann", ""]


def test_who_has_left_is_forgotten() -> None:
    known, _ = Known().observe(0.0, [HERE], [ANN])
    known, _ = known.observe(1.0, [], [])
    assert known.hints == {}
