"""What the motion sensor costs a picture: `python -m tests.benchmarks.motion [VIDEO]`."""

import sys
import time
from pathlib import Path

import cv2

from edge_agent.adapters.motion import MotionSensor
from edge_agent.wiring import seeing

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
REPEATS = 7


def main() -> None:
    """Print the least of several rounds, in milliseconds a picture."""
    cv2.setNumThreads(1)
    video = sys.argv[1] if len(sys.argv) > 1 else str(PLAZA)
    images = [frame.image for frame in seeing.open_source(video, every=3)]
    rounds = []
    for _ in range(REPEATS):
        sensor = MotionSensor()
        began = time.perf_counter()
        seen = [sensor.observe(image) for image in images]
        rounds.append((time.perf_counter() - began) / len(images))
    share = sum(bool(one.boxes) for one in seen) / len(seen)
    height, width = images[0].shape[:2]
    sys.stdout.write(
        f"motion {1e3 * min(rounds):.3f} ms a picture of {width}x{height}; moves in {share:.0%}\n"
    )


if __name__ == "__main__":
    main()
