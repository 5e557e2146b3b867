"""How pages look on this screen: by day or night, and how large. The server knows: nothing flashes.

It goes with the screen, not with the account: the wall of the duty room is dark, somebody's phone
is large. So it is kept in a cookie.
"""

from dataclasses import dataclass

from flask import request

COOKIE = "huxiao_look"
MODES = {
    "auto": ("跟随系统", "As the system"),
    "light": ("浅色", "Light"),
    "dark": ("深色", "Dark"),
}
SIZES = {"usual": ("标准", "Usual"), "large": ("大字", "Large")}

_NIGHT_SHEET = {"auto": "screen and (prefers-color-scheme: dark)", "dark": "screen", "light": ""}


@dataclass(frozen=True, slots=True)
class Look:
    """One screen's settings; `mode` is of `MODES`, `size` of `SIZES`."""

    mode: str = "auto"
    size: str = "usual"

    @property
    def classes(self) -> str:
        """Give what `<html>` says: `dark large`."""
        return " ".join(one for one in (self.mode, self.size) if one not in {"auto", "usual"})

    @property
    def night_for(self) -> str:
        """Give the media query under which the sheet for the night counts; empty for never."""
        return _NIGHT_SHEET[self.mode]

    @property
    def schemes(self) -> str:
        """Give what the browser is told before any sheet has come: `light dark`."""
        return "light dark" if self.mode == "auto" else self.mode

    @property
    def kept(self) -> str:
        """Give the cookie's value."""
        return f"{self.mode}.{self.size}"


def parsed(kept: str) -> Look:
    """Read a cookie's value; what is unknown is as usual."""
    mode, _, size = kept.partition(".")
    return Look(mode if mode in MODES else "auto", size if size in SIZES else "usual")


def chosen() -> Look:
    """Give the look that this request's screen wants."""
    return parsed(request.cookies.get(COOKIE, ""))
