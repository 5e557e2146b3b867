from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.script import Script
from edge_agent.adapters.voice.sound import seconds_of
from edge_agent.core.naming import Addressee
from edge_agent.ports import Outcome, Utterance
from tests.unit.edge.sending.sending_kit import eventually
from tests.unit.edge.voice.voice_kit import (
    ANNA,
    SHY,
    XIAOMING,
    Hum,
    Notepad,
    Told,
    a_library,
    a_speaker,
    personal,
)


def test_the_most_urgent_is_said_first_and_a_repeat_once(tmp_path: Path) -> None:
    player, told = Notepad(), Told()
    player.may_go_on.clear()
    with a_speaker(a_library(tmp_path, Hum()), player, told) as speaker:
        speaker.say("line_crossed")
        eventually(lambda: player.began == ["line_crossed"])
        for phrase_id in ("alarm_received", "step_back_from_water", "step_back_from_water"):
            speaker.say(phrase_id)
        player.may_go_on.set()
    assert player.played == ["line_crossed", "step_back_from_water", "alarm_received"]
    assert [outcome for _, outcome, _ in told.outcomes] == [Outcome.SPOKEN] * 4


def test_something_more_urgent_cuts_off_what_is_being_said(tmp_path: Path) -> None:
    player, told = Notepad(), Told()
    player.may_go_on.clear()
    with a_speaker(a_library(tmp_path, Hum()), player, told) as speaker:
        speaker.say("alarm_received")
        eventually(lambda: player.began == ["alarm_received"])
        speaker.say("line_crossed")
        eventually(lambda: player.began == ["alarm_received", "line_crossed"])
        player.may_go_on.set()
    assert player.played == ["line_crossed", "alarm_received"]


def test_a_warning_is_never_cut_off_by_news(tmp_path: Path) -> None:
    player = Notepad()
    player.may_go_on.clear()
    with a_speaker(a_library(tmp_path, Hum()), player) as speaker:
        speaker.say("step_back_from_water")
        eventually(lambda: player.began == ["step_back_from_water"])
        speaker.say("alarm_acknowledged")
        player.may_go_on.set()
    assert player.played == ["step_back_from_water", "alarm_acknowledged"]


def test_a_warning_cut_off_by_a_graver_one_is_told_as_dropped(tmp_path: Path) -> None:
    player, told = Notepad(), Told()
    player.may_go_on.clear()
    with a_speaker(a_library(tmp_path, Hum()), player, told) as speaker:
        speaker.say("step_back_from_water")
        eventually(lambda: player.began)
        speaker.say("line_crossed")
        eventually(lambda: player.began[1:] == ["line_crossed"])
        player.may_go_on.set()
    outcomes = {phrase_id: outcome for phrase_id, outcome, _ in told.outcomes}
    assert outcomes == {
        "step_back_from_water": Outcome.DROPPED,
        "line_crossed": Outcome.SPOKEN,
    }


def test_say_returns_at_once_while_the_speaker_is_busy(tmp_path: Path) -> None:
    player = Notepad()
    player.may_go_on.clear()
    with a_speaker(a_library(tmp_path, Hum()), player) as speaker:
        for _ in range(100):
            speaker.say("line_crossed")
        assert player.played == []
        player.may_go_on.set()


def test_somebody_is_named_once_his_sound_is_ready_and_never_waited_for(tmp_path: Path) -> None:
    hum, player = Hum(), Notepad()
    library = a_library(tmp_path, hum)
    with a_speaker(library, player, sounds=personal(library, hum)) as speaker:
        eventually(lambda: not library.missing())
        hum.may_make.clear()
        first = speaker.say("line_crossed", XIAOMING)
        eventually(lambda: player.played == ["line_crossed"])
        hum.may_make.set()
        eventually(lambda: len(hum.made) == len(DEFAULT_PHRASES) + 1)
        eventually(lambda: speaker.say("line_crossed", XIAOMING).is_named)
    assert not first.is_named
    assert seconds_of(player.contents[-1]) > seconds_of(player.contents[0])


def test_what_is_ready_never_waits_for_what_is_being_made(tmp_path: Path) -> None:
    class Slow(Hum):
        def wav(self, script: Script) -> bytes:
            content = super().wav(script)
            self.may_make.clear()  # the first is the most urgent; the second takes for ever
            return content

    hum, player = Slow(), Notepad()
    with a_speaker(a_library(tmp_path, hum), player) as speaker:
        speaker.say("line_crossed")
        eventually(lambda: player.played == ["line_crossed"])
        speaker.say("no_such_phrase")
        speaker.say("line_crossed")
        eventually(lambda: player.played == ["line_crossed"] * 2)
        hum.may_make.set()


def test_making_names_ends_when_the_speaker_is_closed(tmp_path: Path) -> None:
    many = [Addressee(f"e-{n}", "曾小明", f"{n}班", may_be_named=True) for n in range(3000)]
    hum = Hum()
    library = a_library(tmp_path, hum)
    library.prepare()
    with a_speaker(library, Notepad(), sounds=personal(library, hum)) as speaker:
        speaker.prepare(many)
        eventually(lambda: len(hum.made) > 5)
    made = len(hum.made)
    assert made < len(many)


def test_without_a_vault_no_more_names_are_made_than_memory_holds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hum = Hum()
    library = a_library(tmp_path, hum)
    library.prepare()
    sounds = personal(library, hum, most_bytes=100_000)
    with a_speaker(library, Notepad(), sounds=sounds) as speaker:
        speaker.prepare([Addressee(f"e-{n}", "曾小明", "", True) for n in range(50)])
        eventually(lambda: "内存已满" in caplog.text)
        assert len(hum.made) < 4 + 10
        last = Addressee("e-49", "曾小明", "", may_be_named=True)
        speaker.expect(last)
        eventually(lambda: sounds.ready("line_crossed", last))
    assert sounds.size_bytes <= 100_000


