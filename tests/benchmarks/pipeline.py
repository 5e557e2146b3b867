"""Where the time of a watch goes: `python -m tests.benchmarks.pipeline [VIDEO]`.

Plays a recording through the whole watch, one camera, untiled, and times the model alone inside
the same run: `share` is frames a second of the watch by frames a second of bare `invoke` on the
same frames. Ratios from one run; the milliseconds are this machine's.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge_agent.adapters.runtime import TfliteModel
from edge_agent.adapters.sources.capture import Recording
from edge_agent.config import CameraConfig, EdgeConfig
from edge_agent.core.tracker import Tracker
from edge_agent.core.water import WaterRule
from edge_agent.wiring.replaying import Replay, replayed

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
PARTS: list[tuple[str, type, str]] = [
    ("model", TfliteModel, "invoke"),
    ("tracker", Tracker, "observe"),
    ("rules", WaterRule, "observe"),
    ("decoding", Recording, "_next"),
]


class Stopwatch:
    """Adds up how long a method takes, wherever it is called."""

    def __init__(self, owner: type, method: str) -> None:
        self.total_s, self.calls = 0.0, 0
        inner: Callable[..., Any] = getattr(owner, method)

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            answer = inner(*args, **kwargs)
            self.total_s += time.perf_counter() - began
            self.calls += 1
            return answer

        setattr(owner, method, timed)


def config(video: str, model: str) -> EdgeConfig:
    """Give a scene in which much happens."""
    text = f"""{{"device_id": "bench-1", "profile": "water", "detector": {{"model": "{model}"}},
      "evidence": {{"snapshots": false}},
      "cameras": [{{"camera_id": "cam1", "source": "{video}",
        "zones": [{{"zone_id": "near", "polygon": [[0.1, 0.5], [0.9, 0.5], [0.9, 1], [0.1, 1]]}}],
        "lines": [{{"line_id": "bank", "a": [0.5, 0.2], "b": [0.5, 1.0]}}]}}]}}"""
    return EdgeConfig.model_validate_json(text)


def main() -> None:
    """Print a line for each model."""
    video = sys.argv[1] if len(sys.argv) > 1 else str(PLAZA)
    watches = {name: Stopwatch(owner, method) for name, owner, method in PARTS}
    for model in ("nanodet", "ssd"):
        before = {name: (w.total_s, w.calls) for name, w in watches.items()}
        settings = config(video, model)
        camera: CameraConfig = settings.cameras[0]
        ids, frames, began = set[int](), 0, 0.0
        for sight, _ in replayed(Replay(settings, camera), video):
            began = began or time.perf_counter()  # loading the model is no frame's business
            frames += 1
            ids |= {track.track_id for track in sight.tracks if track.is_confirmed}
        wall_s = time.perf_counter() - began
        spent = {
            name: (w.total_s - before[name][0], w.calls - before[name][1])
            for name, w in watches.items()
        }
        model_s, asked = spent["model"]
        model_s *= (frames - 1) / frames  # the first frame began the clock
        each = "  ".join(f"{n} {1e3 * s / max(c, 1):.2f}" for n, (s, c) in spent.items())
        share = model_s / wall_s * frames / max(asked, 1)
        sys.stdout.write(
            f"{model:<8} share {share:.3f}  frame {1e3 * wall_s / (frames - 1):.2f} ms"
            f"  asked {asked}/{frames}  ids {len(ids)}  ms a call: {each}\n"
        )


if __name__ == "__main__":
    main()
