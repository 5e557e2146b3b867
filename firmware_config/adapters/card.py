"""A disk, or a file that acts as one, open for erasing."""

import errno
import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Self

from firmware_config.adapters.lsblk import identity
from firmware_config.core.partitions import Read
from firmware_config.ports import Exit, FlashError

PAGE = 4096
BUFFER = 4 * 1024**2


class DiskCard:
    """Opens exclusively: the kernel refuses a disk that is mounted or held by anything."""

    def __init__(self, path: Path, known: dict[str, str] | None = None) -> None:
        self.path = path
        is_disk = stat.S_ISBLK(path.stat().st_mode)
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_EXCL if is_disk else 0)
        try:
            self._file = os.open(path, flags)
        except OSError as error:
            raise _refused(path, error) from error
        if known is not None and identity(self._file) != known:
            os.close(self._file)
            said = f"{path} 已换成另一块磁盘 (another disk is there now)"
            raise FlashError(Exit.REFUSED, said, "请重新 list 再写 (list again)")
        self.size = os.lseek(self._file, 0, os.SEEK_END)

    def write(self, data: bytes | memoryview, at: int) -> None:
        left = memoryview(data)
        while left:
            count = os.pwrite(self._file, left, at)
            left, at = left[count:], at + count

    def sync(self) -> None:
        os.fsync(self._file)

    @contextmanager
    def fresh(self) -> Iterator[Read]:
        os.fsync(self._file)
        os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_DONTNEED)
        with reading(self.path) as read:
            yield read

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(OSError):
            self.close()


def size_of(path: Path) -> int:
    """Give a disk's or file's size in bytes."""
    with path.open("rb") as disk:
        return disk.seek(0, os.SEEK_END)


def _refused(path: Path, error: OSError) -> FlashError:
    if error.errno == errno.EBUSY:
        said = f"{path} 正被使用 (in use)"
        return FlashError(Exit.BUSY, said, "请先卸载,关闭正在用它的程序 (unmount it first)")
    if error.errno in {errno.EACCES, errno.EPERM}:
        said = f"没有写 {path} 的权限 (no permission)"
        return FlashError(Exit.REFUSED, said, 'sudo env "PATH=$PATH" huxiao-flash …')
    if error.errno == errno.EROFS:
        said = f"{path} 写保护 (write-protected)"
        return FlashError(Exit.REFUSED, said, "请检查卡套的锁 (check the adapter's lock)")
    return FlashError(Exit.CARD, f"{path}: {error.strerror}", "请重新插卡 (insert it again)")


@contextmanager
def reading(path: Path) -> Iterator[Read]:
    """Read a disk or image, past the system's cache where it can be passed by."""
    try:
        file, is_direct = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC), True
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        file, is_direct = os.open(path, os.O_RDONLY | os.O_CLOEXEC), False
    try:
        if is_direct:
            with closing(mmap.mmap(-1, BUFFER)) as buffer:
                yield lambda size, at: _read_direct(file, buffer, size, at)
        else:
            yield lambda size, at: os.pread(file, size, at)
    finally:
        os.close(file)


def _read_direct(file: int, buffer: mmap.mmap, size: int, at: int) -> bytes:
    """Read whole pages into aligned memory, as O_DIRECT demands, and cut out what was asked."""
    begin = at // PAGE * PAGE
    end = -(-(at + size) // PAGE) * PAGE
    found: list[bytes] = []
    while begin < end:
        want = min(end - begin, BUFFER)
        with memoryview(buffer) as view, view[:want] as part:
            count = os.preadv(file, [part], begin)
        if count <= 0:
            break
        found.append(buffer[:count])
        begin += count
        if count % PAGE:
            break
    skip = at % PAGE
    return b"".join(found)[skip : skip + size]
