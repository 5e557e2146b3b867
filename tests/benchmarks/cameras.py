"""Four cameras, one detector: `python -m tests.benchmarks.cameras [VIDEO]`.

Each camera brings more pictures than its share of the detector, at a pace of its own. `share` is
what it got by a quarter of all; `wait` how old its oldest picture was when its turn came, counted
in inferences: three others' turns at most.
"""

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from edge_agent.adapters.rounds import Rounds
from edge_agent.ports import Frame, Image
from edge_agent.wiring.seeing import open_detector, open_source

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
PACES = {"gate": 30.0, "road": 25.0, "pond": 20.0, "yard": 15.0}
INFERENCES = 400
PICTURES = 40


def main() -> None:
    """Print a line for each camera."""
    video = sys.argv[1] if len(sys.argv) > 1 else str(PLAZA)
    images = [frame.image for frame in open_source(video, every=5)][:PICTURES]
    detector, stop = open_detector("nanodet"), threading.Event()
    streams = {name: partial(_paced, images, fps, stop) for name, fps in PACES.items()}
    rounds, asked, began = Rounds(streams, stop), 0, time.perf_counter()
    for batch in rounds:
        for frame in batch.values():
            detector.detect(frame.image)
            asked += 1
        if asked == INFERENCES:
            stop.set()
    each_s = (time.perf_counter() - began) / asked
    for name, pulse in rounds.pulses().items():
        share = pulse.taken / (asked / len(PACES))
        wait = pulse.longest_wait_s / each_s
        sys.stdout.write(
            f"{name:<6}{PACES[name]:3.0f} fps  seen {pulse.frames}  looked at {pulse.taken}"
            f"  share {share:.2f}  wait {wait:.1f} inferences\n"
        )


def _paced(images: Sequence[Image], fps: float, stop: threading.Event) -> Iterator[Frame]:
    began, number = time.monotonic(), 0
    while not stop.wait(max(0.0, began + number / fps - time.monotonic())):
        yield Frame(time.monotonic(), images[number % len(images)], number + 1)
        number += 1


if __name__ == "__main__":
    main()
