"""Writing one card: the order is the point. Until the very end nothing on it can boot."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from firmware_config.core import probe
from firmware_config.core.fat import FatError, Patch
from firmware_config.core.formats import UnknownFormatError
from firmware_config.core.partitions import PartitionError, Read
from firmware_config.core.sums import BLOCK, Sums
from firmware_config.ports import Card, Exit, FlashError, Image, Progress

HEAD = 1024**2
"""The first MiB holds the partition table; it is written last."""

TRY_ANOTHER = "请换一张卡或读卡器再写 (try another card or reader)"


@dataclass(frozen=True, slots=True)
class Settled:
    """What makes an image one device: the head to end with, what to write, and the files' names."""

    head: bytes
    patches: tuple[Patch, ...]
    files: tuple[str, ...]


Settings = Callable[[Read, bytes, Sums], Settled]
"""Given a reader of the card, its head, and the image's sums."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it."""

    bytes: int
    sha256: str
    file_sha256: str
    files: tuple[str, ...]


@dataclass(slots=True)
class Flashing:
    """One card being written from one image."""

    card: Card
    image: Image
    progress: Progress
    secret: bytes
    sums: Sums = field(default_factory=Sums)
    head: bytes = b""

    def run(self, settings: Settings, expected: str | None) -> Written:
        """Probe, write, check, settings, check those, and only then make it bootable.

        Raises:
            FlashError: it did not succeed, and the card does not boot.
        """
        try:
            return self._run(settings, expected)
        except OSError as error:
            said = f"存储卡出错或被拔出 (the card failed or was pulled): {error.strerror or error}"
            raise FlashError(Exit.CARD, said, TRY_ANOTHER) from error

    def _run(self, settings: Settings, expected: str | None) -> Written:
        self._fits(self.image.size)
        self._blank_head()
        self._probe()
        self._stream()
        packed = self.image.file_sha256()
        if expected and packed != expected.lower():
            said = f"镜像文件不是预期的那一个 (not the expected image): sha256 {packed}"
            raise FlashError(Exit.IMAGE, said, "请重新下载镜像 (download it again)")
        self._mark(self._behind())
        self._check()
        files = self._settle(settings)
        return Written(self.sums.size, self.sums.whole.hexdigest(), packed, files)

    def _fits(self, size: int | None) -> None:
        if size is not None and size > self.card.size:
            said = f"镜像 {size} 字节,卡只有 {self.card.size} (the image is larger than the card)"
            raise FlashError(Exit.REFUSED, said, "请换一张更大的卡 (take a larger card)")

    def _blank_head(self) -> None:
        self.card.write(bytes(min(HEAD, self.card.size)), 0)
        if self.card.size > 2 * HEAD:  # an older GPT keeps a copy of itself at the end
            self.card.write(bytes(64 * 1024), self.card.size - 64 * 1024)
        self.card.sync()

    def _probe(self) -> None:
        self._mark(probe.places(self.card.size))
        self._marked(probe.places(self.card.size))

    def _mark(self, places: Sequence[int]) -> None:
        for number, at in enumerate(places, start=1):
            self.card.write(probe.mark(self.secret, at), at)
            self.progress("probe", number, len(places))
        self.card.sync()

    def _marked(self, places: Sequence[int]) -> None:
        with self.card.fresh() as read:
            for at in places:
                if read(probe.MARK, at) != probe.mark(self.secret, at):
                    raise _fake(at)

    def _behind(self, patches: Iterable[Patch] = ()) -> list[int]:
        """Give the marks' places behind the image that no setting covers."""
        covered = [(patch.at - probe.MARK, patch.at + len(patch.data)) for patch in patches]
        return [
            at
            for at in probe.places(self.card.size)
            if at >= self.sums.size and not any(a < at < b for a, b in covered)
        ]

    def _stream(self) -> None:
        for block in self.image.blocks():
            at = self.sums.size
            self._fits(at + len(block))
            self.sums.add(block)
            if at < HEAD:
                self.head += block[: HEAD - at]
                block = block[HEAD - at :]  # noqa: PLW2901 the rest of it
                at = HEAD
            if block:
                self.card.write(block, at)
            self.progress("write", self.sums.size, self.image.size)
        if len(self.head) < HEAD:
            raise FlashError(Exit.IMAGE, "这不是系统镜像:太小 (no system image: too small)")
        self.card.sync()

    def _check(self) -> None:
        with self.card.fresh() as read:
            for index, wanted in enumerate(self.sums.blocks):
                at, size = index * BLOCK, min(BLOCK, self.sums.size - index * BLOCK)
                held = self.head + read(size - HEAD, HEAD) if index == 0 else read(size, at)
                if hashlib.sha256(held).hexdigest() != wanted:
                    for place in self._behind():  # a mark from behind: the card begins anew
                        if probe.mark(self.secret, place) in held:
                            raise _fake(place)
                    said = f"读回与写入不一致,在 {at // 1024**2} MiB 处 (read back differs)"
                    raise FlashError(Exit.VERIFY, said, TRY_ANOTHER)
                self.progress("verify", at + size, self.sums.size)

    def _settle(self, settings: Settings) -> tuple[str, ...]:
        with self.card.fresh() as read:
            settled = settled_by(settings, self._with_head(read), self.head, self.sums)
        for number, patch in enumerate(settled.patches, start=1):
            self.card.write(patch.data, patch.at)
            self.progress("settings", number, len(settled.patches))
        self.card.sync()
        self._kept(settled.patches)
        self._begin(settled.head, self._behind(settled.patches))
        return settled.files

    def _with_head(self, read: Read) -> Read:
        def both(size: int, at: int) -> bytes:
            if at >= HEAD:
                return read(size, at)
            held = self.head[at : at + size]
            return held if len(held) == size else held + read(size - len(held), HEAD)

        return both

    def _kept(self, patches: tuple[Patch, ...]) -> None:
        with self.card.fresh() as read:
            for patch in patches:
                if read(len(patch.data), patch.at) != patch.data:
                    said = "卡没有留住设备的设置 (the card did not keep the device's settings)"
                    raise FlashError(Exit.VERIFY, said, TRY_ANOTHER)

    def _begin(self, head: bytes, marks: Sequence[int]) -> None:
        self.card.write(head, 0)
        self.card.sync()
        with self.card.fresh() as read:
            kept = read(len(head), 0) == head
        if not kept:
            self._blank_head()
            said = "卡没有留住分区表 (the card did not keep its partition table)"
            raise FlashError(Exit.VERIFY, said, TRY_ANOTHER)
        try:
            self._marked(marks)
        except FlashError:
            self._blank_head()
            raise


