from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_config.adapters.image_file import ImageFile
from firmware_config.core.partitions import partitions
from firmware_config.flashing import HEAD, Flashing, Written
from firmware_config.ports import Exit, FlashError
from firmware_config.simulated import MemoryCard
from firmware_config.wiring import Job, settings_of
from tests.unit.flash.images import (
    BOOKWORM,
    FOREIGN,
    MIB,
    TRIXIE,
    Made,
    complaints,
    got,
    made_image,
)
from tests.unit.flash.plans import PHRASE, SECRET, plan

SIZE = 80 * MIB


@dataclass
class Heard:
    phases: list[str]

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        assert total is None or done <= total
        if phase not in self.phases:
            self.phases.append(phase)


@pytest.fixture(scope="module")
def trixie(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_image(
        tmp_path_factory.mktemp("image") / "trixie.img", TRIXIE, boot_mib=34, root_mib=4
    )


def flashed(image: Path, card: MemoryCard, sha256: str | None = None) -> Written:
    job = Job(image, Path("card"), plan(), None, sha256, {})
    flashing = Flashing(card, ImageFile(image), Heard([]), b"s" * 32)
    return flashing.run(settings_of(job, card.size), sha256)


def failed(image: Path, card: MemoryCard, sha256: str | None = None) -> FlashError:
    with pytest.raises(FlashError) as caught:
        flashed(image, card, sha256)
    assert card.data[510:512] != b"\x55\xaa", "a half-written card could boot"
    return caught.value


def as_file(card: MemoryCard, made: Made, place: Path) -> Made:
    path = place / "card.img"
    path.write_bytes(card.data)
    return Made(path, made.boot_at, made.boot_size)


def test_an_image_becomes_one_device(trixie: Made, tmp_path: Path) -> None:
    card = MemoryCard(SIZE)
    written = flashed(trixie.path, card)
    disk = as_file(card, trixie, tmp_path)
    assert written.bytes == trixie.path.stat().st_size
    assert complaints(disk) == ""
    assert b'device_id = "water-001"' in got(disk, "huxiao/device.toml")
    assert SECRET.encode() in got(disk, "huxiao/claim.json")
    assert b"ds=nocloud;i=water-001-" in got(disk, "cmdline.txt")
    assert got(disk, "kernel8.img") == TRIXIE["kernel8.img"]
    assert PHRASE.encode() not in card.data  # the phrase itself is nowhere, its derived key is


def test_the_order_is_probe_write_verify_settings(trixie: Made) -> None:
    heard, card = Heard([]), MemoryCard(SIZE)
    job = Job(trixie.path, Path("card"), plan(), None, None, {})
    Flashing(card, ImageFile(trixie.path), heard, b"s" * 32).run(settings_of(job, SIZE), None)
    assert heard.phases == ["probe", "write", "verify", "settings"]


def test_a_large_card_gets_a_data_partition_and_old_data_is_gone(trixie: Made) -> None:
    size = 16 * 1024 * MIB
    card = SparseCard(size)
    flashed(trixie.path, card)
    boot, root, data = partitions(card.read)
    assert root.start == boot.start + boot.size
    assert root.size >= 8 * 1024 * MIB
    assert data.start == root.start + root.size
    assert data.start + data.size == size
    assert card.read(MIB, data.start) == bytes(MIB)
    assert b" resize" not in card.text("cmdline.txt", boot.start)


def test_a_card_pulled_at_any_moment_does_not_boot(trixie: Made) -> None:
    whole = MemoryCard(SIZE)
    flashed(trixie.path, whole)
    for share in (0.0001, 0.02, 0.3, 0.7, 0.97, 0.99, 0.999):
        card = MemoryCard(SIZE, pulled_after=int(whole.written * share))
        error = failed(trixie.path, card)
        assert error.exit is Exit.CARD
        assert "被拔出" in error.said


@pytest.mark.parametrize("at", [HEAD + 9000, 30 * MIB + 1, 43 * MIB])
def test_one_flipped_bit_is_found(trixie: Made, at: int) -> None:
    error = failed(trixie.path, MemoryCard(SIZE, flips=at))
    assert error.exit is Exit.VERIFY
    assert f"{at // (4 * MIB) * 4} MiB" in error.said


def test_a_flipped_bit_in_the_partition_table_is_found(trixie: Made) -> None:
    assert failed(trixie.path, MemoryCard(SIZE, flips=450)).exit is Exit.VERIFY


@pytest.mark.parametrize("really", [32 * MIB, 50 * MIB, 79 * MIB])
def test_a_card_that_begins_anew_somewhere_is_found(trixie: Made, really: int) -> None:
    assert failed(trixie.path, MemoryCard(SIZE, really=really)).exit is Exit.FAKE_CARD


@pytest.mark.parametrize("really", [32 * MIB, 50 * MIB, 79 * MIB])
def test_a_card_that_loses_what_is_too_much_is_found_before_the_image(
    trixie: Made, really: int
) -> None:
    card = MemoryCard(SIZE, drops=(really, SIZE))
    assert failed(trixie.path, card).exit is Exit.FAKE_CARD
    assert card.written < 3 * MIB


def test_a_wrong_image_is_not_made_bootable(trixie: Made) -> None:
    error = failed(trixie.path, MemoryCard(SIZE), sha256="0" * 64)
    assert error.exit is Exit.IMAGE
    assert "请重新下载" in error.advice


def test_settings_that_the_card_drops_are_noticed(trixie: Made) -> None:
    drops = (trixie.boot_at, trixie.boot_at + trixie.boot_size)
    error = failed(trixie.path, MemoryCard(SIZE, drops=drops, after_syncs=3))
    assert error.exit is Exit.VERIFY
    assert "设置" in error.said


def test_a_card_that_is_too_small_is_not_touched(trixie: Made) -> None:
    card = MemoryCard(20 * MIB)
    card.data[:4] = b"KEEP"
    with pytest.raises(FlashError) as caught:
        flashed(trixie.path, card)
    assert caught.value.exit is Exit.REFUSED
    assert card.data[:4] == b"KEEP"


def test_an_unknown_kind_of_image_is_refused(tmp_path: Path) -> None:
    made = made_image(tmp_path / "x.img", FOREIGN)
    error = failed(made.path, MemoryCard(SIZE))
    assert error.exit is Exit.IMAGE
    assert "boot.scr" in error.said


def test_bookworm_is_told_by_its_own_way(tmp_path: Path) -> None:
    made = made_image(tmp_path / "b.img", BOOKWORM, boot_mib=34)
    card = MemoryCard(SIZE)
    flashed(made.path, card)
    disk = as_file(card, made, tmp_path)
    words = got(disk, "cmdline.txt").split()
    assert b"systemd.run=/boot/firmware/firstrun.sh" in words
    assert b"init=/usr/lib/raspberrypi-sys-mods/firstboot" in words  # makes its own keys first
    assert b"first-boot" in got(disk, "firstrun.sh")
    assert complaints(disk) == ""


def test_a_boot_partition_without_room_is_refused(tmp_path: Path) -> None:
    made = made_image(tmp_path / "full.img", {**TRIXIE, "fill": bytes(34_050_000)}, boot_mib=34)
    error = failed(made.path, MemoryCard(SIZE))
    assert error.exit is Exit.SETTINGS
    assert "已满" in error.said


class SparseCard(MemoryCard):
    """A large card of which little is written: only touched MiBs take memory."""

    def __init__(self, size: int) -> None:
        super().__init__(size, really=MIB)
        self.parts: dict[int, bytearray] = {}

    def write(self, data: bytes | memoryview, at: int) -> None:
        for place, portion in self._split(at, len(data)):
            part = self.parts.setdefault(place // MIB, bytearray(b"old!" * (MIB // 4)))
            begin = place % MIB
            part[begin : begin + len(portion)] = data[portion.start : portion.stop]

    def read(self, size: int, at: int) -> bytes:
        empty = bytes(MIB)
        return b"".join(
            bytes(self.parts.get(place // MIB, empty)[place % MIB : place % MIB + len(portion)])
            for place, portion in self._split(at, min(size, self.size - at))
        )

    def text(self, name: str, boot_at: int) -> bytes:
        from firmware_config.core.fat import FatVolume  # noqa: PLC0415

        return FatVolume(self.read, boot_at, plan().flashed_at).read(name)

    @staticmethod
    def _split(at: int, size: int) -> Iterator[tuple[int, range]]:
        begin = 0
        while begin < size:
            end = min(size, begin + MIB - (at + begin) % MIB)
            yield at + begin, range(begin, end)
            begin = end
