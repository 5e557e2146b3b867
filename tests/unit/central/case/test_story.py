"""A story reads in sentences, says nothing that its line does not hold, and skips no line."""

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from central.core.story import SENTENCES, Names, sentence, told
from central.core.workflow import STEP_WORDS, Step

NAMES = Names({"town:yuelin": ("岳林街道", "Yuelin"), "school:shiyan": ("实验小学", "Shiyan")})


def line(event: str, who: str = "林涛", **detail: Any) -> dict[str, Any]:
    return {"at": 0, "event": event, "actor": "account:x", "actor_name": who, "detail": detail}


def test_a_person_s_step_is_a_sentence_in_both_languages() -> None:
    said = sentence(line("acknowledge", unit="town:yuelin"), NAMES)
    assert said == ("岳林街道签收了任务，签收人林涛", "Yuelin acknowledged its task: 林涛")
    moved = sentence(line("transfer", unit="town:yuelin", to_unit="school:shiyan"), NAMES)
    assert moved
    assert moved[0] == "林涛把岳林街道的任务流转给实验小学"


def test_every_step_that_a_person_takes_has_its_sentence() -> None:
    assert set(STEP_WORDS) <= {Step(one) for one in SENTENCES if one in set(Step)}


def test_what_central_says_is_left_as_it_is() -> None:
    assert sentence(line("dispatch", who=""), NAMES) is None
    assert sentence(line("opened"), NAMES) is None


@given(st.lists(st.sampled_from(["opened", "notice_out", "notice_failed", "acknowledge"])))
def test_no_line_is_lost_and_none_told_twice(events: list[str]) -> None:
    entries = [line(event) | {"at": at} for at, event in enumerate(events)]
    found = [one["at"] for each in told(entries, NAMES) for one in (each.letters or (each.entry,))]
    assert found == list(range(len(events)))


@given(st.lists(st.sampled_from(["opened", "notice_out"]), min_size=1))
def test_letters_that_follow_each_other_are_one_line(events: list[str]) -> None:
    lines = told([line(event) for event in events], NAMES)
    kinds = [bool(one.letters) for one in lines]
    assert not any(a and b for a, b in itertools.pairwise(kinds))
