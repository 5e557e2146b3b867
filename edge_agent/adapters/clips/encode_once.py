"""The encoder's own short-lived process: an order on stdin, a clip on stdout, then it is gone.

It runs at the lowest priority, so that neither its memory nor its time is the watch's.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from edge_agent.adapters.blur import FaceFinder, hidden
from edge_agent.adapters.clips.film import FilmError, filmed
from edge_agent.adapters.clips.parcel import Made, Order, pack_made, unpack_order
from edge_agent.adapters.clips.shots import Shot
from edge_agent.adapters.faces.yunet import YuNet
from edge_agent.adapters.snapshot import SnapshotError, jpeg
from edge_agent.core.boxes import Box
from edge_agent.core.heads import to_hide
from edge_agent.ports import Image, ModelError

SURE_ENOUGH = 0.5
"""To hide one face too many costs nothing."""
NEAR_S = 0.5
"""What is hidden on one picture is hidden on its neighbours: a finder misses now and then."""
LAZY = 15
QUALITY = 85


def made_of(order: Order, finder: FaceFinder | None) -> Made:
    """Make the clip and its best picture.

    Raises:
        FilmError: no clip can be made of it.
    """
    places = _places(order, finder) if order.hides else [[] for _ in order.shots]
    first = order.shots[0].at if order.shots else 0.0

    def pictures() -> Iterator[tuple[float, Image]]:
        for number, shot in enumerate(order.shots):
            yield shot.at - first, _shown(order.shots, places, number)

    duration_s = order.shots[-1].at - first if order.shots else 0.0
    clip = filmed(pictures, duration_s, order.most_bytes)
    return Made(clip, _snapshot(order, places))


def _snapshot(order: Order, places: Sequence[Sequence[Box]]) -> bytes:
    if order.best is None:
        return b""
    try:
        picture = hidden(_decoded(order.shots[order.best]), places[order.best])
        return jpeg(picture, QUALITY, order.snapshot_bytes).content
    except SnapshotError:
        return b""


def _places(order: Order, finder: FaceFinder | None) -> list[list[Box]]:
    """Give what is to be hidden on each picture."""
    found = []
    for shot in order.shots:
        faces = [] if finder is None else [face.box for face in finder.find(_decoded(shot))]
        found.append(to_hide(shot.people, faces, order.shown))
    return found


def _shown(shots: Sequence[Shot], places: Sequence[Sequence[Box]], number: int) -> Image:
    at = shots[number].at
    near = [
        place
        for other in range(max(0, number - 1), min(len(shots), number + 2))
        if abs(shots[other].at - at) <= NEAR_S
        for place in places[other]
    ]
    return hidden(_decoded(shots[number]), near)


def _decoded(shot: Shot) -> Image:
    image = cv2.imdecode(np.frombuffer(shot.jpeg, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(image, np.uint8)


def _stand_back() -> None:
    """Be the last to get time and, where memory is short, the first to go."""
    with contextlib.suppress(OSError):
        os.nice(LAZY)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def main() -> int:
    """Serve one order."""
    _stand_back()
    for stopping in (signal.SIGTERM, signal.SIGINT):  # whoever wants the clip says when to stop
        signal.signal(stopping, signal.SIG_IGN)
    cv2.setNumThreads(1)
    order = unpack_order(sys.stdin.buffer)
    finder: FaceFinder | None = None
    try:
        finder = YuNet(SURE_ENOUGH)
    except ModelError as error:
        sys.stderr.write(f"只按人形遮挡头部 (heads are hidden by the boxes alone): {error}\n")
    try:
        made = made_of(order, finder)
    except FilmError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    pack_made(made, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
