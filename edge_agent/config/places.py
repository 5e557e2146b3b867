"""Files and folders named in a config: relative ones belong to the config file's own folder."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Strict, ValidationInfo

FILE_SINK = "file:"
DECODER = "ffmpeg "


def base_of(info: ValidationInfo) -> Path:
    """Give the folder that relative paths start from; without a file, paths stay as written."""
    return Path(info.context["base"]) if info.context else Path()


def _path_text(path: object) -> object:
    """Let a default, which is a `Path` already, through the door for text."""
    return str(path) if isinstance(path, Path) else path


def _placed(path: Path, info: ValidationInfo) -> Path:
    return base_of(info) / path


def _source_text(source: object) -> object:
    """Let an installer write a USB camera's index as a bare number."""
    return str(source) if type(source) is int else source


def _placed_source(source: str, info: ValidationInfo) -> str:
    is_camera = source.isdigit() or source == "picamera" or source.startswith(DECODER)
    is_file = not (is_camera or "://" in source or "!" in source)
    return str(base_of(info) / source) if is_file else source


def _placed_sink(sink: str, info: ValidationInfo) -> str:
    if not sink.startswith(FILE_SINK):
        return sink
    return f"{FILE_SINK}{base_of(info) / sink.removeprefix(FILE_SINK)}"


PlacedPath = Annotated[
    Path, Strict(strict=False), BeforeValidator(_path_text), AfterValidator(_placed)
]
SourceText = Annotated[str, BeforeValidator(_source_text), AfterValidator(_placed_source)]
SinkText = Annotated[str, AfterValidator(_placed_sink)]
