"""Which model and which camera stand behind the words of a config."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from edge_agent.adapters import model_store
from edge_agent.adapters.nanodet import NanoDet
from edge_agent.adapters.sources import capture
from edge_agent.adapters.sources.attended import Attended
from edge_agent.adapters.sources.decoder import Decoder
from edge_agent.adapters.sources.network import NetworkCamera
from edge_agent.adapters.sources.persistence import persistent
from edge_agent.adapters.sources.picamera import PiCamera
from edge_agent.adapters.ssd import SsdMobileNet
from edge_agent.config.places import DECODER
from edge_agent.ports import Detector, Frame, ModelError, Source


class _MakesDetector(Protocol):
    def __call__(
        self, path: Path, *, min_score: float | None, num_threads: int, runtime: str
    ) -> Detector: ...


DETECTORS: dict[str, _MakesDetector] = {"nanodet": NanoDet, "ssd": SsdMobileNet}


def open_detector(
    name: str, *, min_score: float | None = None, num_threads: int = 1, runtime: str = "auto"
) -> Detector:
    """Load a person detector; `min_score` is the model's own unless given.

    Raises:
        ModelError: no such model, weights missing or damaged, or no runtime.
    """
    if name not in DETECTORS:
        msg = f"没有检测模型 no detector {name!r}; 有 there are: {', '.join(DETECTORS)}"
        raise ModelError(msg)
    model = model_store.checked(name)
    least = model.min_score if min_score is None else min_score
    made = DETECTORS[name]
    return made(model.path, min_score=least, num_threads=num_threads, runtime=runtime)


def open_source(
    source: str, *, every: int = 1, simulate: bool = False, loop: bool = False
) -> Source:
    """Open a source by its name in a config: file, USB index, URL, "picamera", decoder.

    With `simulate` a recording is played at its own speed. Cameras are opened when iterated.

    Raises:
        SourceError: no such file, or not a recording.
    """
    camera = _camera(source)
    if camera is not None:
        return Attended(camera)
    return capture.Recording(Path(source), every=every, at_own_speed=simulate, loop=loop)


def _camera(source: str) -> Source | None:
    if source.isascii() and source.isdigit():
        return capture.usb(int(source))
    if source == "picamera":
        return PiCamera()
    if source.startswith(DECODER):
        return Decoder(source)
    if "://" in source:
        return NetworkCamera(source)
    if "!" in source and not Path(source).exists():
        return capture.pipeline(source)
    return None


def newest(source: Source) -> Iterator[Frame]:
    """Give a camera's frames for ever, reconnecting with back-off; a recording's to its end."""
    return persistent(source)


def model_hashes() -> dict[str, str]:
    """Give the sha256 of every model that is listed.

    Raises:
        ModelError: the list is missing or damaged.
    """
    return {name: model.sha256 for name, model in model_store.listed().items()}
