import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner

from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.notes import Notes
from edge_agent.adapters.voice.said import SaidBook, said_in
from edge_agent.adapters.voice.script import Script
from edge_agent.adapters.voice.sound import seconds_of
from edge_agent.adapters.voice.synthesis import EspeakSynthesiser
from edge_agent.cli import main
from edge_agent.config import ConfigError
from edge_agent.config.sections import EdgeConfig
from edge_agent.ports import OutboxError, Outcome, Utterance
from edge_agent.simulated import ManualTime, MemoryVault
from edge_agent.wiring.checking.voice import check_voice
from edge_agent.wiring.speaking import noting, open_speaker
from tests.unit.edge.sending.sending_kit import eventually
from tests.unit.edge.voice.voice_kit import XIAOMING, Told, a_voice, a_wav

R = TypeVar("R")

SPOKEN = Utterance("1", "line_crossed", is_named=True, alert_id="a-1")


def a_config(folder: Path, lines: str) -> EdgeConfig:
    base = EdgeConfig.model_validate_json('{"device_id": "w-1", "profile": "water"}')
    return base.model_copy(update={"voice": a_voice(folder, lines)})


def test_say_writes_what_the_fence_would_say(tmp_path: Path) -> None:
    out = tmp_path / "warning.wav"
    done = CliRunner().invoke(main, ["say", "请离开水边", "--out", str(out)])
    assert (done.exit_code, done.stderr) == (0, "")
    assert out.read_bytes() == EspeakSynthesiser(150).wav(Script("请离开水边"))


def test_say_speaks_a_phrase_with_name_class_and_place(tmp_path: Path) -> None:
    config = tmp_path / "device.toml"
    config.write_text(
        'device_id = "w-1"\nprofile = "water"\n[voice]\nnaming = "name_and_class"\n'
        'phrases = { line_crossed = "{place}危险。" }\n'
    )
    args = ["say", "--phrase", "line_crossed", "--name", "曾小明", "--class", "三年级二班"]
    args += ["--place", "东湖", "--config", str(config), "--out", str(tmp_path / "x.wav"), "--json"]
    done = CliRunner().invoke(main, args)
    said = json.loads(done.stdout)
    assert said["text"] == "三年级二班曾小明同学,东湖危险。"
    assert said["named"] is True
    assert "zeng1 xiao3 ming2" in said["pinyin"]
    assert seconds_of((tmp_path / "x.wav").read_bytes()) == pytest.approx(said["seconds"], abs=0.01)


def test_say_names_nobody_where_the_site_does_not(tmp_path: Path) -> None:
    config = tmp_path / "device.toml"
    config.write_text('device_id = "w-1"\nprofile = "water"\n')
    args = ["say", "line_crossed", "--name", "曾小明", "--config", str(config), "--json"]
    done = CliRunner().invoke(main, [*args, "--out", str(tmp_path / "x.wav")])
    said = json.loads(done.stdout)
    assert said["named"] is False
    assert "曾小明" not in said["text"]


def test_say_wants_something_to_say() -> None:
    assert CliRunner().invoke(main, ["say"]).exit_code == 2


