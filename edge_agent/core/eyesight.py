"""Whether a camera still sees: dark, covered, frozen, moved or blinded pictures say that not.

Each fault must last before it is believed, and be gone for a while before it is over. A camera that
has lost its sight makes its zones blind, and the district hears of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from contract.scenarios import Fault

Sketch = NDArray[np.float32]
"""A small picture of edges, contrast taken out: what stays when the light changes."""


@dataclass(frozen=True, slots=True)
class PictureStats:
    """What is measured of one picture, 0 to 1 where not said otherwise.

    `texture`: mean size of the differences between neighbours, in grey levels of 255. `bright`: the
    share of pixels that are as white as they can be. `digest` tells whether a picture is the same
    to the bit. `sketch` is compared with what the camera used to see.
    """

    brightness: float
    texture: float
    bright: float
    digest: bytes
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Limits:
    """When a fault is one. The defaults are ours."""

    dark_below: float = 0.03
    flat_below: float = 1.8
    """Texture for each unit of brightness: a night scene is dim, not flat."""
    bright_above: float = 0.65
    alike_below: float = 0.3
    """Correlation with what the camera used to see; somebody else's view has about none."""
    believe_s: Mapping[Fault, float] = field(
        default_factory=lambda: {
            Fault.DARK: 10.0,
            Fault.COVERED: 10.0,
            Fault.BLINDED: 20.0,
            Fault.FROZEN: 60.0,
            Fault.MOVED: 180.0,
        }
    )
    over_s: float = 5.0
    sees_frozen: bool = True


@dataclass(frozen=True, slots=True)
class Sign:
    """Since when a fault shows, when it last did, and whether it is believed."""

    since: float
    last_at: float
    is_believed: bool = False


@dataclass(frozen=True, slots=True)
class Eyesight:
    """One camera's; `observe` gives the next and the faults that are believed now."""

    limits: Limits = field(default_factory=Limits)
    signs: Mapping[Fault, Sign] = field(default_factory=dict)
    digest: bytes = b""
    usual: Sketch | None = None

    def observe(self, at: float, stats: PictureStats) -> tuple["Eyesight", frozenset[Fault]]:
        """Take one picture's measures in; a few a second are enough."""
        shows = self._shown(stats)
        signs = dict(self.signs)
        for fault in self.limits.believe_s:
            sign = _followed(signs.pop(fault, None), at, fault in shows, self.limits, fault)
            if sign is not None:
                signs[fault] = sign
        usual = self.usual if shows else _learned(self.usual, stats.sketch)
        eyes = replace(self, signs=signs, digest=stats.digest, usual=usual)
        return eyes, frozenset(fault for fault, sign in signs.items() if sign.is_believed)

    def relearned(self) -> "Eyesight":
        """Take what the camera sees next for what it is meant to see: a person has said so."""
        signs = dict(self.signs)
        signs.pop(Fault.MOVED, None)
        return replace(self, usual=None, signs=signs)

    def _shown(self, stats: PictureStats) -> set[Fault]:
        limits = self.limits
        if limits.sees_frozen and stats.digest == self.digest:
            return {Fault.FROZEN}
        if stats.brightness < limits.dark_below:
            return {Fault.DARK}
        if stats.bright > limits.bright_above:
            return {Fault.BLINDED}
        if stats.texture < limits.flat_below * max(stats.brightness, DIM):
            return {Fault.COVERED}
        if self.usual is not None and likeness(self.usual, stats.sketch) < limits.alike_below:
            return {Fault.MOVED}
        return set()


LEARNING = 0.02
DIM = 0.1


def likeness(first: Sketch, second: Sketch) -> float:
    """Give the correlation of two sketches: 1 the same view, about 0 another."""
    if first.shape != second.shape:
        return 0.0
    return float(np.mean(first * second))


def _learned(usual: Sketch | None, seen: Sketch) -> Sketch:
    if usual is None or usual.shape != seen.shape:
        return seen
    mixed = (1 - LEARNING) * usual + LEARNING * seen
    return (mixed / max(float(mixed.std()), 1e-6)).astype(np.float32)


def _followed(
    sign: Sign | None, at: float, shows: bool, limits: Limits, fault: Fault
) -> Sign | None:
    if shows:
        since = at if sign is None else sign.since
        lasts = at - since >= limits.believe_s[fault]
        return Sign(since, at, lasts or (sign is not None and sign.is_believed))
    if sign is None or at - sign.last_at > limits.over_s:
        return None
    return sign if sign.is_believed else None
