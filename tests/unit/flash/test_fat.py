import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_config.adapters.card import reading
from firmware_config.core.fat import FatError, FatVolume, Patch
from firmware_config.core.partitions import PartitionError, boot_partition, partitions
from tests.unit.flash.images import MIB, TRIXIE, Made, complaints, got, made_image, put

NOW = datetime(2026, 11, 30, 12, 0, 1, tzinfo=UTC)
WANTED = {
    "user-data": b"#cloud-config\n" + b"x" * 70_000,
    "huxiao/claim.json": b"{}",
    "huxiao/claim-2.json": b"2",
    "huxiao/claim-3.json": b"3",
    "huxiao/payload.tar": bytes(range(256)) * 12_000,
    "SSH": b"",
    "Ein langer Name mit Ümlaut.toml": b"ok",
    "huxiao/a/b/deep.txt": b"deep",
}


def written(made: Made, files: dict[str, bytes]) -> list[Patch]:
    with reading(made.path) as read:
        volume = FatVolume(read, boot_partition(read).start, NOW)
        for name, data in files.items():
            volume.write(name, data)
        patches = volume.patches()
    with made.path.open("r+b") as disk:
        for patch in patches:
            disk.seek(patch.at)
            disk.write(patch.data)
    return patches


def kept(made: Made) -> FatVolume:
    data = made.path.read_bytes()

    def read(size: int, at: int) -> bytes:
        return data[at : at + size]

    return FatVolume(read, boot_partition(read).start, NOW)


@pytest.mark.parametrize(
    ("bits", "boot_mib", "start_mib", "gpt"),
    [(32, 64, 4, False), (16, 64, 4, False), (32, 320, 8, False), (32, 96, 1, True)],
)
def test_what_is_written_every_other_reader_finds(
    tmp_path: Path, bits: int, boot_mib: int, start_mib: int, gpt: bool
) -> None:
    made = made_image(tmp_path / "a.img", TRIXIE, bits=bits, boot_mib=boot_mib,
                      start_mib=start_mib, gpt=gpt)  # fmt: skip
    written(made, WANTED)
    written(made, {"cmdline.txt": b"shorter"})
    assert complaints(made) == ""
    assert got(made, "cmdline.txt") == b"shorter"
    assert got(made, "kernel8.img") == TRIXIE["kernel8.img"]
    for name, data in WANTED.items():
        assert got(made, name) == data
        assert kept(made).read(name) == data


def test_a_directory_that_grows_over_many_clusters_stays_sound(tmp_path: Path) -> None:
    made = made_image(tmp_path / "a.img", {})
    many = {f"huxiao/file-number-{one:04d}.json": b"x" * one for one in range(60)}
    for name, data in many.items():
        written(made, {name: data})
    assert complaints(made) == ""
    assert set(kept(made).names("huxiao")) == {name.removeprefix("huxiao/") for name in many}
    assert got(made, "huxiao/file-number-0059.json") == b"x" * 59


def test_an_end_mark_before_a_new_entry_hides_it_from_nobody(tmp_path: Path) -> None:
    made = made_image(tmp_path / "a.img", {f"a{one}.txt": b"x" for one in range(13)})
    written(made, {"a-much-longer-name-than-the-rest.txt": b"y"})
    put(made, "later.txt", b"z")
    assert got(made, "a-much-longer-name-than-the-rest.txt") == b"y"
    assert complaints(made) == ""


def test_no_two_patches_touch_the_same_byte(tmp_path: Path) -> None:
    patches = written(made_image(tmp_path / "a.img", TRIXIE), WANTED)
    places = sorted((one.at, one.at + len(one.data)) for one in patches)
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(places))


def test_a_power_cut_anywhere_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    made = made_image(tmp_path / "a.img", {"cmdline.txt": b"old " * 400})
    before = made.path.read_bytes()
    with reading(made.path) as read:
        volume = FatVolume(read, made.boot_at, NOW)
        volume.write("cmdline.txt", b"new " * 300)
        patches = volume.patches()
    for cut in range(len(patches) + 1):
        data = bytearray(before)
        for patch in patches[:cut]:
            data[patch.at : patch.at + len(patch.data)] = patch.data
        made.path.write_bytes(data)
        found = kept(made).read("cmdline.txt") if cut in {0, len(patches)} else b"old " * 400
        assert found in {b"old " * 400, b"new " * 300}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.dictionaries(
    st.text("abcXYZ0189-_. ", min_size=1, max_size=24).filter(lambda n: n.strip(" .") == n),
    st.binary(max_size=3000), max_size=8,
))  # fmt: skip
def test_any_names_and_bytes_come_back(tmp_path: Path, files: dict[str, bytes]) -> None:
    files = {name.lower(): data for name, data in files.items()}
    made = made_image(tmp_path / "a.img", {}, boot_mib=33)
    written(made, files)
    assert complaints(made) == ""
    assert {name: kept(made).read(name) for name in files} == files


def test_a_full_boot_partition_says_so(tmp_path: Path) -> None:
    made = made_image(tmp_path / "a.img", {}, boot_mib=34)
    with pytest.raises(FatError, match=r"已满.*full"):
        written(made, {"big": bytes(40 * MIB)})


def test_damage_is_named_and_never_followed(tmp_path: Path) -> None:
    made = made_image(tmp_path / "a.img", TRIXIE)
    with made.path.open("r+b") as disk:
        disk.seek(made.boot_at + 11)
        disk.write(b"\xff\xff\xff")
    with pytest.raises(FatError, match="damaged"):
        kept(made)
    with pytest.raises(PartitionError, match="no partition table"):
        partitions(lambda size, _at: bytes(size))
