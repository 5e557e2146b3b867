"""Places of the picture in which nobody can stand: what is found there is no person."""

from collections.abc import Sequence

from edge_agent.core.boxes import Box, Detection
from edge_agent.core.points import Point
from edge_agent.core.polygons import contains

Mask = tuple[Point, ...]


def is_masked(box: Box, masks: Sequence[Mask]) -> bool:
    """Tell whether a thing is inside a mask, its middle and its foot: who walks past is seen."""
    if not masks:
        return False
    middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return any(contains(mask, middle) and contains(mask, box.foot) for mask in masks)


def unmasked(found: Sequence[Detection], masks: Sequence[Mask]) -> list[Detection]:
    """Give what is not inside a mask."""
    return [one for one in found if not is_masked(one.box, masks)]
