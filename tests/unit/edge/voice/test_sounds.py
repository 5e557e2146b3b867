import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.pinyin import to_pinyin
from edge_agent.adapters.voice.sound import PEAK, joined, samples_of, scaled, seconds_of, wav_of
from edge_agent.adapters.voice.synthesis import VOICE_ID, EspeakSynthesiser
from edge_agent.core.naming import Naming
from edge_agent.ports import SpeakerError
from edge_agent.simulated import MemoryVault
from tests.unit.edge.voice.voice_kit import (
    ANNA,
    SHY,
    XIAOMING,
    Hum,
    a_library,
    a_wav,
    personal,
    rms,
)

LINE = to_pinyin(DEFAULT_PHRASES["line_crossed"])
WATER = to_pinyin(DEFAULT_PHRASES["step_back_from_water"])


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
    assert EspeakSynthesiser(150, niceness=10).wav("qing3") == EspeakSynthesiser(150).wav("qing3")


def test_silence_is_an_error_and_no_warning() -> None:
    with pytest.raises(SpeakerError, match="没有声音"):
        EspeakSynthesiser(150).wav("")


def test_an_error_never_repeats_a_name() -> None:
    with pytest.raises(SpeakerError) as caught:
        EspeakSynthesiser(-1).wav("zeng1 xiao3 ming2" * 0)
    assert "ming" not in str(caught.value)


@pytest.mark.parametrize("gain", [0.1, 0.4, 0.9])
def test_softer_is_softer_by_that_much(gain: float) -> None:
    content = a_wav(0.5)
    assert rms(scaled(content, gain)) == pytest.approx(gain * rms(content), rel=0.01)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(1.0, 10.0))
def test_however_loud_nothing_is_ever_clipped(seed: int, gain: float) -> None:
    noise = np.random.default_rng(seed).normal(0, 6000, 6000).clip(-32768, 32767)
    louder = samples_of(scaled(wav_of(noise.astype(np.int16)), gain))
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
    assert LINE in hum.made


def test_a_name_goes_before_a_recorded_clip_too(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "line_crossed.wav").write_bytes(a_wav(3.0))
    hum = Hum()
    library = a_library(tmp_path, hum)
    sounds = personal(library, hum)
    library.prepare()
    sounds.make(XIAOMING)
    found = sounds.ready("line_crossed", XIAOMING)
    assert found is not None
    assert seconds_of(found[0]) == pytest.approx(3.0 + 1.1, abs=0.01)  # ten syllables and a clip


def test_a_name_is_made_once_for_all_phrases_by_its_own_reading(tmp_path: Path) -> None:
    hum = Hum()
    sounds = personal(a_library(tmp_path, hum), hum)
    sounds.make(XIAOMING)
    sounds.make(XIAOMING)
    assert hum.made == ["san1 nian2 ji2 er4 ban1 zeng1 xiao3 ming2 tong2 xue2,"]


def test_who_may_not_be_named_has_no_sound(tmp_path: Path) -> None:
    hum = Hum()
    library = a_library(tmp_path, hum)
    library.prepare()
    hum.made.clear()
    sounds = personal(library, hum)
    sounds.make(SHY)
    assert hum.made == []
    assert sounds.ready("line_crossed", SHY) is None


def test_what_is_not_ready_is_not_said_half(tmp_path: Path) -> None:
    hum = Hum()
    library = a_library(tmp_path, hum)
    sounds = personal(library, hum)
    sounds.make(XIAOMING)
    assert sounds.ready("line_crossed", XIAOMING) is None  # the plain half is missing
    library.prepare()
    assert sounds.ready("line_crossed", ANNA) is None  # her name is


def test_memory_has_a_bound_and_who_was_wanted_last_stays(tmp_path: Path) -> None:
    hum = Hum()
    library = a_library(tmp_path, hum)
    library.prepare()
    sounds = personal(library, hum, most_bytes=60_000)
    sounds.make(XIAOMING)
    sounds.make(ANNA)
    assert sounds.size_bytes <= 60_000
    assert sounds.ready("line_crossed", ANNA) is not None
    assert sounds.ready("line_crossed", XIAOMING) is None


def test_names_lie_on_disk_only_sealed_and_are_read_back(tmp_path: Path) -> None:
    hum, vault = Hum(), MemoryVault()
    library = a_library(tmp_path, hum)
    personal(library, hum, vault, tmp_path / "sealed").make(XIAOMING)
    [file] = [path for path in (tmp_path / "sealed").rglob("*") if path.is_file()]
    assert b"RIFF" not in file.read_bytes()
    assert "e-1" not in str(file.relative_to(tmp_path))
    made = len(hum.made)
    personal(library, hum, vault, tmp_path / "sealed").make(XIAOMING)
    assert len(hum.made) == made


def test_another_reading_is_made_anew(tmp_path: Path) -> None:
    hum, vault = Hum(), MemoryVault()
    library = a_library(tmp_path, hum)
    personal(library, hum, vault, tmp_path / "sealed").make(XIAOMING)
    other = type(XIAOMING)("e-1", "曾小明", "三年级二班", True, reading="ceng2 xiao3 ming2")
    personal(library, hum, vault, tmp_path / "sealed").make(other)
    assert "ceng2" in hum.made[-1]


def test_with_its_key_gone_a_sealed_name_is_noise(tmp_path: Path) -> None:
    hum, vault = Hum(), MemoryVault()
    library = a_library(tmp_path, hum)
    personal(library, hum, vault, tmp_path / "sealed").make(XIAOMING)
    [file] = [path for path in (tmp_path / "sealed").rglob("*") if path.is_file()]
    vault.destroy("e-1")
    assert vault.unseal("e-1", file.read_bytes()) is None
    file.unlink()
    personal(library, hum, vault, tmp_path / "sealed").make(XIAOMING)
    assert not file.exists()


def test_a_sealed_name_of_one_entry_is_none_of_anothers() -> None:
    vault = MemoryVault()
    sealed = vault.seal("e-1", b"sound")
    vault.seal("e-2", b"")
    assert sealed is not None
    assert vault.unseal("e-2", sealed) is None
    assert vault.unseal("e-1", sealed[:5]) is None
    assert vault.unseal("e-1", sealed) == b"sound"


def test_with_the_entry_its_sounds_are_deleted(tmp_path: Path) -> None:
    hum, vault = Hum(), MemoryVault()
    library = a_library(tmp_path, hum)
    library.prepare()
    sounds = personal(library, hum, vault, tmp_path / "sealed")
    for somebody in (XIAOMING, ANNA):
        sounds.make(somebody)
    sounds.forget("e-1")
    assert sounds.ready("line_crossed", XIAOMING) is None
    assert len(list((tmp_path / "sealed").iterdir())) == 1
    sounds.keep_only([])
    assert list((tmp_path / "sealed").iterdir()) == []
    assert sounds.size_bytes == 0


def test_without_a_vault_no_name_ever_reaches_the_disk(tmp_path: Path) -> None:
    hum = Hum()
    sounds = personal(a_library(tmp_path, hum, tmp_path / "cache"), hum, None, tmp_path / "sealed")
    sounds.make(XIAOMING)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_where_the_site_names_nobody_nothing_is_made_for_anybody(tmp_path: Path) -> None:
    hum = Hum()
    sounds = personal(a_library(tmp_path, hum, naming=Naming.NONE), hum)
    sounds.make(XIAOMING)
    assert hum.made == []
