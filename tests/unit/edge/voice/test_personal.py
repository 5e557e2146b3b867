from pathlib import Path

import pytest

from edge_agent.adapters.voice.phrases import DEFAULT_PHRASES
from edge_agent.adapters.voice.pinyin import to_pinyin
from edge_agent.adapters.voice.sound import seconds_of
from edge_agent.core.naming import Naming
from edge_agent.simulated import MemoryVault
from tests.unit.edge.voice.voice_kit import (
    ANNA,
    SHY,
    XIAOMING,
    Hum,
    a_library,
    a_wav,
    personal,
)

LINE = to_pinyin(DEFAULT_PHRASES["line_crossed"])
WATER = to_pinyin(DEFAULT_PHRASES["step_back_from_water"])


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
