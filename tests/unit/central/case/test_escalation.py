"""When a wait fires, and when it never does."""

from hypothesis import given
from hypothesis import strategies as st

from central.core.escalation import WAITED_STATUS, Wait, after_step, begin, fire, met
from central.core.playbook import Deadline, WaitsFor
from central.core.workflow import Status, Step, has_come

SECOND = 1000
NOON = 1_795_406_400_000
TO_THE_DISTRICT = {"unit": "edu", "roles": ["duty_officer"]}


def a_deadline(seconds: list[int], waits_for: WaitsFor = "acknowledge") -> Deadline:
    levels = [{"after_s": s, "tell": [TO_THE_DISTRICT]} for s in sorted(set(seconds))]
    fields = {"waits_for": waits_for, "origin": "ours", "levels": levels, "repeat_s": 600}
    return Deadline.model_validate(fields)


deadlines = st.lists(st.integers(1, 5000), min_size=1, max_size=5).map(a_deadline)
looks = st.lists(st.integers(0, 6000), min_size=1, max_size=40).map(sorted)


@given(deadlines, looks)
def test_each_level_fires_once_and_never_early_however_often_one_looks(
    deadline: Deadline, looks: list[int]
) -> None:
    wait, fired = begin(deadline, NOON), []
    for waited_s in looks:
        levels, wait = fire(deadline, wait, NOON + waited_s * SECOND)
        assert all(level.after_s <= waited_s for level in levels)
        if wait.level <= len(deadline.levels):
            fired += levels
    firsts = [level.after_s for level in fired]
    assert firsts[: len(deadline.levels)] == sorted(set(firsts))
    reached = [level.after_s for level in deadline.levels if level.after_s <= looks[-1]]
    assert firsts[: len(reached)] == reached


@given(deadlines, looks)
def test_a_wait_that_is_not_met_is_always_due_again(deadline: Deadline, looks: list[int]) -> None:
    wait = begin(deadline, NOON)
    for waited_s in looks:
        now = NOON + waited_s * SECOND
        _, wait = fire(deadline, wait, now)
        assert wait.next_due_at is not None
        assert wait.next_due_at > now


@given(deadlines, looks)
def test_a_wait_that_is_met_never_fires(deadline: Deadline, looks: list[int]) -> None:
    wait = met(begin(deadline, NOON))
    for waited_s in looks:
        assert fire(deadline, wait, NOON + waited_s * SECOND) == ([], wait)


def test_the_last_level_comes_again_and_what_was_missed_comes_once() -> None:
    deadline = a_deadline([60, 120])
    levels, wait = fire(deadline, begin(deadline, NOON), NOON + 10_000 * SECOND)
    assert [level.after_s for level in levels] == [60, 120]
    assert wait.next_due_at == NOON + 10_600 * SECOND
    again, wait = fire(deadline, wait, NOON + 99_000 * SECOND)
    assert again == [deadline.levels[-1]]
    assert wait == Wait(NOON, 3, NOON + 99_600 * SECOND)


waits = st.sampled_from(sorted(WAITED_STATUS))


@given(waits, st.sampled_from(Step), st.sampled_from(Status), st.booleans())
def test_a_wait_ends_exactly_when_its_status_has_come(
    waits_for: WaitsFor, step: Step, status: Status, running: bool
) -> None:
    deadline = a_deadline([60], waits_for)
    before = begin(deadline, NOON) if running else None
    after = after_step(deadline, before, step, status, NOON + SECOND)
    if has_come(status, WAITED_STATUS[waits_for]):
        assert after is None or after.next_due_at is None
    elif running:
        assert after is not None
        assert after.next_due_at is not None


def test_passing_a_task_on_wins_no_time_for_the_report() -> None:
    deadline = a_deadline([60], "report_back")
    before = begin(deadline, NOON)
    later = NOON + 50 * SECOND
    assert after_step(deadline, before, Step.TRANSFER, Status.DISPATCHED, later) == before
