"""Changes to a device's TOML that an installer makes on the page: drawn, checked, undone.

The file stays the truth, with its comments; what was before is kept beside it as `.bak`.
"""

import hashlib
import os
import threading
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from edge_agent.adapters.toml_rows import rows_replaced
from edge_agent.config import ConfigError, EdgeConfig, read_config
from edge_agent.core.drawn import KINDS, MASKS, Drawing, DrawnRow
from edge_agent.core.points import Point

Change = Callable[[tomlkit.TOMLDocument, int], None]


class DrawingError(Exception):
    """A drawing that was not saved; the text says why and what to do."""


class StaleError(DrawingError):
    """The file has changed since the drawing was begun."""


class DrawingFile:
    """One device's config file, as far as the page changes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def config(self) -> EdgeConfig:
        """Give what the file says now.

        Raises:
            ConfigError: it cannot be used.
        """
        return self._checked(self._text())

    def revision(self) -> str:
        """Name the file's content.

        Raises:
            ConfigError: it cannot be read.
        """
        return _revision(self._text())

    def has_before(self) -> bool:
        """Tell whether there is something to go back to."""
        return self._before.exists()

    def save(self, camera_id: str, drawing: Drawing, revision: str) -> str:
        """Replace what is drawn on a camera's picture; give the file's new revision.

        Raises:
            StaleError: somebody else has changed the file since `revision`.
            ConfigError: what was drawn does not fit; the file is as it was.
            DrawingError: no such camera, or the file cannot be written.
        """

        def draw(document: tomlkit.TOMLDocument, index: int) -> None:
            camera = document["cameras"][index]
            for kind in KINDS:
                rows_replaced(camera, kind, getattr(drawing, kind.key))

        return self._changed(camera_id, draw, revision)

    def add_mask(self, camera_id: str, polygon: Sequence[Point]) -> str:
        """Add a place of a camera's picture in which nobody can stand; give the new revision.

        Raises:
            ConfigError, DrawingError: as for `save`.
        """

        def mask(document: tomlkit.TOMLDocument, index: int) -> None:
            camera = document["cameras"][index]
            kept = [DrawnRow(at, {}) for at in range(len(camera.get(MASKS.key, ())))]
            new = DrawnRow(None, {"polygon": [list(point) for point in polygon]})
            rows_replaced(camera, MASKS, [*kept, new])

        return self._changed(camera_id, mask, None)

    def set_min_score(self, camera_id: str, min_score: float) -> str:
        """Write a camera's own threshold; give the file's new revision.

        Raises:
            ConfigError, DrawingError: as for `save`.
        """

        def threshold(document: tomlkit.TOMLDocument, index: int) -> None:
            document["cameras"][index]["min_score"] = float(min_score)

        return self._changed(camera_id, threshold, None)

    def undo(self) -> str:
        """Change places with the version before: once more does it again.

        Raises:
            ConfigError: the version before cannot be used any more.
            DrawingError: there is none, or the file cannot be written.
        """
        with self._lock:
            try:
                before = self._before.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                msg = "没有可撤销的版本 (nothing to go back to)"
                raise DrawingError(msg) from error
            self._checked(before)
            self._write(self._text(), before)
            return _revision(before)

    @property
    def _before(self) -> Path:
        return self._path.with_name(f"{self._path.name}.bak")

    def _changed(self, camera_id: str, change: Change, revision: str | None) -> str:
        with self._lock:
            text = self._text()
            if revision is not None and revision != _revision(text):
                msg = "配置刚被别人改过,请刷新后再画 (changed meanwhile: reload, then draw again)"
                raise StaleError(msg)
            self._checked(text)
            document = tomlkit.parse(text)
            change(document, _index_of(document, camera_id))
            try:
                written = tomlkit.dumps(document)
                _same(tomllib.loads(written), document.unwrap())
            except (TOMLKitError, tomllib.TOMLDecodeError) as error:
                msg = f"配置文件无法改写 (cannot be rewritten): {error}"
                raise DrawingError(msg) from error
            self._checked(written)
            if written != text:
                self._write(text, written)
            return _revision(written)

    def _text(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{self._path}: 无法读取 (cannot be read): {error}"
            raise DrawingError(msg) from error

    def _checked(self, text: str) -> EdgeConfig:
        return read_config(text, self._path.name, self._path.resolve().parent)

    def _write(self, before: str, after: str) -> None:
        try:
            mode = self._path.stat().st_mode & 0o777
            _replace(self._before, before, mode)
            _replace(self._path, after, mode)
        except OSError as error:
            msg = (
                f"{self._path}: 无法写入,请检查目录权限 (cannot be written, check the folder's"
                f" permissions): {error.strerror or error}"
            )
            raise DrawingError(msg) from error


def _index_of(document: tomlkit.TOMLDocument, camera_id: str) -> int:
    cameras: list[dict[str, Any]] = document.unwrap().get("cameras", [])
    for index, camera in enumerate(cameras):
        if camera.get("camera_id") == camera_id:
            return index
    msg = f"没有这个摄像头 (no such camera): {camera_id}"
    raise DrawingError(msg)


def _same(written: dict[str, Any], meant: dict[str, Any]) -> None:
    """Hold that the text says what was meant: a writer's mistake must not reach the file."""
    if written != meant:
        msg = "配置文件改写后不一致,没有保存 (the rewritten file says something else: not saved)"
        raise DrawingError(msg)


def _revision(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _replace(path: Path, text: str, mode: int) -> None:
    """Replace a file whole; on the card when this returns."""
    side = path.with_name(f".{path.name}.new")
    handle = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    side.replace(path)
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


__all__ = ["ConfigError", "DrawingError", "DrawingFile", "StaleError"]
