"""Looking twice: the whole picture, and larger at the places where people are small."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from edge_agent.core.boxes import Box, Detection
from edge_agent.core.points import Point
from edge_agent.ports import Detector, Image

OVERLAP = 0.1
"""Quarters reach over the middle by this much, so that who stands there is whole in one."""
AROUND = 0.06
ABOVE = 0.18
"""A crop leaves room around what is drawn, most above: feet are in a zone, heads are over it."""
SMALL = 0.3
"""A drawing that needs no more of the picture's width and height than this is far away."""
SAME = 0.5
"""Boxes of two looks that share this much of both together are one person..."""
INSIDE = 0.7
AS_WIDE = 0.7
"""...and so is a part of somebody: inside, and nearly as wide. A child in front is narrower."""
CUT = 0.004

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
QUARTERS = tuple(
    Box(x, y, x + 0.5 + OVERLAP, y + 0.5 + OVERLAP)
    for y in (0.0, 0.5 - OVERLAP)
    for x in (0.0, 0.5 - OVERLAP)
)


@dataclass(slots=True)
class TilingDetector:
    """Asks a detector of the whole picture and of crops, `most` times a picture altogether.

    Where there are more crops than that, they take turns from picture to picture.
    Where `looks_once` says so, crops are left out: the device is too warm for them.
    """

    detector: Detector
    crops: tuple[Box, ...]
    most: int = 2
    turn: int = 0
    looks_once: Callable[[], bool] = lambda: False

    def detect(self, image: Image) -> list[Detection]:
        """Find people in a blue-green-red picture of any size."""
        looks = [self.detector.detect(image)]
        count = 0 if self.looks_once() else min(len(self.crops), self.most - 1)
        for step in range(count):
            crop = self.crops[(self.turn + step) % len(self.crops)]
            looks.append(self._in(image, crop))
        self.turn = (self.turn + count) % max(len(self.crops), 1)
        return merged(looks)

    def _in(self, image: Image, crop: Box) -> list[Detection]:
        height, width = image.shape[:2]
        part = image[
            round(crop.top * height) : round(crop.bottom * height),
            round(crop.left * width) : round(crop.right * width),
        ]
        placed = (_placed(one, crop) for one in self.detector.detect(part))
        return [one for one in placed if not _is_cut(one.box, crop)]


def crops_for(tiling: str, drawings: Sequence[Sequence[Point]]) -> tuple[Box, ...]:
    """Give the crops that a camera's word asks for: `off`, `2x2`, `zones`, or `auto`.

    `zones` is a crop around each drawing; `auto` is that for the small ones among them.
    """
    if tiling == "2x2":
        return QUARTERS
    if tiling == "off":
        return ()
    bounds = [_bounds(drawing) for drawing in drawings if drawing]
    return tuple(_roomy(one) for one in bounds if tiling == "zones" or _is_small(one))


def _bounds(drawing: Sequence[Point]) -> Box:
    xs, ys = [x for x, _ in drawing], [y for _, y in drawing]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _is_small(box: Box) -> bool:
    return box.right - box.left <= SMALL and box.bottom - box.top <= SMALL


def _roomy(box: Box) -> Box:
    return Box(
        max(0.0, box.left - AROUND),
        max(0.0, box.top - ABOVE),
        min(1.0, box.right + AROUND),
        min(1.0, box.bottom + AROUND),
    )


def merged(looks: Sequence[Sequence[Detection]]) -> list[Detection]:
    """Drop what was found in two looks, keeping the surer one.

    Within one look everybody counts: the detector itself has dropped its doubles, and a child in
    front of a grown-up is two people.
    """
    numbered = [(number, one) for number, look in enumerate(looks) for one in look]
    numbered.sort(key=lambda pair: -pair[1].score)
    kept: list[tuple[int, Detection]] = []
    for number, one in numbered:
        if not any(n != number and _is_same(one.box, other.box) for n, other in kept):
            kept.append((number, one))
    return [one for _, one in kept]


def _is_same(first: Box, second: Box) -> bool:
    wide = min(first.right, second.right) - max(first.left, second.left)
    tall = min(first.bottom, second.bottom) - max(first.top, second.top)
    if wide <= 0 or tall <= 0:
        return False
    shared, areas = wide * tall, sorted((_area(first), _area(second)))
    if shared >= SAME * (sum(areas) - shared):
        return True
    widths = sorted((first.right - first.left, second.right - second.left))
    return shared >= INSIDE * areas[0] and widths[0] >= AS_WIDE * widths[1]


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _placed(found: Detection, crop: Box) -> Detection:
    width, height = crop.right - crop.left, crop.bottom - crop.top
    box = found.box
    placed = Box(
        crop.left + box.left * width,
        crop.top + box.top * height,
        crop.left + box.right * width,
        crop.top + box.bottom * height,
    )
    return replace(found, box=placed)


def _is_cut(box: Box, crop: Box) -> bool:
    """Tell whether a crop's edge, not the picture's, goes through somebody."""
    return (
        (crop.left > 0.0 and box.left <= crop.left + CUT)
        or (crop.top > 0.0 and box.top <= crop.top + CUT)
        or (crop.right < 1.0 and box.right >= crop.right - CUT)
        or (crop.bottom < 1.0 and box.bottom >= crop.bottom - CUT)
    )