def test_say_without_a_sound_card_fails_loudly(tmp_path: Path) -> None:
    config = tmp_path / "device.toml"
    config.write_text('device_id = "w-1"\nprofile = "water"\n[voice]\nsink = "no-such-card"\n')
    done = CliRunner().invoke(main, ["say", "请离开水边", "--config", str(config)])
    assert done.exit_code == 5
    assert "声卡" in done.stderr


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ('phrases = { line_crossed = "{name},快走" }', "voice.phrases.line_crossed"),
        ('address = "{nom}同学"', "voice.address"),
        ('readings = { "长湖" = "chang hu" }', "voice.readings.长湖"),
        ('naming = "always"', "voice.naming"),
    ],
)
def test_a_mistake_in_what_is_said_is_found_before_it_is_said(
    tmp_path: Path, wrong: str, key: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        a_voice(tmp_path, wrong)
    assert [problem.key for problem in caught.value.problems] == [key]


def test_what_was_said_is_kept_without_any_name(tmp_path: Path) -> None:
    notes = Notes(tmp_path / "outbox.db", SystemTime())
    book = SaidBook(notes, SystemTime(), keep_days=30)
    assert book.rows() == []
    book.note(SPOKEN, Outcome.SPOKEN, "")
    book.close()
    [row] = said_in(notes)
    assert (row.phrase_id, row.is_named, row.outcome) == ("line_crossed", True, Outcome.SPOKEN)
    assert row.alert_id == "a-1"
    notes.close()


def test_what_was_said_long_ago_is_deleted(tmp_path: Path) -> None:
    notes, clock = Notes(tmp_path / "outbox.db", SystemTime()), ManualTime()
    book = SaidBook(notes, clock, keep_days=2)
    book.note(SPOKEN, Outcome.SPOKEN, "")
    book.close()
    clock.go_on(3 * 86_400.0)
    book = SaidBook(notes, clock, keep_days=2)
    book.note(SPOKEN, Outcome.FAILED, "no card")
    book.close()
    assert [row.why for row in said_in(notes)] == ["no card"]
    notes.close()


def test_a_site_that_speaks_notes_what_it_said(tmp_path: Path) -> None:
    notes, told = Notes(tmp_path / "outbox.db", SystemTime()), Told()
    book = SaidBook(notes, SystemTime(), keep_days=30)
    voice = a_voice(tmp_path, 'sink = "file:said"')
    speaker = open_speaker(voice, listeners=noting(book, told.listeners))
    speaker.say("alarm_received", alert_id="a-2")
    speaker.close()
    book.close()
    assert [(row.alert_id, row.outcome) for row in said_in(notes)] == [("a-2", Outcome.SPOKEN)]
    assert len(told.outcomes) == 1
    notes.close()


def test_who_is_expected_is_spoken_to_by_name_and_his_name_lies_only_sealed(
    tmp_path: Path,
) -> None:
    voice = a_voice(tmp_path, 'sink = "file:said"\nnaming = "name_and_class"')
    speaker = open_speaker(voice, tmp_path / "cache", vault=MemoryVault())
    speaker.expect(XIAOMING)
    eventually(lambda: speaker.say("alarm_received", XIAOMING).is_named, within_s=30.0)
    speaker.close()
    sounds = sorted(seconds_of(file.read_bytes()) for file in (tmp_path / "said").iterdir())
    assert sounds[-1] > 3.0  # the phrase alone takes less than two seconds
    assert len(list((tmp_path / "cache" / "sealed").rglob("*.sound"))) == 1


def test_a_full_disk_does_not_end_the_notes(tmp_path: Path) -> None:
    class Full(Notes):
        fails = True

        def writing(self, work: Callable[[sqlite3.Connection], R]) -> R:
            if self.fails:
                msg = "simulated: disk full"
                raise OutboxError(msg)
            return super().writing(work)

    notes = Full(tmp_path / "outbox.db", SystemTime())
    book = SaidBook(notes, SystemTime(), keep_days=30)
    book.note(SPOKEN, Outcome.SPOKEN, "")
    book.note(SPOKEN, Outcome.SPOKEN, "")
    book.close()
    notes.fails = False
    assert said_in(notes) == []
    notes.close()


def test_the_doctor_says_which_clip_cannot_be_used_and_which_is_no_phrase(tmp_path: Path) -> None:
    (tmp_path / "voice").mkdir()
    (tmp_path / "voice" / "line_crossed.wav").write_bytes(a_wav(2.0, rate=48000))
    (tmp_path / "voice" / "linecrossed.wav").write_bytes(a_wav(2.0))
    findings = list(check_voice(a_config(tmp_path, 'sink = "file:said"')))
    assert [(one.check, one.state) for one in findings] == [
        ("voice", "ok"),
        ("voice.clip.line_crossed", "warn"),
        ("voice.clip.linecrossed", "warn"),
        ("speaker", "warn"),
    ]
    assert "48000 Hz" in findings[1].said
    assert "ffmpeg" in findings[1].said


def test_the_doctor_hears_whether_there_is_a_sound_card(tmp_path: Path) -> None:
    states = {
        sink: list(check_voice(a_config(tmp_path, f'sink = "{sink}"')))[-1].state
        for sink in ("null", "no-such-card")
    }
    assert states == {"null": "ok", "no-such-card": "fail"}
