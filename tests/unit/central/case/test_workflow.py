"""The loop as a table."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.workflow import (
    STATUS_WORDS,
    STEP_WORDS,
    TRANSITIONS,
    Status,
    Step,
    StepRefusedError,
    after,
    has_come,
    roll_up,
    steps_from,
)


def reachable(start: Status) -> set[Status]:
    reached, frontier = {start}, [start]
    while frontier:
        for step in steps_from(here := frontier.pop()):
            if (there := after(here, step)) not in reached:
                reached.add(there)
                frontier.append(there)
    return reached


@pytest.mark.parametrize("status", set(Status) - {Status.CLOSED})
def test_every_open_task_can_reach_closed(status: Status) -> None:
    assert Status.CLOSED in reachable(status)


@pytest.mark.parametrize(("status", "step"), sorted(set(product(Status, Step)) - set(TRANSITIONS)))
def test_whatever_the_table_does_not_name_is_refused(status: Status, step: Step) -> None:
    with pytest.raises(StepRefusedError) as refused:
        after(status, step)
    assert STATUS_WORDS[status][0] in refused.value.message_zh
    assert STEP_WORDS[step][0] in refused.value.message_zh


def test_a_closed_task_can_only_be_reopened() -> None:
    assert steps_from(Status.CLOSED) == [Step.REOPEN]


def test_nothing_closes_unverified_but_a_false_alarm() -> None:
    closing = {key for key, there in TRANSITIONS.items() if there is Status.CLOSED}
    assert {step for _, step in closing} == {Step.CLOSE, Step.FALSE_ALARM}
    assert {at for at, step in closing if step is Step.CLOSE} == {Status.VERIFIED}


@given(st.lists(st.sampled_from(Status), min_size=1))
def test_an_incident_is_never_further_than_any_of_its_tasks(tasks: list[Status]) -> None:
    rolled = roll_up(tasks)
    assert rolled in tasks
    assert all(has_come(task, rolled) for task in tasks)


def test_every_status_and_step_has_words_in_both_languages() -> None:
    for words in (STATUS_WORDS, STEP_WORDS):
        assert all(zh and en for zh, en in words.values())
    assert set(STATUS_WORDS) == set(Status)
    assert set(STEP_WORDS) == set(Step)
