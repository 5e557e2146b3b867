"""Marks that tell a card that lies about its size from an honest one."""

import hashlib

MARK = 4096
POINTS = 16
FIRST = 1024**2


def places(size: int) -> list[int]:
    """Give where marks go, upwards.

    Spread over what the card claims, its very end among them, finds cards that lose what they have
    no room for. A first one, and one each power of two behind it, finds cards that drop the upper
    bits of an address and so begin anew (what f3 calls wraparound).
    """
    step = (size - FIRST) // POINTS // MARK * MARK
    spread = {FIRST + number * step for number in range(POINTS)}
    doubled = {FIRST + (1 << bit) for bit in range(FIRST.bit_length(), size.bit_length())}
    end = size // MARK * MARK - MARK
    return sorted(at for at in {FIRST, *spread, *doubled, end} if FIRST <= at <= end)


def mark(secret: bytes, at: int) -> bytes:
    """Make the mark of one place: it can stand nowhere else, and on no card before it."""
    return hashlib.sha256(secret + at.to_bytes(8, "little")).digest() * (MARK // 32)
