"""What the watch leaves for the local page: the newest frame, and what it makes of it."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2

from edge_agent.adapters.live_picture import LivePicture
from edge_agent.adapters.snapshot import SnapshotError, jpeg
from edge_agent.adapters.veiled_picture import VeiledPicture
from edge_agent.core.boxes import Box
from edge_agent.core.posts import Post
from edge_agent.core.tracks import Track
from edge_agent.ports import Image
from edge_agent.watch import Sight, View

WIDEST_PX = 1280
QUALITY = 75
MOST_BYTES = 400_000
MOST_AFAR_BYTES = 150_000
"""Of a picture that travels in one message, in base64, with what is drawn on it."""
ASKED_S = 1.0
"""How often it is looked whether the district asks for a picture."""
FRAMES = 20

Faults = Callable[[str], Sequence[str]]
Veiled = Callable[[Image, Sequence[Track], None], Image]
"""Gives a picture as it may leave the device; raises `SnapshotError` where it may not."""


class Showcase:
    """Leaves a picture while somebody looks; costs a comparison else. Call `show` for each sight.

    `faults` tells a camera's present faults by `camera_id`.
    """

    def __init__(self, live: LivePicture, faults: Faults = lambda _: ()) -> None:
        self._live = live
        self._faults = faults
        self._seen_at: dict[str, deque[float]] = {}

    def show(self, sight: Sight) -> None:
        """Take one camera's frame; leave it where it is wanted."""
        camera_id = sight.view.camera_id
        seen = self._seen_at.setdefault(camera_id, deque(maxlen=FRAMES))
        seen.append(sight.frame.at)
        if not self._live.is_wanted(camera_id):
            return
        try:
            picture = jpeg(_narrowed(sight.frame.image), QUALITY, MOST_BYTES).content
        except SnapshotError:
            return
        more = {"fps": _fps(seen), "faults": list(self._faults(camera_id))}
        self._live.put(camera_id, picture, {**live_state(sight), **more})


class Envoy:
    """Leaves a picture with heads hidden where the district asks for one. Call `show` as above."""

    def __init__(self, asked: VeiledPicture, veiled: Veiled) -> None:
        self._asked = asked
        self._veiled = veiled
        self._looked_at: dict[str, float] = {}

    def show(self, sight: Sight) -> None:
        """Take one camera's frame; leave it where it is asked for."""
        camera_id, at = sight.view.camera_id, sight.frame.at
        if 0.0 <= at - self._looked_at.get(camera_id, at - ASKED_S) < ASKED_S:
            return
        self._looked_at[camera_id] = at
        if not self._asked.is_asked(camera_id):
            return
        try:
            picture = self._veiled(sight.frame.image, sight.tracks, None)
            content = jpeg(_narrowed(picture), QUALITY, MOST_AFAR_BYTES).content
        except SnapshotError:
            return
        self._asked.put(camera_id, content)


def live_state(sight: Sight) -> Mapping[str, Any]:
    """Give what is known of a frame: who is where and for how long, and by which drawing."""
    height, width = sight.frame.image.shape[:2]
    view = sight.view
    return {
        "size": [width, height],
        "at": round(sight.frame.at, 3),
        "number": sight.frame.number,
        "tracks": [
            {
                "track_id": track.track_id,
                "box": _sides(track.box),
                "state": track.state.value,
                "dwell": _dwell(view, track.track_id),
            }
            for track in sight.tracks
        ],
        "zones": [
            {
                "zone_id": zone.zone_id,
                "polygon": [list(point) for point in zone.polygon],
                "dwell_limit_s": zone.dwell_limit_s,
            }
            for zone in view.rule.zones
        ],
        "lines": [
            {
                "line_id": line.line_id,
                "a": list(line.a),
                "b": list(line.b),
                "direction": line.direction.value,
            }
            for line in view.rule.lines
        ],
        "posts": [_post(post) for post in view.posts.posts],
    }


def _dwell(view: View, track_id: int) -> dict[str, float]:
    return {
        zone_id: round(presence.dwell_s, 1)
        for (who, zone_id), presence in view.rule.dwell.present.items()
        if who == track_id
    }


def _post(post: Post) -> dict[str, Any]:
    return {
        "post_id": post.zone_id,
        "polygon": [list(point) for point in post.polygon],
        "duty": post.duty.value,
        "gap_s": post.gap_s,
    }


def _fps(seen: Sequence[float]) -> float:
    passed_s = seen[-1] - seen[0]
    return round((len(seen) - 1) / passed_s, 1) if passed_s > 0.0 else 0.0


def _sides(box: Box) -> list[float]:
    return [round(side, 4) for side in (box.left, box.top, box.right, box.bottom)]


def _narrowed(image: Image) -> Image:
    height, width = image.shape[:2]
    if width <= WIDEST_PX:
        return image
    size = (WIDEST_PX, round(height * WIDEST_PX / width))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(image.dtype, copy=False)
