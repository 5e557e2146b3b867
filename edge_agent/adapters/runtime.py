"""One way to run a TFLite model, whichever runtime the board has."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.ports import ModelError

RUNTIMES = {
    "ai-edge-litert": "ai_edge_litert.interpreter",
    "tflite-runtime": "tflite_runtime.interpreter",
}
"""By the name of the package; the first that is installed is taken."""

Tensor = NDArray[np.float32]


class TfliteModel:
    """A model in memory, with one input and some outputs. Not safe to share between threads."""

    def __init__(self, path: Path, *, num_threads: int = 1, runtime: str = "auto") -> None:
        made = _interpreter(runtime)
        try:
            self._interpreter = made(model_path=str(path), num_threads=num_threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            msg = f"模型无法加载 cannot load the model {path.name}: {error}"
            raise ModelError(msg) from error
        entry = self._interpreter.get_input_details()[0]
        self.input_shape: tuple[int, ...] = tuple(int(size) for size in entry["shape"])
        self._input = entry["index"]
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]

    def invoke(self, batch: Tensor) -> list[Tensor]:
        """Run the model on one input of `input_shape`; gives its outputs in the file's order."""
        self._interpreter.set_tensor(self._input, batch)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def _interpreter(runtime: str) -> Any:
    names = list(RUNTIMES) if runtime == "auto" else [runtime]
    for name in names:
        try:
            return importlib.import_module(RUNTIMES[name]).Interpreter
        except ImportError:
            continue
        except KeyError:
            break
    msg = (f"没有可用的推理库,需要其一 no TFLite runtime, install one of: {', '.join(RUNTIMES)}"
           f"(要求的是 asked for: {runtime})")  # fmt: skip
    raise ModelError(msg)
