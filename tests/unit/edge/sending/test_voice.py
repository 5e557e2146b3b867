import io
import re
import subprocess
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.adapters.voice.library import PhraseLibrary
from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.pinyin import to_pinyin
from edge_agent.adapters.voice.player import AplayPlayer, FolderPlayer, Player
from edge_agent.adapters.voice.speaker import QueuedSpeaker, QuietSpeaker
from edge_agent.adapters.voice.synthesis import VOICE_ID, EspeakSynthesiser, seconds_of
from edge_agent.cli import main
from edge_agent.config import VoiceConfig, read_config
from edge_agent.ports import SpeakerError
from edge_agent.wiring.speaking import open_speaker
from tests.unit.edge.sending.sending_kit import eventually

READ_RIGHTLY = {
    "step_back_from_water": (
        "shui3 bian1 wei1 xian3, qing3 ma3 shang4 li2 kai1 shui3 bian1,"
        " tui4 dao4 an1 quan2 de5 di4 fang1."
    ),
    "line_crossed": (
        "ni3 yi3 jing1 yue4 guo4 jing3 jie4 xian4, qing3 li4 ji2 hui2 dao4 an4 shang4."
    ),
    "alarm_received": "jing3 bao4 yi3 shou1 dao4.",
    "alarm_acknowledged": "min2 jing3 yi3 jie1 jing3, zheng4 zai4 chu3 li3.",
}


class Notepad:
    """A player that notes what it is given and can be made to wait or to fail."""

    waits_its_turn = True

    def __init__(self) -> None:
        self.played: list[str] = []
        self.fails = ""
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def play(self, phrase_id: str, content: bytes) -> None:
        assert content
        self.may_go_on.wait(10.0)
        if self.fails:
            raise SpeakerError(self.fails)
        self.played.append(phrase_id)


class Hum:
    """A synthesiser that hums half a second, whatever the text."""

    fingerprint = "hum"

    def __init__(self) -> None:
        self.made: list[str] = []
        self.fails = 0

    def wav(self, text: str) -> bytes:
        if self.fails:
            self.fails -= 1
            msg = "simulated: no voice"
            raise SpeakerError(msg)
        self.made.append(text)
        return a_wav(0.5)


def a_wav(seconds: float) -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x00\x10" * int(8000 * seconds))
    return sound.getvalue()


