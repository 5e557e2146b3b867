from hypothesis import given
from hypothesis import strategies as st

from edge_agent.core.turns import NOISE_S, URGENT, Ask, Dropped, Turns, is_warning, urgency

PHRASES = st.sampled_from([*URGENT, "alarm_received", "alarm_acknowledged", "other"])


def ask(phrase_id: str, at: float = 0.0, who: str = "u", entry_id: str = "") -> Ask:
    return Ask(phrase_id, at, (who,), entry_id)


def queue(*asks: Ask, **settings: float) -> Turns:
    turns = Turns(**settings)  # type: ignore[arg-type]
    for one in asks:
        turns, _ = turns.asked(one)
    return turns


def ready(_: Ask) -> bool:
    return True


def test_the_most_urgent_has_its_turn_first() -> None:
    turns = queue(ask("alarm_received"), ask("step_back_from_water"), ask("line_crossed"))
    order = []
    while not turns.is_idle:
        turns, _ = turns.next(0.0, ready)
        assert turns.saying is not None
        order.append(turns.saying.phrase_id)
        turns = turns.ended(0.0, is_spoken=True)
    assert order == ["line_crossed", "step_back_from_water", "alarm_received"]


@given(PHRASES, PHRASES)
def test_only_something_more_urgent_ever_interrupts(saying: str, asked: str) -> None:
    turns, _ = queue(ask(saying)).next(0.0, ready)
    turns, _ = turns.asked(ask(asked, who="v"))
    assert turns.must_interrupt == (urgency(asked) < urgency(saying))
    assert not (is_warning(saying) and not is_warning(asked) and turns.must_interrupt)


def test_what_is_asked_again_while_it_waits_is_said_once_for_both() -> None:
    turns = queue(ask("line_crossed", 0.0, "a"), ask("line_crossed", 1.0, "b"))
    assert [one.utterance_ids for one in turns.waiting] == [("a", "b")]


def test_two_people_are_both_spoken_to() -> None:
    turns = queue(ask("line_crossed", entry_id="e-1"), ask("line_crossed", entry_id="e-2"))
    assert len(turns.waiting) == 2


def test_a_stale_warning_is_dropped_once_another_was_said() -> None:
    turns, _ = queue(ask("line_crossed", 0.0, "a"), ask("step_back_from_water", 0.0, "b")).next(
        0.0, ready
    )
    turns, dropped = turns.ended(11.0, is_spoken=True).next(11.0, ready)
    assert turns.is_idle
    assert [one.utterance_ids for one in dropped] == [("b",)]


def test_a_late_warning_that_is_the_only_one_is_still_said() -> None:
    turns, dropped = queue(ask("step_back_from_water")).next(11.0, ready)
    assert turns.saying is not None
    assert dropped == ()


def test_a_warning_that_comes_far_too_late_is_noise() -> None:
    turns, dropped = queue(ask("step_back_from_water")).next(NOISE_S + 1.0, ready)
    assert turns.is_idle
    assert len(dropped) == 1


def test_news_of_an_alarm_waits_as_long_as_it_must_and_yields_to_later_news() -> None:
    turns, dropped = queue(ask("alarm_received")).asked(ask("alarm_acknowledged", who="v"))
    assert [one.phrase_id for one in turns.waiting] == ["alarm_acknowledged"]
    assert [one.utterance_ids for one in dropped] == [("u",)]
    turns, late = turns.next(1e6, ready)
    assert turns.saying is not None
    assert late == ()


def test_what_was_cut_off_is_said_again_if_it_is_news_and_dropped_if_it_is_a_warning() -> None:
    news, _ = queue(ask("alarm_received")).next(0.0, ready)
    assert [one.phrase_id for one in news.interrupted()[0].waiting] == ["alarm_received"]
    warning, _ = queue(ask("step_back_from_water")).next(0.0, ready)
    turns, dropped = warning.interrupted()
    assert turns.is_idle
    assert len(dropped) == 1


def test_what_is_not_ready_holds_nobody_back() -> None:
    turns = queue(ask("line_crossed"), ask("alarm_received"))
    turns, _ = turns.next(0.0, lambda one: one.phrase_id == "alarm_received")
    assert turns.saying is not None
    assert turns.saying.phrase_id == "alarm_received"
    assert [one.phrase_id for one in turns.waiting] == ["line_crossed"]


@given(st.lists(st.tuples(PHRASES, st.sampled_from(["", "e"]), st.sampled_from("asnie"))))
def test_nothing_that_was_asked_is_ever_lost_without_a_word(
    steps: list[tuple[str, str, str]],
) -> None:
    turns, now = Turns(most=3), 0.0
    asked, told = list[str](), list[str]()

    def hear(change: tuple[Turns, tuple[Dropped, ...]]) -> Turns:
        told.extend(who for one in change[1] for who in one.utterance_ids)
        return change[0]

    for number, (phrase_id, entry_id, step) in enumerate(steps):
        now += 7.0
        if step in "as":
            asked.append(str(number))
            turns = hear(turns.asked(ask(phrase_id, now, str(number), entry_id)))
        elif step == "n" and turns.saying is None:
            turns = hear(turns.next(now, ready))
        elif step == "i":
            turns = hear(turns.interrupted())
        elif turns.saying is not None:
            told.extend(turns.saying.utterance_ids)
            turns = turns.ended(now, is_spoken=True)
    held = [*turns.waiting, *([turns.saying] if turns.saying else [])]
    left = [who for one in held for who in one.utterance_ids]
    assert sorted(told + left) == sorted(asked)
