"""Whether a camera still sees: dark, covered, frozen, moved or blinded pictures say that not.

Each fault must last before it is believed, and be gone for a while before it is over. A camera that
has lost its sight makes its zones blind, and the district hears of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contract.scenarios import Fault
from edge_agent.core.views import Sketch, View


@dataclass(frozen=True, slots=True)
class PictureStats:
    """What is measured of one picture, 0 to 1 where not said otherwise.

    `structure`: how steep the picture's clearest edges are once it is made small and soft, in grey
    levels of 255. `bright`: the share of pixels as white as they can be. `colour`: mean distance
    from grey. `digest` tells whether a picture is the same to the bit. `sketch` is compared with
    what the camera used to see.
    """

    brightness: float
    structure: float
    bright: float
    colour: float
    digest: bytes
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Limits:
    """When a fault is one. The defaults are ours; a fault without a time is never believed.

    Measured on 59 street pictures: sharp ones have a structure above 38 for each unit of
    brightness, heavy haze 6 to 20, cloth and walls below 7. Shifted by a twentieth of the width,
    the same view is 0.4 more alike after the shift than before.
    """

    dark_below: float = 0.03
    flat_below: float = 8.0
    least_structure: float = 1.5
    bright_above: float = 0.65
    shifted_from: float = 0.03
    clearer_by: float = 0.2
    alike_below: float = 0.25
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
    relearn_s: float = 86_400.0


@dataclass(frozen=True, slots=True)
class Sign:
    """Since when a fault shows, when it last did, and whether it is believed."""

    since: float
    last_at: float
    is_believed: bool = False


@dataclass(frozen=True, slots=True)
class Eyesight:
    """One camera's; `observe` gives the next and the faults that are believed now.

    It remembers two views: by day, and by night or infrared light. `digests` are those of the last
    pictures: a frozen picture that is sent on encoded anew comes back with every group of frames.
    """

    limits: Limits = field(default_factory=Limits)
    signs: Mapping[Fault, Sign] = field(default_factory=dict)
    digests: tuple[bytes, ...] = ()
    views: Mapping[bool, View] = field(default_factory=dict)
    is_night: bool = False
    at: float | None = None

    def observe(self, at: float, stats: PictureStats) -> tuple["Eyesight", frozenset[Fault]]:
        """Take one picture's measures in; a few a second are enough."""
        passed_s = 0.0 if self.at is None else at - self.at
        eyes = self if passed_s <= GAP_S else replace(self, signs=_kept(self.signs))
        return eyes._seen(at, stats, min(passed_s, GAP_S))  # noqa: SLF001 - one of its own

    def relearned(self) -> "Eyesight":
        """Take what the camera sees next for what it is meant to see: a person has said so."""
        signs = dict(self.signs)
        signs.pop(Fault.MOVED, None)
        return replace(self, views={}, signs=signs)

    def _seen(
        self, at: float, stats: PictureStats, passed_s: float
    ) -> tuple["Eyesight", frozenset[Fault]]:
        is_night = _is_night(stats, was=self.is_night)
        shows = self._shown(stats, is_night)
        signs = dict(self.signs)
        for fault in self.limits.believe_s:
            sign = _followed(signs.pop(fault, None), at, fault in shows, self.limits, fault)
            if sign is not None:
                signs[fault] = sign
        views = dict(self.views)
        if not shows:
            view = views.get(is_night)
            views[is_night] = (
                View(stats.sketch) if view is None else view.learned(stats.sketch, passed_s)
            )
        eyes = replace(
            self,
            signs=signs,
            views=views,
            digests=(*self.digests, stats.digest)[-REMEMBERED:],
            is_night=is_night,
            at=at,
        )
        moved = signs.get(Fault.MOVED)
        if moved is not None and at - moved.since >= self.limits.relearn_s:
            eyes = eyes.relearned()
        return eyes, frozenset(fault for fault, sign in eyes.signs.items() if sign.is_believed)

    def _shown(self, stats: PictureStats, is_night: bool) -> set[Fault]:
        """Tell what this one picture looks like; of what hides the view, only the plainest."""
        limits = self.limits
        if stats.brightness < limits.dark_below:
            return {Fault.DARK}
        if stats.bright > limits.bright_above:
            return {Fault.BLINDED}
        if stats.structure < max(limits.least_structure, limits.flat_below * stats.brightness):
            return {Fault.COVERED}
        shows = {Fault.FROZEN} if stats.digest in self.digests else set[Fault]()
        view = self.views.get(is_night)
        if view is not None and view.is_known and self._is_elsewhere(view, stats.sketch):
            shows.add(Fault.MOVED)
        return shows

    def _is_elsewhere(self, view: View, sketch: Sketch) -> bool:
        shift = view.shift_of(sketch)
        is_shifted = max(abs(shift.across), abs(shift.down)) >= self.limits.shifted_from
        is_clear = shift.alike_moved - shift.alike_unmoved >= self.limits.clearer_by
        return (is_shifted and is_clear) or shift.alike_unmoved < self.limits.alike_below


REMEMBERED = 16
GAP_S = 30.0
"""After so long without a picture, what showed before says nothing of now."""
GREY = 0.006
DIM, LIGHT = 0.2, 0.28


def _is_night(stats: PictureStats, *, was: bool) -> bool:
    """Tell night from day: dim, or without colours under infrared light."""
    return stats.colour < GREY or stats.brightness < (LIGHT if was else DIM)


def _kept(signs: Mapping[Fault, Sign]) -> dict[Fault, Sign]:
    return {fault: sign for fault, sign in signs.items() if sign.is_believed}


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
