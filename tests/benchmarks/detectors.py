"""How much of a detector's time is the model itself: `python -m tests.benchmarks.detectors`.

Not a test: a busy machine changes the milliseconds. Each part is timed on its own, over and over,
and the least is taken; what is not the model is its overhead.
"""

import statistics
import sys
import time
from pathlib import Path

from edge_agent.adapters.runtime import Tensor, TfliteModel
from edge_agent.ports import Detector, Image
from edge_agent.wiring import seeing

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
EVERY = 15
REPEATS = 15


class Stopwatch:
    """Stands in front of a model and keeps how long its last answer took."""

    def __init__(self, model: TfliteModel) -> None:
        self._model = model
        self.last_s = 0.0

    def invoke(self, batch: Tensor) -> list[Tensor]:
        began = time.perf_counter()
        outputs = self._model.invoke(batch)
        self.last_s = time.perf_counter() - began
        return outputs


def main() -> None:
    """Print one line for each detector."""
    frames = [frame.image for frame in seeing.open_source(str(PLAZA), every=EVERY)]
    for name in seeing.DETECTORS:
        detector = seeing.open_detector(name)
        watch = Stopwatch(vars(detector)["_model"])
        vars(detector)["_model"] = watch
        inside, outside = [], []
        for frame in frames:
            runs = [_timed(detector, frame, watch) for _ in range(REPEATS)]
            inside.append(min(model for model, _ in runs))
            outside.append(min(rest for _, rest in runs))
        model_s, rest_s = statistics.median(inside), statistics.median(outside)
        share = model_s / (model_s + rest_s)
        sys.stdout.write(
            f"{name:<10}model {model_s * 1e3:6.2f} ms  rest {rest_s * 1e3:5.2f} ms  {share:.3f}\n"
        )


def _timed(detector: Detector, frame: Image, watch: Stopwatch) -> tuple[float, float]:
    began = time.perf_counter()
    detector.detect(frame)
    whole = time.perf_counter() - began
    return watch.last_s, whole - watch.last_s


if __name__ == "__main__":
    main()
