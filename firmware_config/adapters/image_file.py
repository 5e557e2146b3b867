"""An image as it is downloaded: plain, .xz or .gz, told by its first bytes."""

import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from firmware_config.adapters.xz_index import xz_size
from firmware_config.ports import Exit, FlashError

BLOCK = 4 * 1024**2
XZ, GZ, ZIP = b"\xfd7zXZ\x00", b"\x1f\x8b", b"PK\x03\x04"


class _Counted(io.RawIOBase):
    """Hands bytes on and sums them up."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self.sum = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        data = self._file.read(len(into))
        into[: len(data)] = data
        self.sum.update(data)
        return len(data)


class ImageStart:
    """The beginning of an image, unpacked only as far as somebody reads."""

    def __init__(self, image: "ImageFile") -> None:
        self._blocks = image.blocks()
        self._held = bytearray()

    def read(self, size: int, at: int) -> bytes:
        """Give bytes; fewer where the image ends."""
        while len(self._held) < at + size and (block := next(self._blocks, None)):
            self._held += block
        return bytes(self._held[at : at + size])


class ImageFile:
    """One image file. It must be a system image; an archive of files is refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._kind = file.read(6)
                self.packed_size = path.stat().st_size
                self.size = self._unpacked_size(file)
        except OSError as error:
            raise FlashError(Exit.USAGE, f"{path}: {error.strerror}") from error
        if self._kind.startswith(ZIP):
            said = f"{path} 是 zip 压缩包 (a zip archive)"
            raise FlashError(Exit.IMAGE, said, "请先解压,用里面的 .img (unpack it first)")
        self._sum = ""

    def blocks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            counted = _Counted(file)
            packed = io.BufferedReader(counted, BLOCK)
            source = self._opened(packed)
            try:
                while data := source.read(BLOCK):
                    yield data
            except (lzma.LZMAError, EOFError, zlib.error, gzip.BadGzipFile) as error:
                said = f"{self.path}: 镜像文件不完整或已损坏 (damaged): {error}"
                raise FlashError(Exit.IMAGE, said, "请重新下载 (download it again)") from error
            while packed.read(BLOCK):
                pass
            self._sum = counted.sum.hexdigest()

    def file_sha256(self) -> str:
        return self._sum

    def _opened(self, packed: IO[bytes]) -> io.BufferedIOBase:
        if self._kind == XZ:
            return lzma.LZMAFile(packed)
        if self._kind.startswith(GZ):
            return gzip.GzipFile(fileobj=packed)
        return cast("io.BufferedIOBase", packed)

    def _unpacked_size(self, file: IO[bytes]) -> int | None:
        if self._kind == XZ:
            return xz_size(file)
        return None if self._kind.startswith(GZ) else self.packed_size
