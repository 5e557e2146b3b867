"""Plane geometry of what an installer draws."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from edge_agent.core.points import Point

Edge = tuple[Point, Point]


def side(a: Point, b: Point, point: Point) -> float:
    """Tell on which side of the line through a and b a point lies.

    Positive: to the right of somebody who walks from a to b (the picture's y grows downwards),
    negative: to the left, zero: on it. The size is the distance times the length of a-b.
    """
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


def edges(polygon: Sequence[Point]) -> Iterator[Edge]:
    """Give the sides of a polygon, the closing one last."""
    return zip(polygon, [*polygon[1:], polygon[0]], strict=True)


def area(polygon: Sequence[Point]) -> float:
    """Give the enclosed area by the shoelace formula; the sign tells the sense of rotation."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(polygon)) / 2


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Tell whether a point lies inside, by counting the sides that a ray crosses."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in edges(polygon):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def is_simple(polygon: Sequence[Point]) -> bool:
    """Tell whether no two sides cross, so that inside and outside mean what was drawn."""
    return not any(_cross(*pair) for pair in combinations(list(edges(polygon)), 2))


def _cross(first: Edge, second: Edge) -> bool:
    (a, b), (c, d) = first, second
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
