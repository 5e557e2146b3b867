"""Canaries: a word that is nowhere else in the world, in every secret; and how to find one again.

Each carries an ASCII core that no escaping changes, and Chinese characters that every escaping
does: either betrays it.
"""

import html
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_plus

CORE = re.compile(rb"zq[0-9a-f]{10}qz")
_HANZI = "椋鸫鸲鹀鹡鸰鹨鹪鹩鹟鸫鸦鹄鹈鹕鹚"
_ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Canary:
    """One secret: what it is, and what the oracle needs to say who may know it."""

    kind: str
    core: str
    hanzi: str
    about: str
    """The incident, pupil or request that it belongs to."""
    by: str = ""
    """Who wrote it, `account:...`, where somebody did."""
    unit: str = ""
    also: str = ""
    """The case that a report was taken up into, with its words and pictures."""

    @property
    def text(self) -> str:
        """Give it as it is written into a secret."""
        return f"{self.hanzi}{self.core}"


@dataclass
class Aviary:
    """All canaries of a district."""

    draw: Callable[[int], int]
    """Gives a number below another: the district's own chance."""
    kept: dict[str, Canary] = field(default_factory=dict)
    by_hanzi: dict[str, Canary] = field(default_factory=dict)
    plain: dict[bytes, Canary] = field(default_factory=dict)
    """Secrets that carry no core: phone numbers, ids."""

    def breed(self, kind: str, about: str, by: str = "", unit: str = "") -> Canary:
        """Make one."""
        number = len(self.kept)
        core = f"zq{self.draw(1 << 24):06x}{number:04x}qz"
        digits = [number >> 8 & 15, number >> 4 & 15, number & 15, self.draw(16), self.draw(16)]
        hanzi = "".join(_HANZI[one] for one in digits) + "鼋"
        made = Canary(kind, core, hanzi, about, by, unit)
        self.kept[core] = made
        self.by_hanzi.setdefault(hanzi, made)
        return made

    def move(self, canary: Canary, about: str) -> None:
        """Say to what a secret belongs, where that is known only now."""
        moved = replace(canary, about=about)
        self.kept[canary.core] = self.by_hanzi[canary.hanzi] = moved

    def take_up(self, about: str, core: str, also: str) -> None:
        """Say that a secret of one case stands in another, too."""
        canary = self.kept[core]
        assert canary.about == about
        both = replace(canary, also=also)
        self.kept[core] = self.by_hanzi[canary.hanzi] = both

    def mark(self, kind: str, secret: str, about: str) -> None:
        """Watch a secret that has its own form."""
        self.plain[secret.encode()] = Canary(kind, secret, "", about)

    def found_in(self, data: bytes) -> list[Canary]:
        """Find every canary in bytes, however they are written."""
        found = {core.decode() for core in CORE.findall(data)}
        hits = {core: self.kept[core] for core in found if core in self.kept}
        for said in _readings(data):
            for word in re.findall(f"[{_HANZI}]{{5}}鼋", said):
                if word in self.by_hanzi:
                    hits[self.by_hanzi[word].core] = self.by_hanzi[word]
            for core in CORE.findall(said.encode()):
                if core.decode() in self.kept:
                    hits[core.decode()] = self.kept[core.decode()]
        for secret, canary in self.plain.items():
            if secret in data:
                hits[canary.core] = canary
        return list(hits.values())


def _readings(data: bytes) -> Iterable[str]:
    """Give what the bytes may say once unescaped; each escaping only where it occurs."""
    said = data.decode("utf-8", "replace")
    yield said
    if "\\u" in said:
        yield _ESCAPED.sub(lambda one: json.loads(f'"{one[0]}"'), said)
    if "&" in said:
        yield html.unescape(said)
    if "%" in said:
        yield unquote_plus(said)
