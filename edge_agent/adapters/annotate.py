"""Draws on a picture what the rule saw: zones, lines, and the person who was warned."""

from collections.abc import Sequence

import cv2
import numpy as np

from edge_agent.core.boxes import Box
from edge_agent.core.lines import Line
from edge_agent.core.points import Point
from edge_agent.core.tracks import Track, TrackState
from edge_agent.core.zones import Zone
from edge_agent.ports import Image

Colour = tuple[int, int, int]

AMBER: Colour = (0, 190, 255)
RED: Colour = (40, 40, 230)
GREEN: Colour = (90, 200, 60)
GREY: Colour = (170, 170, 170)
DARK: Colour = (25, 25, 25)
FONT = cv2.FONT_HERSHEY_SIMPLEX

_OF_STATE = {TrackState.CONFIRMED: GREEN, TrackState.LOST: GREY, TrackState.TENTATIVE: GREY}


def annotated(
    image: Image,
    zones: Sequence[Zone],
    lines: Sequence[Line],
    tracks: Sequence[Track],
    warned: Sequence[Track],
) -> Image:
    """Give a copy with everything drawn; labels are plain ASCII, as OpenCV's fonts demand."""
    picture: Image = image.copy()
    for zone in zones:
        _draw_zone(picture, zone)
    for line in lines:
        _draw_line(picture, line)
    warned_ids = {track.track_id for track in warned}
    for track in tracks:
        if track.track_id not in warned_ids:
            _draw_box(picture, track.box, _OF_STATE[track.state], 1)
            _draw_label(picture, _corner(picture, track.box), str(track.track_id), GREY)
    for track in warned:
        _draw_box(picture, track.box, RED, 3)
        _draw_label(picture, _corner(picture, track.box), f"#{track.track_id}", RED)
    return picture


def _draw_zone(picture: Image, zone: Zone) -> None:
    corners = np.array([_pixel(picture, point) for point in zone.polygon], dtype=np.int32)
    tinted = picture.copy()
    cv2.fillPoly(tinted, [corners], AMBER)
    cv2.addWeighted(tinted, 0.18, picture, 0.82, 0.0, picture)
    cv2.polylines(picture, [corners], isClosed=True, color=AMBER, thickness=2)
    _draw_label(picture, _pixel(picture, zone.polygon[0]), zone.zone_id, AMBER)


def _draw_line(picture: Image, line: Line) -> None:
    a, b = _pixel(picture, line.a), _pixel(picture, line.b)
    cv2.line(picture, a, b, RED, 2)
    cv2.circle(picture, a, 4, RED, -1)
    _draw_label(picture, a, line.line_id, RED)


def _draw_box(picture: Image, box: Box, colour: Colour, thickness: int) -> None:
    low = _pixel(picture, (box.left, box.top))
    high = _pixel(picture, (box.right, box.bottom))
    cv2.rectangle(picture, low, high, colour, thickness)


def _draw_label(picture: Image, place: tuple[int, int], text: str, colour: Colour) -> None:
    label = text.encode("ascii", "replace").decode()
    (width, height), base = cv2.getTextSize(label, FONT, 0.45, 1)
    x = min(max(place[0], 0), max(picture.shape[1] - width - 4, 0))
    y = min(max(place[1], height + base + 2), picture.shape[0] - 2)
    cv2.rectangle(picture, (x, y - height - base - 2), (x + width + 4, y), DARK, -1)
    cv2.putText(picture, label, (x + 2, y - base), FONT, 0.45, colour, 1, cv2.LINE_AA)


def _corner(picture: Image, box: Box) -> tuple[int, int]:
    return _pixel(picture, (box.left, box.top))


def _pixel(picture: Image, point: Point) -> tuple[int, int]:
    height, width = picture.shape[:2]
    return round(point[0] * (width - 1)), round(point[1] * (height - 1))