def samples_of(content: bytes) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    with wave.open(io.BytesIO(content)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


def a_voice(folder: Path, lines: str = "") -> VoiceConfig:
    text = f'device_id = "water-001"\nprofile = "water"\n[voice]\n{lines}'
    return read_config(text, "device.toml", folder).voice


def a_library(folder: Path, synthesiser: Hum, cache: Path | None = None) -> PhraseLibrary:
    return PhraseLibrary(DEFAULT_PHRASES, synthesiser, folder / "clips", cache)


@contextmanager
def a_speaker(library: PhraseLibrary, player: Player, told: list[str]) -> Iterator[QueuedSpeaker]:
    speaker = QueuedSpeaker(library, player, told.append)
    try:
        yield speaker
    finally:
        speaker.close()


def test_every_phrase_is_read_by_its_right_pinyin() -> None:
    assert {name: to_pinyin(text) for name, text in DEFAULT_PHRASES.items()} == READ_RIGHTLY


def test_a_class_and_a_number_are_read_in_chinese() -> None:
    assert to_pinyin("三年级(2)班") == "san1 nian2 ji2 er4 ban1"
    assert to_pinyin("105米,20秒") == "yi4 bai3 ling2 wu3 mi3, er4 shi2 miao3"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_written_the_voice_never_gets_a_hanzi_it_would_misread(text: str) -> None:
    assert not re.search(r"[\u4e00-\u9fff]", to_pinyin(text))


def test_a_warning_is_real_speech_of_the_right_length() -> None:
    content = EspeakSynthesiser(150, 1.0).wav(DEFAULT_PHRASES["step_back_from_water"])
    samples = samples_of(content).astype(np.float64)
    assert 4.0 < seconds_of(content) < 10.0
    assert np.sqrt(np.mean(samples**2)) > 1000
    blocks = samples[: len(samples) // 2205 * 2205].reshape(-1, 2205)  # tenths of a second
    is_loud = np.sqrt(np.mean(blocks**2, axis=1)) > 500
    assert 0.5 < np.mean(is_loud) < 1.0  # mostly voice, and pauses between


def test_the_voice_speaks_mandarin_syllables_and_spells_no_letters() -> None:
    said = subprocess.run(
        ["espeak-ng", "-v", VOICE_ID.rpartition("/")[2], "-x", "-q", READ_RIGHTLY["line_crossed"]],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "(en)" not in said
    assert len(re.findall(r"\d{2,3}[nN]?_\|", said)) == len(READ_RIGHTLY["line_crossed"].split())


def test_a_faster_rate_makes_a_shorter_warning() -> None:
    text = DEFAULT_PHRASES["line_crossed"]
    slow, fast = (seconds_of(EspeakSynthesiser(rate, 1.0).wav(text)) for rate in (120, 240))
    assert fast < slow * 0.7


def test_silence_is_an_error_and_no_warning() -> None:
    with pytest.raises(SpeakerError, match="没有声音"):
        EspeakSynthesiser(150, 1.0).wav("")


def test_a_phrase_is_made_once_and_kept_over_a_restart(tmp_path: Path) -> None:
    hum = Hum()
    for _ in range(2):
        a_library(tmp_path, hum, tmp_path / "cache").prepare()
    assert sorted(hum.made) == sorted(DEFAULT_PHRASES.values())


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    hum = Hum()
    a_library(tmp_path, hum, tmp_path / "cache").prepare()
    for file in (tmp_path / "cache").rglob("*.wav"):
        file.write_bytes(b"RIFF")
    library = a_library(tmp_path, hum, tmp_path / "cache")
    assert seconds_of(library.sound("line_crossed")) == 0.5


def test_a_recorded_clip_takes_the_place_of_the_phrase(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "line_crossed.wav").write_bytes(a_wav(3.0))
    assert seconds_of(a_library(tmp_path, Hum()).sound("line_crossed")) == 3.0


def test_a_clip_that_is_no_wav_is_said(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "line_crossed.wav").write_bytes(b"mp3, renamed")
    with pytest.raises(SpeakerError, match="录音"):
        a_library(tmp_path, Hum()).prepare()


def test_the_most_urgent_is_said_first_and_a_repeat_once(tmp_path: Path) -> None:
    player = Notepad()
    player.may_go_on.clear()
    with a_speaker(a_library(tmp_path, Hum()), player, []) as speaker:
        speaker.say("alarm_received")
        for phrase_id in ("step_back_from_water", "line_crossed", "step_back_from_water"):
            speaker.say(phrase_id)
        player.may_go_on.set()
    assert player.played.index("line_crossed") < player.played.index("step_back_from_water")
    assert sorted(player.played) == ["alarm_received", "line_crossed", "step_back_from_water"]


def test_say_returns_at_once_while_the_speaker_is_busy(tmp_path: Path) -> None:
    player = Notepad()
    player.may_go_on.clear()
    with a_speaker(a_library(tmp_path, Hum()), player, []) as speaker:
        for _ in range(100):
            speaker.say("line_crossed")
        assert player.played == []
        player.may_go_on.set()


def test_a_voice_that_fails_is_said_once_and_its_return_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    player, told = Notepad(), list[str]()
    with a_speaker(a_library(tmp_path, Hum()), player, told) as speaker:
        eventually(lambda: told == [""])
        player.fails = "simulated: no card"
        for _ in range(3):
            speaker.say("line_crossed")
            eventually(lambda: speaker.is_idle)
        player.fails = ""
        speaker.say("line_crossed")
        eventually(lambda: player.played == ["line_crossed"])
    assert told == ["", "simulated: no card", ""]
    assert caplog.text.count("no card") == 1


def test_a_voice_that_is_not_there_at_start_is_tried_again(tmp_path: Path) -> None:
    hum, player, told = Hum(), Notepad(), list[str]()
    hum.fails = 1
    with a_speaker(a_library(tmp_path, hum), player, told) as speaker:
        speaker.say("line_crossed")
        eventually(lambda: player.played == ["line_crossed"])
    assert told == ["simulated: no voice", ""]


def test_a_missing_player_is_an_error_that_is_seen() -> None:
    with pytest.raises(SpeakerError, match="alsa-utils"):
        AplayPlayer(program="no-such-aplay").play("x", a_wav(0.5))


def test_a_missing_sound_card_is_an_error_that_is_seen() -> None:
    with pytest.raises(SpeakerError, match="声卡"):
        AplayPlayer("no-such-card").play("x", a_wav(0.5))


def test_aplay_takes_the_sound_from_memory() -> None:
    AplayPlayer("null").play("x", a_wav(0.5))


def test_the_folder_gets_a_whole_wav_for_each_warning(tmp_path: Path) -> None:
    voice = a_voice(tmp_path, 'sink = "file:said"')
    speaker = open_speaker(voice, tmp_path / "cache")
    for phrase_id in ("line_crossed", "line_crossed", "step_back_from_water"):
        speaker.say(phrase_id)
    speaker.close()
    names = sorted(file.name.partition("-")[2] for file in (tmp_path / "said").iterdir())
    assert names == ["line_crossed.wav", "line_crossed.wav", "step_back_from_water.wav"]
    assert all(seconds_of(file.read_bytes()) > 3 for file in (tmp_path / "said").iterdir())


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "said").touch()
    with pytest.raises(SpeakerError, match="无法写入"):
        FolderPlayer(tmp_path / "said").play("x", a_wav(0.5))


def test_a_site_may_switch_its_voice_off(tmp_path: Path) -> None:
    assert isinstance(open_speaker(a_voice(tmp_path, "enabled = false")), QuietSpeaker)


def test_a_site_may_write_its_own_words(tmp_path: Path) -> None:
    own = a_voice(tmp_path, 'sink = "file:said"\nphrases = { line_crossed = "快走" }')
    speaker = open_speaker(own)
    speaker.say("line_crossed")
    speaker.close()
    (said,) = (tmp_path / "said").iterdir()
    assert seconds_of(said.read_bytes()) < 2.0


def test_say_writes_what_the_fence_would_say(tmp_path: Path) -> None:
    out = tmp_path / "warning.wav"
    done = CliRunner().invoke(main, ["say", "请离开水边", "--out", str(out)])
    assert (done.exit_code, done.stderr) == (0, "")
    assert out.read_bytes() == EspeakSynthesiser(150, 1.0).wav("请离开水边")


def test_say_without_a_sound_card_fails_loudly(tmp_path: Path) -> None:
    config = tmp_path / "device.toml"
    config.write_text('device_id = "w-1"\nprofile = "water"\n[voice]\nsink = "no-such-card"\n')
    done = CliRunner().invoke(main, ["say", "请离开水边", "--config", str(config)])
    assert done.exit_code == 5
    assert "声卡" in done.stderr
