"""Where moving boxes are, how fast they go and how sure we are: a Kalman filter for many at once.

Four numbers describe a box: centre x, centre y, width, height. Each is filtered on its own as a
position with a velocity that wanders (continuous white-noise acceleration; Bar-Shalom, Li and
Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001, section 6.2.2), so
that the result depends on seconds, never on how many frames came in them. Noise is measured in
body sizes: a near child and a far child wander alike. Rows are boxes; arrays are never changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge_agent.core.bodies import BODY_WIDTHS_PER_HEIGHT
from edge_agent.core.boxes import Box

Rows = NDArray[np.float64]
"""N x 4: centre x, centre y, width, height, in fractions of the frame."""


SHORT = 0.1  # breathing and steps change a box by less


@dataclass(frozen=True, slots=True)
class Noise:
    """How much boxes wander and detections err; in body heights and seconds."""

    position: float = 0.06
    size: float = 0.12
    first_speed: float = 0.7
    wander: float = 0.5
    size_wander: float = 0.08
    shortening: float = 20.0
    """A box suddenly shorter by a tenth and more hides its feet: how much less it is believed."""
    damping_s: float = 2.0
    """A box that is no longer seen slows down over this time: people behind a post stand still."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Means and (co)variances of N boxes; `at` is when they hold."""

    place: Rows
    speed: Rows
    place_variance: Rows
    covariance: Rows
    speed_variance: Rows

    @classmethod
    def of(cls, boxes: Rows, noise: Noise) -> Self:
        """Start with boxes seen once: the place is known, the speed is not."""
        scale = _body(boxes)
        zero = np.zeros_like(boxes)
        return cls(
            boxes,
            zero,
            (_per_axis(noise.position, noise.size) * scale) ** 2,
            zero,
            (_per_axis(noise.first_speed, noise.first_speed * 0.3) * scale) ** 2,
        )

    def __len__(self) -> int:
        return len(self.place)

    def rows(self, chosen: Sequence[int] | NDArray[np.intp]) -> Self:
        """Give some of the boxes, in the order asked for."""
        index = np.asarray(chosen, dtype=np.intp)
        return type(self)(
            self.place[index],
            self.speed[index],
            self.place_variance[index],
            self.covariance[index],
            self.speed_variance[index],
        )

    def joined(self, other: Self) -> Self:
        """Give these boxes and then the others."""
        if not len(other):
            return self
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return type(self)(*(np.concatenate(pair) for pair in pairs))

    def after(self, elapsed_s: float, is_coasting: NDArray[np.bool_], noise: Noise) -> Self:
        """Let time pass; boxes that are coasting slow down."""
        scale = _body(self.place)
        wander = (_per_axis(noise.wander, noise.size_wander) * scale) ** 2
        fade = np.where(is_coasting, np.exp(-elapsed_s / noise.damping_s), 1.0)[:, None]
        return type(self)(
            _still_a_box(self.place + self.speed * elapsed_s),
            self.speed * fade,
            self.place_variance
            + 2 * elapsed_s * self.covariance
            + elapsed_s**2 * self.speed_variance
            + wander * elapsed_s**3 / 3,
            self.covariance + elapsed_s * self.speed_variance + wander * elapsed_s**2 / 2,
            self.speed_variance + wander * elapsed_s,
        )

    def corrected(self, seen: Rows, noise: Noise) -> Self:
        """Take one detection for each box in."""
        gap = seen - self.place
        missing = np.minimum(np.maximum(1.0 - SHORT - seen[:, 3:] / self.place[:, 3:], 0.0), 1.0)
        error = self._error(noise) * (1 + (noise.shortening * missing) ** 2)
        spread = self.place_variance + error
        place_gain = self.place_variance / spread
        speed_gain = self.covariance / spread
        return type(self)(
            _still_a_box(self.place + place_gain * gap),
            self.speed + speed_gain * gap,
            (1 - place_gain) * self.place_variance,
            (1 - place_gain) * self.covariance,
            self.speed_variance - speed_gain * self.covariance,
        )

    def surprise(self, seen: Rows, noise: Noise) -> Rows:
        """Give the squared Mahalanobis distance of each box (row) to each detection (column)."""
        spread = self.place_variance + self._error(noise)
        gap = seen[None, :, :] - self.place[:, None, :]
        result: Rows = (gap**2 / spread[:, None, :]).sum(axis=2)
        return result

    def _error(self, noise: Noise) -> Rows:
        error: Rows = (_per_axis(noise.position, noise.size) * _body(self.place)) ** 2
        return error


def rows_of(boxes: Sequence[Box]) -> Rows:
    """Give boxes as rows."""
    sides = np.array([(b.left, b.top, b.right, b.bottom) for b in boxes], dtype=np.float64)
    rows = np.empty((len(boxes), 4))
    low, high = sides.reshape(-1, 4)[:, :2], sides.reshape(-1, 4)[:, 2:]
    rows[:, :2] = (low + high) / 2
    rows[:, 2:] = high - low
    return rows


def boxes_of(rows: Rows) -> list[Box]:
    """Give rows as boxes."""
    sides = np.empty_like(rows)
    sides[:, :2] = rows[:, :2] - rows[:, 2:] / 2
    sides[:, 2:] = rows[:, :2] + rows[:, 2:] / 2
    return [Box(*row) for row in sides.tolist()]


def grown(place: Rows, bodies: NDArray[np.float64]) -> Rows:
    """Give boxes with a margin all round, in body heights, at most one."""
    if not bodies.any():
        return place
    wider = place.copy()
    wider[:, 2:] += 2 * np.minimum(bodies, 1.0)[:, None] * _body(place)[:, 2:]
    return wider


def overlap(first: Rows, second: Rows) -> Rows:
    """Give the intersection over union of each of N boxes with each of M."""
    half, other = first[:, 2:] / 2, second[:, 2:] / 2
    low = np.maximum((first[:, :2] - half)[:, None], (second[:, :2] - other)[None])
    high = np.minimum((first[:, :2] + half)[:, None], (second[:, :2] + other)[None])
    sides = np.maximum(high - low, 0.0)
    shared: Rows = sides[..., 0] * sides[..., 1]
    areas, others = first[:, 2] * first[:, 3], second[:, 2] * second[:, 3]
    total = areas[:, None] + others[None] - shared
    result: Rows = shared / np.maximum(total, 1e-12)
    return result


def _body(place: Rows) -> Rows:
    body = np.empty_like(place)
    body[:, 0] = body[:, 2] = place[:, 2] * BODY_WIDTHS_PER_HEIGHT
    body[:, 1] = body[:, 3] = place[:, 3]
    return body


def _per_axis(place: float, size: float) -> NDArray[np.float64]:
    return np.array([place, place, size, size])


def _still_a_box(place: Rows) -> Rows:
    """Keep widths and heights above nothing, whatever the filter believes."""
    np.maximum(place[:, 2:], 1e-4, out=place[:, 2:])
    return place
