"""Which adapter stands where."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from firmware_config.adapters.card import DiskCard, size_of
from firmware_config.adapters.image_file import ImageFile, ImageStart
from firmware_config.adapters.parts import parts
from firmware_config.core.card_files import CARD, card_files
from firmware_config.core.device import CardPlan
from firmware_config.core.fat import FatVolume, Patch
from firmware_config.core.formats import Format, format_of
from firmware_config.core.partitions import (
    SECTOR,
    Read,
    boot_partition,
    partitions,
    with_data_partition,
)
from firmware_config.core.sums import Sums, record
from firmware_config.flashing import HEAD, Flashing, Settled, Written, settled_by
from firmware_config.ports import Exit, FlashError, Progress

GIB = 1024**3
DATA = 3


@dataclass(frozen=True, slots=True)
class Job:
    """One card to be written."""

    image: Path
    target: Path
    plan: CardPlan
    payload: Path | None
    sha256: str | None
    identity: dict[str, str]


def write_card(job: Job, progress: Progress) -> Written:
    """Write one card.

    Raises:
        FlashError: it did not succeed, and the card does not boot.
    """
    image = ImageFile(job.image)
    with DiskCard(job.target, job.identity) as card:
        flashing = Flashing(card, image, progress, secrets.token_bytes(32))
        return flashing.run(settings_of(job, card.size), job.sha256)


def tried(job: Job) -> tuple[str, ...]:
    """See whether the image takes this device's settings, before anything is erased.

    Gives the names of the files that will be written.

    Raises:
        FlashError: it does not.
    """
    start = ImageStart(ImageFile(job.image))
    size = size_of(job.target)
    return settled_by(settings_of(job, size), start.read, start.read(HEAD, 0), Sums()).files


def settings_of(job: Job, card_size: int) -> Callable[[Read, bytes, Sums], Settled]:
    """Give what makes the image on a card of this size this device."""

    def settle(read: Read, head: bytes, sums: Sums) -> Settled:
        boot = boot_partition(read)
        volume = FatVolume(read, boot.start, job.plan.flashed_at.astimezone(UTC))
        image = format_of(volume.names(), volume.read)
        table = _table(job.plan, head, card_size)
        files = card_files(job.plan, parts(), image, _old(volume), root_is_ours=table is not None)
        if job.payload is not None:
            files |= payload_files(job.payload)
        skipped = [(0, HEAD), (boot.start, boot.start + boot.size)]
        there = _there(volume, files) if sums.size else {}  # a trial has written nothing to sum
        files[f"{CARD}/written.json"] = record(sums, files | there, skipped).encode()
        for path, data in files.items():
            volume.write(path, data)
        new_head = (table or head[:SECTOR]) + head[SECTOR:]
        patches = (*volume.patches(), *_wiped(new_head, read))
        return Settled(new_head, patches, tuple(sorted(files)))

    return settle


def _there(volume: FatVolume, ours: Iterable[str]) -> dict[str, bytes]:
    """Give the image's own files of the boot partition, the kernel among them."""
    replaced = {path.casefold() for path in ours}
    return {path: volume.read(path) for path in volume.paths() if path.casefold() not in replaced}


def jetson_files(plan: CardPlan, payload: Path) -> dict[str, bytes]:
    """Give the files of the folder `huxiao` for a Jetson, whose system has no boot partition.

    Raises:
        FlashError: the payload is damaged.
    """
    files = card_files(plan, parts(), Format.FIRSTRUN, lambda _path: None, root_is_ours=False)
    files |= payload_files(payload)
    own = f"{CARD}/"
    return {path.removeprefix(own): data for path, data in files.items() if path.startswith(own)}


def payload_files(payload: Path) -> dict[str, bytes]:
    """Give the payload's files with their sum, as `scripts/build-image` has made both.

    Raises:
        FlashError: one is missing, or the sum is another.
    """
    beside = payload.with_suffix(".sha256")
    try:
        data, said = payload.read_bytes(), beside.read_text(encoding="ascii")
    except OSError as error:
        said = f"{error.filename}: 读不出 (cannot be read): {error.strerror}"
        advice = "软件包和旁边的 .sha256 要在一起,由 scripts/build-image 制作 (both are made there)"
        raise FlashError(Exit.USAGE, said, advice) from error
    sums = Sums()
    sums.add(data)
    if said.split()[:1] != [sums.whole.hexdigest()]:
        raise FlashError(
            Exit.IMAGE,
            f"{payload} 与校验和不符 (its sum differs)",
            "请重新复制或制作 (copy it again)",
        )
    return {f"{CARD}/payload.tar": data, f"{CARD}/payload.sha256": said.encode()}


def _table(plan: CardPlan, head: bytes, card_size: int) -> bytes | None:
    if plan.profile.storage.root != "ro":
        return None
    return with_data_partition(head[:SECTOR], card_size, plan.profile.storage.root_gib * GIB)


def _old(volume: FatVolume) -> Callable[[str], bytes | None]:
    return lambda path: volume.read(path) if volume.has(path) else None


def _wiped(head: bytes, read: Read) -> list[Patch]:
    """Clear the beginning of the data partition: an older device's data may lie there."""
    if head[:SECTOR] == read(SECTOR, 0):
        return []
    found = partitions(lambda size, at: head[at : at + size])
    return [Patch(one.start, bytes(1024**2)) for one in found if one.number == DATA]
