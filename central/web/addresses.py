"""Where a person is sent next: always to these pages."""

_FIRST_PRINTABLE = " "


def within(wanted: str) -> str:
    """Give an address on these pages, whatever was asked for.

    Browsers take a tab or a line's end out of an address and a backslash for a slash, so that
    what looks like a path may name another host.
    """
    is_plain = all(one >= _FIRST_PRINTABLE and one not in "\\\x7f" for one in wanted)
    is_ours = wanted.startswith("/") and not wanted.startswith("//")
    return wanted if is_ours and is_plain else "/"
