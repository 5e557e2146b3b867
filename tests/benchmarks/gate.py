"""What the motion gate saves, and whom it misses: `python -m tests.benchmarks.gate [VIDEO]`.

`empty` is the yard without anybody, ten noisy pictures a second: its share is the processor time
with the gate by the time without. `people` is the yard, then the recording, then the yard again:
who is followed for a second without the gate must be followed with it. `quiet` is how long a
frame takes of which the detector is not asked: the median, and the 95th percentile.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from edge_agent.config import EdgeConfig
from edge_agent.core.boxes import Box
from edge_agent.core.tracks import Track
from edge_agent.ports import Detector, Frame, Image
from edge_agent.wiring.looking import looker_of
from edge_agent.wiring.scenes import view_of
from edge_agent.wiring.seeing import open_source
from edge_agent.wiring.watching import detector_of

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
FPS = 10
EMPTY_S = 20
BUSY_FRAMES = 300
NOISE = 3.0
LASTING_S = 1.0
LEAST_SHARED = 0.3

Followed = list[tuple[float, Track]]


def main() -> None:
    """Print the share of an empty scene, and who was missed in a busy one."""
    video = sys.argv[1] if len(sys.argv) > 1 else str(PLAZA)
    people = [frame.image for frame in open_source(video)][:BUSY_FRAMES]
    yard = _yard(people)
    empty = [yard[i % len(yard)] for i in range(EMPTY_S * FPS)]
    detector = detector_of(_config(video, gate=True))
    gated_s, asked, _ = _watched(_config(video, gate=True), empty, detector)
    ungated_s, _, _ = _watched(_config(video, gate=False), empty, detector)
    sys.stdout.write(f"empty   share {gated_s / ungated_s:.3f}  asked {asked}/{len(empty)}\n")
    calm_ms = sorted(_calm_ms(_config(video, gate=True), empty, detector))
    p50, p95 = calm_ms[len(calm_ms) // 2], calm_ms[len(calm_ms) * 95 // 100]
    sys.stdout.write(f"quiet   p50 {p50:.2f} ms  p95 {p95:.2f} ms  of {len(calm_ms)} frames\n")
    quiet = empty[: 10 * FPS]
    scene = [*quiet, *people, *quiet]
    _, asked, gated = _watched(_config(video, gate=True), scene, detector)
    _, _, ungated = _watched(_config(video, gate=False), scene, detector)
    lasting = [boxes for boxes in _by_person(ungated).values() if _lasts(boxes)]
    missed = [boxes for boxes in lasting if not _is_met(boxes, gated)]
    sys.stdout.write(
        f"people  asked {asked}/{len(scene)}  followed {len(lasting)}  missed {len(missed)}\n"
    )


def _config(video: str, *, gate: bool) -> EdgeConfig:
    return EdgeConfig.model_validate(
        {
            "device_id": "bench-1",
            "profile": "water",
            "detector": {"gate": gate},
            "cameras": ({"camera_id": "cam1", "source": video},),
        }
    )


def _yard(people: Sequence[Image]) -> list[Image]:
    """Give the place without anybody, as a camera's noise shows it, a few times."""
    chance = np.random.default_rng(7)
    still = np.median(np.stack(people[:: max(1, len(people) // 40)]), axis=0)
    noisy = (still + chance.normal(0.0, NOISE, still.shape) for _ in range(12))
    return [np.asarray(np.clip(one, 0, 255), np.uint8) for one in noisy]


def _watched(
    config: EdgeConfig, images: Sequence[Image], detector: Detector
) -> tuple[float, int, Followed]:
    """Give the processor's seconds, how often the detector was asked, and who was followed."""
    [camera] = config.cameras
    looker = looker_of(config, [camera], detector, lambda _: None)
    view, tracks, asked, followed = view_of(config, camera), list[Track](), 0, Followed()
    began = time.process_time()
    for frame in _frames(images):
        look = looker.look(camera.camera_id, frame, tracks)
        if look.found is not None:
            asked += 1
            view, seen = view.observe(look)
            tracks = list(seen.tracks)
            followed += [(frame.at, track) for track in tracks if track.is_confirmed]
    return time.process_time() - began, asked, followed


def _calm_ms(config: EdgeConfig, images: Sequence[Image], detector: Detector) -> list[float]:
    """Give how long each frame took that was not worth the detector."""
    [camera] = config.cameras
    looker = looker_of(config, [camera], detector, lambda _: None)
    took = []
    for frame in _frames(images):
        began = time.perf_counter()
        look = looker.look(camera.camera_id, frame, ())
        if look.found is None:
            took.append((time.perf_counter() - began) * 1e3)
    return took


def _frames(images: Sequence[Image]) -> Iterator[Frame]:
    for number, image in enumerate(images):
        yield Frame(number / FPS, image, number + 1)


def _by_person(followed: Followed) -> dict[int, Followed]:
    people: dict[int, Followed] = {}
    for at, track in followed:
        people.setdefault(track.track_id, []).append((at, track))
    return people


def _lasts(followed: Followed) -> bool:
    return followed[-1][0] - followed[0][0] >= LASTING_S


def _is_met(person: Followed, others: Followed) -> bool:
    """Tell whether somebody was followed there and then, too."""
    boxes = {at: track.box for at, track in person}
    return any(at in boxes and _shared(boxes[at], track.box) >= LEAST_SHARED
               for at, track in others)  # fmt: skip


def _shared(first: Box, second: Box) -> float:
    wide = min(first.right, second.right) - max(first.left, second.left)
    tall = min(first.bottom, second.bottom) - max(first.top, second.top)
    both = max(0.0, wide) * max(0.0, tall)
    areas = ((box.right - box.left) * (box.bottom - box.top) for box in (first, second))
    return both / (sum(areas) - both)


if __name__ == "__main__":
    main()
