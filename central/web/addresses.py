"""Where a person is sent next: always to these pages."""

from collections.abc import Iterator
from urllib.parse import unquote

_FIRST_PRINTABLE = " "
_MOST_WRAPPED = 3
"""So often may an address be percent-encoded; ours are once."""


def within(wanted: str) -> str:
    """Give an address on these pages, whatever was asked for.

    Browsers take a tab or a line's end out of an address and a backslash for a slash, and what
    stands between may undo an encoding, so that what looks like a path may name another host.
    """
    return wanted if all(_is_ours(form) for form in _forms(wanted)) else "/"


def _is_ours(address: str) -> bool:
    is_plain = all(one >= _FIRST_PRINTABLE and one not in "\\\x7f" for one in address)
    return is_plain and address.startswith("/") and not address.startswith("//")


def _forms(wanted: str) -> Iterator[str]:
    """Give an address as it is and with each encoding undone; nothing ours if there is no end."""
    for _ in range(_MOST_WRAPPED + 1):
        yield wanted
        plain = unquote(wanted)
        if plain == wanted:
            return
        wanted = plain
    yield ""
