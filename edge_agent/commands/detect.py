"""`huxiao-edge detect`: what a model finds in pictures and recordings."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
import cv2

from edge_agent.adapters.sources.photo import photo
from edge_agent.commands.exits import EXITS_HELP, Exit
from edge_agent.core.boxes import Detection
from edge_agent.ports import Detector, Frame, ModelError, SourceError
from edge_agent.wiring.seeing import DETECTORS, open_detector, open_source

PROGRESS_EVERY = 50
FOR_PROGRAMS = 0.1  # their least score: a threshold can be raised afterwards, not lowered


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame of one source, and who is in it."""

    source: str
    frame: Frame
    detections: list[Detection]

    def as_fields(self) -> dict[str, object]:
        """Give the line that programs read; boxes in pixels: left, top, right, bottom."""
        height, width = self.frame.image.shape[:2]
        return {
            "source": self.source,
            "frame": self.frame.number,
            "at_s": round(self.frame.at, 3),
            "width": width,
            "height": height,
            "detections": [_fields(found, width, height) for found in self.detections],
        }

    def in_words(self) -> str:
        """Give the line that a person reads."""
        scores = " ".join(f"{found.score:.2f}" for found in self.detections)
        at = f"{self.frame.at:8.2f} s"
        return f"{self.source}  #{self.frame.number:<6}{at}  {len(self.detections):>3} 人  {scores}"


@click.command(epilog=EXITS_HELP)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--model",
    type=click.Choice(list(DETECTORS)),
    default="nanodet",
    show_default=True,
    help="检测模型 / which detector",
)
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="录像里每隔几帧看一帧 / look at every n-th frame of a recording",
)
@click.option(
    "--min-score",
    type=click.FloatRange(0.0, 1.0),
    help="最低得分;不给时用模型自己的,--json 为 0.1 / least score; by default the model's own, "
    f"with --json {FOR_PROGRAMS}: they choose themselves",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="推理线程数 / inference threads",
)
@click.option("--json", "as_json", is_flag=True, help="每帧一行 JSON / one JSON line a frame")
def detect(
    paths: tuple[Path, ...],
    *,
    model: str,
    every: int,
    min_score: float | None,
    threads: int,
    as_json: bool,
) -> None:
    """在图片和录像里找人。 Find people in pictures and recordings.

    读不了的文件会说明原因,其余照常。 A file that cannot be read is named with the reason, the
    others go on.
    """  # fmt: skip
    try:
        least = FOR_PROGRAMS if as_json and min_score is None else min_score
        detector = open_detector(model, min_score=least, num_threads=threads)
    except ModelError as error:
        click.echo(f"错误 error: {error}", err=True)
        sys.exit(Exit.MODEL)
    failed = 0
    for path in paths:
        try:
            for seen in _seen(path, detector, every):
                click.echo(_line(seen, as_json=as_json))
                _progress(seen)
        except SourceError as error:
            failed += 1
            click.echo(f"错误 error: {error}", err=True)
    sys.exit(Exit.CAMERA if failed else Exit.OK)


def _seen(path: Path, detector: Detector, every: int) -> Iterator[Seen]:
    for frame in _frames(path, every):
        yield Seen(str(path), frame, detector.detect(frame.image))


def _frames(path: Path, every: int) -> Iterator[Frame]:
    """A picture is a recording of one frame."""
    if not path.is_file():
        msg = f"没有这个文件 no such file: {path}"
        raise SourceError(msg, permanent=True)
    if not path.stat().st_size:
        msg = f"文件是空的 the file is empty: {path}"
        raise SourceError(msg, permanent=True)
    if cv2.haveImageReader(str(path)):
        yield Frame(0.0, photo(path), 1)
        return
    with closing(open_source(str(path), every=every)) as recording:
        yield from recording


def _fields(found: Detection, width: int, height: int) -> dict[str, object]:
    box = found.box
    corners = (box.left * width, box.top * height, box.right * width, box.bottom * height)
    return {
        "box": [round(corner, 2) for corner in corners],
        "score": round(found.score, 4),
        "label": found.label,
    }


def _line(seen: Seen, *, as_json: bool) -> str:
    return json.dumps(seen.as_fields(), ensure_ascii=False) if as_json else seen.in_words()


def _progress(seen: Seen) -> None:
    if sys.stderr.isatty() and seen.frame.number % PROGRESS_EVERY == 0:
        click.echo(f"\r{seen.source}: {seen.frame.number} 帧 frames", nl=False, err=True)