def settled_by(settings: Settings, read: Read, head: bytes, sums: Sums) -> Settled:
    """Ask for what makes an image a device; nothing is written by it.

    Raises:
        FlashError: this image cannot be told its settings, or has no room for them.
    """
    try:
        settled = settings(read, head, sums)
    except PartitionError as error:
        said = f"这不是系统镜像 (no system image): {error}"
        raise FlashError(Exit.IMAGE, said, "请重新下载 (download it again)") from error
    except FatError as error:
        said = f"设置写不进引导分区 (settings do not go into the boot partition): {error}"
        raise FlashError(Exit.SETTINGS, said) from error
    except UnknownFormatError as error:
        advice = "请用 Raspberry Pi OS Lite 64 位 Bookworm 或 Trixie (use one of these)"
        raise FlashError(Exit.IMAGE, str(error), advice) from error
    if any(patch.at < HEAD for patch in settled.patches):
        raise FlashError(Exit.SETTINGS, "引导分区在第一个 MiB 内 (boot partition in the head)")
    return settled


def _fake(at: int) -> FlashError:
    said = (
        f"这张卡存不住 {at / 1024**3:.2f} GiB 处的数据,容量是假的或已损坏"
        " (it does not keep what is written there: fake or broken)"
    )
    return FlashError(Exit.FAKE_CARD, said, "请弃用这张卡 (throw it away)")
