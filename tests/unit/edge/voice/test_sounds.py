import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.adapters.voice.loudness import PEAK
from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.pinyin import pinyin_of, to_pinyin
from edge_agent.adapters.voice.reader import PinyinProcess
from edge_agent.adapters.voice.script import Script
from edge_agent.adapters.voice.sound import joined, scaled, seconds_of, wav_of
from edge_agent.adapters.voice.synthesis import VOICE_ID, EspeakSynthesiser
from edge_agent.ports import SpeakerError
from tests.unit.edge.voice.voice_kit import (
    Hum,
    a_library,
    a_wav,
    rms,
    samples_of,
)

LINE = Script(DEFAULT_PHRASES["line_crossed"])
WATER = Script(DEFAULT_PHRASES["step_back_from_water"])


def test_a_warning_is_real_speech_of_the_right_length() -> None:
    content = EspeakSynthesiser(150).wav(WATER)
    samples = samples_of(content).astype(np.float64)
    assert 4.0 < seconds_of(content) < 10.0
    assert rms(content) > 1000
    blocks = samples[: len(samples) // 2205 * 2205].reshape(-1, 2205)  # tenths of a second
    is_loud = np.sqrt(np.mean(blocks**2, axis=1)) > 500
    assert 0.5 < np.mean(is_loud) < 1.0  # mostly voice, and pauses between


def test_the_voice_speaks_mandarin_syllables_and_spells_no_letters() -> None:
    pinyin = to_pinyin("A区三年级2班曾小明同学,请马上离开水边。")
    said = subprocess.run(
        ["espeak-ng", "-v", VOICE_ID.rpartition("/")[2], "-x", "-q", pinyin],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "(en)" not in said
    assert len(re.findall(r"\d{2,3}[nN]?_\|", said)) == len(pinyin.split())


def test_a_faster_rate_makes_a_shorter_warning() -> None:
    slow, fast = (seconds_of(EspeakSynthesiser(rate).wav(LINE)) for rate in (120, 240))
    assert fast < slow * 0.7


def test_names_are_made_standing_back_and_sound_the_same() -> None:
    assert EspeakSynthesiser(150, niceness=10).wav(Script("请")) == EspeakSynthesiser(150).wav(
        Script("请")
    )


def test_silence_is_an_error_and_no_warning() -> None:
    with pytest.raises(SpeakerError, match="没有声音"):
        EspeakSynthesiser(150).wav(Script(""))


def test_an_error_never_repeats_a_name() -> None:
    broken = EspeakSynthesiser(150, niceness="very")  # type: ignore[arg-type]
    with pytest.raises(SpeakerError, match="语音合成无法使用") as caught:
        broken.wav(Script("曾小明", name="曾小明"))
    assert "ming" not in str(caught.value)


def test_reading_in_another_process_gives_the_same_and_ends_with_the_work() -> None:
    reader = PinyinProcess()
    script = Script("曾小明,长湖\n危险", {"长湖": "chang2 hu2"}, "曾小明")
    for _ in range(2):
        assert reader.pinyin(script) == pinyin_of(script)
        assert reader.pinyin(Script("")) == ""
        reader.rest()


def test_a_watch_keeps_no_dictionary_in_memory() -> None:
    program = "import sys, edge_agent.wiring.speaking; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("gain", [0.1, 0.4, 0.9])
def test_softer_is_softer_by_that_much(gain: float) -> None:
    content = a_wav(0.5)
    assert rms(scaled(content, gain)) == pytest.approx(gain * rms(content), rel=0.01)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(1.0, 10.0, exclude_min=True))
def test_however_loud_nothing_is_ever_clipped(seed: int, gain: float) -> None:
    noise = np.random.default_rng(seed).normal(0, 6000, 6000).clip(-32768, 32767)
    louder = samples_of(scaled(wav_of(noise.astype("<i2").tobytes()), gain))
    assert np.abs(louder.astype(np.int32)).max() <= PEAK + 1


def test_a_boosted_warning_is_louder_to_the_ear() -> None:
    content = EspeakSynthesiser(150).wav(LINE)
    assert rms(scaled(content, 2.0)) > 1.6 * rms(content)


def test_pieces_are_joined_in_turn() -> None:
    whole = samples_of(joined([a_wav(0.3, level=1), a_wav(0.5, level=2)]))
    assert (whole[0], whole[-1], len(whole)) == (1, 2, int(22050 * 0.3) + int(22050 * 0.5))


def test_a_phrase_is_made_once_and_kept_over_a_restart(tmp_path: Path) -> None:
    hum = Hum()
    for _ in range(2):
        a_library(tmp_path, hum, tmp_path / "cache").prepare()
    assert sorted(hum.made) == sorted(map(to_pinyin, DEFAULT_PHRASES.values()))


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    hum = Hum()
    a_library(tmp_path, hum, tmp_path / "cache").prepare()
    for file in (tmp_path / "cache").rglob("*.wav"):
        file.write_bytes(b"RIFF")
    library = a_library(tmp_path, hum, tmp_path / "cache")
    assert seconds_of(library.sound("line_crossed")) > 0.5


def test_one_phrase_that_cannot_be_made_holds_no_other_back(tmp_path: Path) -> None:
    hum = Hum()
    hum.fails = 1
    library = a_library(tmp_path, hum)
    with pytest.raises(SpeakerError, match="no voice"):
        library.prepare()
    assert library.missing() == ["line_crossed"]


def test_a_recorded_clip_takes_the_place_of_the_phrase(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "line_crossed.wav").write_bytes(a_wav(3.0))
    assert seconds_of(a_library(tmp_path, Hum()).sound("line_crossed")) == 3.0


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"ID3 mp3, renamed", "不是 WAV"),
        (b"", "不是 WAV"),
        (a_wav(2.0, channels=2), "2 声道"),
        (a_wav(2.0, rate=48000), "48000 Hz"),
        (a_wav(0.1), "秒"),
        (a_wav(31.0), "秒"),
    ],
    ids=["mp3", "empty", "stereo", "48 kHz", "too short", "too long"],
)
def test_a_clip_that_cannot_be_used_is_said_and_the_text_spoken(
    tmp_path: Path, content: bytes, why: str
) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "line_crossed.wav").write_bytes(content)
    hum = Hum()
    library = a_library(tmp_path, hum)
    library.prepare()
    assert why in library.clip_faults["line_crossed"]
    assert to_pinyin(LINE.text) in hum.made