def test_a_gallery_is_made_ahead_and_forgotten_with_its_entries(tmp_path: Path) -> None:
    hum, player = Hum(), Notepad()
    library = a_library(tmp_path, hum)
    sounds = personal(library, hum)
    library.prepare()
    with a_speaker(library, player, sounds=sounds) as speaker:
        speaker.prepare([XIAOMING, ANNA, SHY])
        eventually(lambda: sounds.ready("line_crossed", ANNA))
        speaker.forget("e-2")
        assert sounds.ready("line_crossed", ANNA) is None
        speaker.prepare([])
        eventually(lambda: sounds.ready("line_crossed", XIAOMING) is None)


def test_who_may_not_be_named_is_warned_all_the_same(tmp_path: Path) -> None:
    hum, player = Hum(), Notepad()
    library = a_library(tmp_path, hum)
    with a_speaker(library, player, sounds=personal(library, hum)) as speaker:
        assert not speaker.say("line_crossed", SHY, alert_id="a-1").is_named
    assert player.played == ["line_crossed"]


def test_each_utterance_is_told_with_its_alert_and_how_long_it_waited(tmp_path: Path) -> None:
    player, told = Notepad(), Told()
    library = a_library(tmp_path, Hum())
    library.prepare()
    with a_speaker(library, player, told) as speaker:
        speaker.say("line_crossed", alert_id="a-1")
        eventually(lambda: speaker.is_idle)
    assert [one.alert_id for one in told.utterances] == ["a-1"]
    assert 0.0 <= told.waits_s[0] < 5.0


def test_who_asks_after_the_end_is_told_so(tmp_path: Path) -> None:
    told = Told()
    with a_speaker(a_library(tmp_path, Hum()), Notepad(), told) as speaker:
        pass
    speaker.say("line_crossed")
    assert [outcome for _, outcome, _ in told.outcomes] == [Outcome.DROPPED]


def test_a_voice_that_fails_is_said_once_and_its_return_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    player, told = Notepad(), Told()
    with a_speaker(a_library(tmp_path, Hum()), player, told) as speaker:
        eventually(lambda: told.states == [""])
        player.fails = "simulated: no card"
        for _ in range(3):
            speaker.say("line_crossed")
            eventually(lambda: speaker.is_idle)
        player.fails = ""
        speaker.say("line_crossed")
        eventually(lambda: player.played == ["line_crossed"])
    assert told.states == ["", "simulated: no card", ""]
    assert [outcome.value for _, outcome, _ in told.outcomes] == ["failed"] * 3 + ["spoken"]
    assert caplog.text.count("no card") == 1


def test_a_voice_that_is_not_there_at_start_is_tried_again(tmp_path: Path) -> None:
    hum, player, told = Hum(), Notepad(), Told()
    hum.fails = 1
    with a_speaker(a_library(tmp_path, hum), player, told) as speaker:
        speaker.say("line_crossed")
        eventually(lambda: player.played == ["line_crossed"])
        eventually(lambda: told.states == ["simulated: no voice", ""])


def test_a_phrase_that_can_be_said_does_not_wait_for_one_that_cannot(tmp_path: Path) -> None:
    hum, player = Hum(), Notepad()
    hum.fails = 1  # the most urgent is made first
    with a_speaker(a_library(tmp_path, hum), player) as speaker:
        speaker.say("line_crossed")
        speaker.say("alarm_received")
        eventually(lambda: player.played[:1] == ["alarm_received"])


def test_a_phrase_that_nobody_has_written_fails_with_a_reason(tmp_path: Path) -> None:
    told = Told()
    with a_speaker(a_library(tmp_path, Hum()), Notepad(), told) as speaker:
        speaker.say("../../etc/passwd")
        eventually(lambda: speaker.is_idle)
    [(_, outcome, why)] = told.outcomes
    assert outcome is Outcome.FAILED
    assert "没有这条喊话" in why


def test_a_listener_that_fails_silences_nobody(tmp_path: Path) -> None:
    class Broken(Told):
        def told(self, utterance: Utterance, outcome: Outcome, why: str) -> None:
            super().told(utterance, outcome, why)
            msg = "simulated: cannot listen"
            raise ValueError(msg)

    player = Notepad()
    with a_speaker(a_library(tmp_path, Hum()), player, Broken()) as speaker:
        for _ in range(2):
            speaker.say("line_crossed")
            eventually(lambda: speaker.is_idle)
    assert player.played == ["line_crossed"] * 2


def test_every_utterance_is_told_once_whatever_asks_at_the_same_time(tmp_path: Path) -> None:
    hum, told = Hum(), Told()
    library = a_library(tmp_path, hum)
    phrases = ("line_crossed", "step_back_from_water", "alarm_received", "nobody wrote this")
    with a_speaker(library, Notepad(), told, personal(library, hum)) as speaker:

        def ask(whom: Addressee | None) -> list[str]:
            return [speaker.say(phrases[n % 4], whom).utterance_id for n in range(100)]

        with ThreadPoolExecutor(4) as pool:
            asked = [one for ids in pool.map(ask, (None, XIAOMING, ANNA, SHY)) for one in ids]
        eventually(lambda: speaker.is_idle)
    assert sorted(one.utterance_id for one in told.utterances) == sorted(asked)
    assert len(set(asked)) == 400
