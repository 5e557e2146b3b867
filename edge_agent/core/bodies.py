"""Distances on the picture measured in body heights, so that near and far people count alike."""

from math import hypot

from edge_agent.core.boxes import Box
from edge_agent.core.points import Point
from edge_agent.core.polygons import side

BODY_WIDTHS_PER_HEIGHT = 2.4
"""An upright person's height in widths: turns a width on the picture into the same height."""

_INSIDE = 0.001
_SMALLEST = 1e-6


def ground_point(box: Box) -> Point:
    """Give the foot, kept inside the picture: whoever is cut by its edge stands at that edge."""
    x, y = box.foot
    return min(max(x, _INSIDE), 1 - _INSIDE), min(max(y, _INSIDE), 1 - _INSIDE)


def in_bodies(point: Point, box: Box) -> Point:
    """Give a place on the picture in body heights of the person in the box."""
    body_width = max((box.right - box.left) * BODY_WIDTHS_PER_HEIGHT, _SMALLEST)
    return point[0] / body_width, point[1] / max(box.bottom - box.top, _SMALLEST)


def apart(first: Point, second: Point, box: Box) -> float:
    """Give the distance of two places in body heights."""
    (x1, y1), (x2, y2) = in_bodies(first, box), in_bodies(second, box)
    return hypot(x2 - x1, y2 - y1)


def offset(a: Point, b: Point, point: Point, box: Box) -> float:
    """Give the distance from the endless line through a and b, in body heights.

    Positive to the right of somebody who walks from a to b, negative to the left.
    """
    start, end = in_bodies(a, box), in_bodies(b, box)
    length = max(hypot(end[0] - start[0], end[1] - start[1]), _SMALLEST)
    return side(start, end, in_bodies(point, box)) / length


def to_stretch(a: Point, b: Point, point: Point, box: Box) -> float:
    """Give the distance from the stretch between a and b, ends included, in body heights."""
    (ax, ay), (bx, by), (x, y) = (in_bodies(p, box) for p in (a, b, point))
    length_squared = max((bx - ax) ** 2 + (by - ay) ** 2, _SMALLEST**2)
    share = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length_squared
    share = min(max(share, 0.0), 1.0)
    return hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay))
