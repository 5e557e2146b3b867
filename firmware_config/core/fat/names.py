"""Long names and their short twins, as FAT keeps both."""

import zlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from firmware_config.core.fat.geometry import FatError

LONG = 0x0F
_PARTS = ((1, 11), (14, 26), (28, 32))
_PER_SLOT = 13
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~")


def short_of(slot: bytes) -> str:
    """Give the short name in a directory slot; two bits say whether it is shown small."""
    stem, end = slot[:8].decode("latin-1").rstrip(), slot[8:11].decode("latin-1").rstrip()
    stem = stem.lower() if slot[12] & 8 else stem
    end = end.lower() if slot[12] & 16 else end
    return f"{stem}.{end}" if end else stem


def long_of(slots: list[bytes]) -> str:
    """Give the long name that slots in disk order (last part first) spell."""
    text = b"".join(slot[a:b] for slot in reversed(slots) for a, b in _PARTS)
    return text.decode("utf-16-le", "replace").split("\0")[0]


def is_plain(name: str) -> bool:
    """Whether a name needs no long twin."""
    stem, _dot, end = name.partition(".")
    return 0 < len(stem) <= 8 and len(end) <= 3 and set(stem + end) <= _PLAIN  # noqa: PLR2004


def short_for(name: str, taken: AbstractSet[bytes]) -> bytes:
    """Choose the eleven letters of a name's short twin.

    Raises:
        FatError: too many alike.
    """
    stem, _dot, end = name.rpartition(".") if "." in name else (name, "", "")
    if is_plain(name):
        return f"{stem:<8}{end:<3}".encode("ascii")
    body = "".join(letter for letter in stem.upper() if letter in _PLAIN)[:6] or "X"
    tail = "".join(letter for letter in end.upper() if letter in _PLAIN)[:3]
    for choice in _choices(name, body):
        short = f"{choice:<8}{tail:<3}".encode("ascii")
        if short not in taken:
            return short
    msg = f"{name}: 相似的文件名太多 (too many similar names)"
    raise FatError(msg)


def _choices(name: str, body: str) -> Iterator[str]:
    for number in range(1, 5):
        yield f"{body}~{number}"
    for number in range(64):
        yield f"{body[:2]}{zlib.crc32(f'{name}{number}'.encode()) & 0xFFFF:04X}~1"


def long_slots(name: str, short: bytes) -> list[bytes]:
    """Give the slots that carry a long name, in disk order; none where the short one says all."""
    if is_plain(name):
        return []
    check = 0
    for byte in short:
        check = (((check & 1) << 7) + (check >> 1) + byte) & 0xFF
    text = name.encode("utf-16-le")
    if len(text) % (2 * _PER_SLOT):
        text += b"\0\0"
        text += b"\xff" * (-len(text) % (2 * _PER_SLOT))
    parts = [text[i : i + 26] for i in range(0, len(text), 26)]
    slots = []
    for number, part in reversed(list(enumerate(parts, start=1))):
        order = number | (0x40 if number == len(parts) else 0)
        head = bytes([order]) + part[:10] + bytes([LONG, 0, check])
        slots.append(head + part[10:22] + b"\0\0" + part[22:26])
    return slots
