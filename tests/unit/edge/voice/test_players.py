import time
from pathlib import Path

import pytest

from edge_agent.adapters.voice.player import AplayPlayer, Cut, FolderPlayer
from edge_agent.adapters.voice.sound import seconds_of
from edge_agent.adapters.voice.speaker import QuietSpeaker
from edge_agent.ports import Outcome, SpeakerError
from edge_agent.wiring.speaking import gain_at, open_speaker
from tests.unit.edge.sending.sending_kit import AT, eventually
from tests.unit.edge.voice.voice_kit import (
    Hum,
    Told,
    a_library,
    a_speaker,
    a_voice,
    a_wav,
)


def play(player: AplayPlayer | FolderPlayer, content: bytes) -> list[str]:
    began, cut = list[str](), Cut()
    try:
        player.play("x", content, cut, lambda: began.append("began"))
    finally:
        cut.close()
    return began


def test_a_missing_player_is_an_error_that_is_seen() -> None:
    with pytest.raises(SpeakerError, match="alsa-utils"):
        play(AplayPlayer(program="no-such-aplay"), a_wav(0.5))


def test_a_missing_sound_card_is_an_error_that_is_seen() -> None:
    with pytest.raises(SpeakerError, match="声卡"):
        play(AplayPlayer("no-such-card"), a_wav(0.5))


def test_aplay_takes_the_sound_from_memory() -> None:
    assert play(AplayPlayer("null"), a_wav(0.5)) == ["began"]


def test_a_player_that_plays_on_is_cut_off_at_once(tmp_path: Path) -> None:
    slow = tmp_path / "slow-aplay"
    slow.write_text(f"#!/bin/sh\nuntil [ -e {tmp_path}/done ]; do sleep 0.1; done\n")
    slow.chmod(0o755)
    told = Told()
    library = a_library(tmp_path, Hum())
    library.prepare()
    with a_speaker(library, AplayPlayer(program=str(slow)), told) as speaker:
        speaker.say("alarm_received")
        eventually(lambda: len(told.waits_s) == 1)
        asked_at = time.monotonic()
        speaker.say("step_back_from_water")
        eventually(lambda: len(told.waits_s) == 2)
        speaker.say("line_crossed")
        eventually(lambda: len(told.waits_s) == 3)
        assert time.monotonic() - asked_at < 5.0  # it plays on for ever if it is not cut off
        (tmp_path / "done").touch()


def test_the_folder_gets_a_whole_wav_for_each_warning(tmp_path: Path) -> None:
    voice = a_voice(tmp_path, 'sink = "file:said"')
    speaker = open_speaker(voice, tmp_path / "cache")
    for phrase_id in ("line_crossed", "line_crossed", "step_back_from_water"):
        speaker.say(phrase_id)
    speaker.close()
    names = sorted(file.name.partition("-")[2] for file in (tmp_path / "said").iterdir())
    assert names == ["line_crossed.wav", "line_crossed.wav", "step_back_from_water.wav"]
    assert all(seconds_of(file.read_bytes()) > 3 for file in (tmp_path / "said").iterdir())


def test_what_the_folder_has_whole_was_spoken_however_urgent_the_next(tmp_path: Path) -> None:
    told = Told()
    library = a_library(tmp_path, Hum())
    library.prepare()
    with a_speaker(library, FolderPlayer(tmp_path / "said"), told) as speaker:
        for phrase_id in ("alarm_received", "step_back_from_water", "line_crossed") * 5:
            speaker.say(phrase_id)
        eventually(lambda: speaker.is_idle)
    assert [outcome for _, outcome, _ in told.outcomes] == [Outcome.SPOKEN] * 15
    assert len(list((tmp_path / "said").iterdir())) == 15


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "said").touch()
    with pytest.raises(SpeakerError, match="无法写入"):
        play(FolderPlayer(tmp_path / "said"), a_wav(0.5))


def test_a_site_may_switch_its_voice_off(tmp_path: Path) -> None:
    told = Told()
    speaker = open_speaker(a_voice(tmp_path, "enabled = false"), listeners=told.listeners)
    assert isinstance(speaker, QuietSpeaker)
    speaker.say("line_crossed")
    assert told.outcomes[0][1] is Outcome.DROPPED


def test_a_site_may_write_its_own_words(tmp_path: Path) -> None:
    own = a_voice(tmp_path, 'sink = "file:said"\nphrases = { line_crossed = "快走" }')
    speaker = open_speaker(own)
    speaker.say("line_crossed")
    speaker.close()
    (said,) = (tmp_path / "said").iterdir()
    assert seconds_of(said.read_bytes()) < 2.0


NIGHT = """volume = 0.8
least_urgent_volume = 0.5
[[voice.volumes]]
start = "22:00"
until = "06:00"
volume = 0.2
"""


@pytest.mark.parametrize(
    ("hour", "news", "warning"), [(21, 0.8, 0.8), (22, 0.2, 0.5), (5, 0.2, 0.5), (6, 0.8, 0.8)]
)
def test_at_night_it_is_softer_but_a_warning_is_still_heard(
    tmp_path: Path, hour: int, news: float, warning: float
) -> None:
    voice = a_voice(tmp_path, NIGHT)
    at = AT.replace(hour=hour)
    assert gain_at(voice, "alarm_received", at) == news
    assert gain_at(voice, "line_crossed", at) == warning


def test_a_boost_comes_on_top_of_the_volume(tmp_path: Path) -> None:
    voice = a_voice(tmp_path, "boost_db = 6.0206")
    assert gain_at(voice, "line_crossed", AT) == pytest.approx(2.0, abs=1e-3)
