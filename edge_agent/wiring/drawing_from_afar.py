"""Zones that the district draws: a picture on request, and the drawing back, believed by signature.

Of the config only what is drawn on a picture can be changed so; the watch takes it up by itself.
"""

import logging
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from contract.drawing import (
    COMMAND_PURPOSE,
    DESIRED_PURPOSE,
    MAX_DESIRED_BYTES,
    MAX_PICTURE_BYTES,
    CameraDrawing,
    Command,
    Desired,
    Picture,
)
from contract.messages import Message, Reported
from contract.reading import MessageError, read
from contract.signing import SignatureError, verified
from contract.topics import Up
from edge_agent.adapters.desired_book import DesiredBook, Standing
from edge_agent.adapters.drawings import DrawingError, DrawingFile
from edge_agent.adapters.veiled_picture import VeiledView
from edge_agent.config import CameraConfig, ConfigError, EdgeConfig
from edge_agent.config.page import live_dir_of
from edge_agent.core.drawn import KINDS, Drawing, DrawnRow
from edge_agent.ports import GalleryError, Timepiece
from edge_agent.wiring.gallery_delivery import public_signing_key

LOG = logging.getLogger("huxiao.drawing")

PATIENCE_S = 20.0
"""How long the watch may take over a picture."""
MOST_WAITING = 8
MOST_WORDS = 300

M = TypeVar("M", bound=Message)
Sent = tuple[Up, bytes]
TOO_MUCH = "画面和区域合起来太大,请减少区域 (picture and drawing are too large together)"
NO_ANSWER = "看守进程没有给出画面:它没有运行,或摄像头没有画面 (the watch gave no picture)"


@dataclass
class FromAfar:
    """The link's part of it. `file` is the device's config."""

    device_id: str
    signing_key: bytes
    file: DrawingFile
    book: DesiredBook
    view: VeiledView
    time: Timepiece
    _asked: dict[str, tuple[Command, float]] = field(default_factory=dict)
    """By camera: what was asked, and since when (monotonic seconds)."""

    def hear_desired(self, payload: bytes) -> bool:
        """Take a drawing over; True where central is to hear what became of it."""
        try:
            desired = self._believed(Desired, payload, DESIRED_PURPOSE)
        except (SignatureError, MessageError) as error:
            LOG.error("下发的区域不可信,忽略 (a drawing is not believed): %s", error)  # noqa: TRY400 - one line in words
            return False
        standing = self.book.standing()
        if desired.revision <= standing.seen:
            return False
        refused = self._drawn(desired)
        taken = standing.taken if refused else desired.revision
        try:
            self.book.keep(Standing(desired.revision, taken, refused))
        except OSError as error:
            LOG.error("无法记下已采用的区域 (cannot be noted): %s", error)  # noqa: TRY400 - likewise
        words = refused or "已采用 (taken)"
        LOG.warning("平台下发的区域第 %d 版:%s", desired.revision, words)
        return True

    def hear_command(self, payload: bytes) -> bool:
        """Begin what is asked; the answer follows by `due`."""
        try:
            command = self._believed(Command, payload, COMMAND_PURPOSE)
        except (SignatureError, MessageError) as error:
            LOG.error("指令不可信,忽略 (a command is not believed): %s", error)  # noqa: TRY400 - likewise
            return False
        if command.expires_at <= self.time.now() or len(self._asked) >= MOST_WAITING:
            return False
        self._asked[command.camera_id] = (command, self.time.monotonic())
        try:
            self.view.ask(command.camera_id)
        except OSError as error:
            LOG.error("无法请求画面 (cannot be asked for): %s", error)  # noqa: TRY400 - likewise
        return False

    def due(self) -> Sequence[Sent]:
        """Give the answers that are ready, and those that will never be."""
        now, ready = self.time.monotonic(), list[Sent]()
        for camera_id, (command, since) in list(self._asked.items()):
            jpeg = self.view.take(camera_id)
            if jpeg is None and now - since < PATIENCE_S:
                continue
            del self._asked[camera_id]
            self.view.give_up(camera_id)
            payload = self._answer(command, jpeg).model_dump_json().encode()
            if len(payload) > MAX_PICTURE_BYTES:
                payload = self._refusal(command, TOO_MUCH).model_dump_json().encode()
            ready.append((Up.PICTURE, payload))
        return ready

    def reported(self, report: Reported) -> Reported:
        """Add to a report what is drawn here, by name, and what became of central's drawing."""
        standing = self.book.standing()
        try:
            digest = self.file.revision()
        except (ConfigError, DrawingError):
            digest = None
        more = {"config_revision": standing.taken, "config_seen": standing.seen,
                "config_refused": standing.refused, "config_digest": digest}  # fmt: skip
        return report.model_copy(update=more)

    def _believed(self, kind: type[M], payload: bytes, purpose: str) -> M:
        content = verified(payload, self.signing_key, purpose)
        return read(kind, content, self.device_id, MAX_DESIRED_BYTES)

    def _drawn(self, desired: Desired) -> str:
        """Write a drawing into the config; give why not, empty where it was."""
        try:
            self.file.save(desired.camera_id, drawing_of(desired.drawing), desired.over)
        except ConfigError as error:
            return "; ".join(one.in_words() for one in error.problems)[:MOST_WORDS]
        except DrawingError as error:
            return str(error)[:MOST_WORDS]
        return ""

    def _answer(self, command: Command, jpeg: bytes | None) -> Picture:
        if jpeg is None:
            return self._refusal(command, NO_ANSWER)
        try:
            digest, config = self.file.revision(), self.file.config()
        except (ConfigError, DrawingError) as error:
            return self._refusal(command, str(error))
        cameras = {one.camera_id: one for one in config.cameras}
        if command.camera_id not in cameras:
            return self._refusal(command, f"没有这个摄像头 (no such camera): {command.camera_id}")
        drawn = drawing_on(cameras[command.camera_id])
        picture = b64encode(jpeg).decode()
        said = self._refusal(command, "")
        return said.model_copy(update={"drawing": drawn, "digest": digest, "jpeg": picture})

    def _refusal(self, command: Command, why: str) -> Picture:
        return Picture(
            device_id=self.device_id,
            command_id=command.command_id,
            camera_id=command.camera_id,
            at=self.time.now(),
            refused=why[:MOST_WORDS],
        )


def open_from_afar(config: EdgeConfig, file: Path, time: Timepiece) -> FromAfar | None:
    """Give the link its part; None, loudly, where central's signing key cannot be read."""
    if config.broker.signing_key_file is None:
        return None
    try:
        key = public_signing_key(config.broker.signing_key_file)
    except GalleryError as error:
        LOG.error("%s", error)  # noqa: TRY400 - one line in words, no traceback
        return None
    book = DesiredBook(config.data_dir / "desired.json")
    view = VeiledView(live_dir_of(config.page, config.data_dir))
    return FromAfar(config.device_id, key, DrawingFile(file), book, view, time)


def drawing_of(drawing: CameraDrawing) -> Drawing:
    """Give a drawing of the wire as it is written into the config."""

    def row(one: Message) -> DrawnRow:
        values = one.model_dump(mode="json", exclude={"was"})
        return DrawnRow(getattr(one, "was", None), values)

    return Drawing(**{kind.key: tuple(map(row, getattr(drawing, kind.key))) for kind in KINDS})


def drawing_on(camera: CameraConfig) -> CameraDrawing:
    """Give what the config says is drawn on a camera; `was` is each thing's place in its list."""
    kinds = CameraDrawing.model_fields
    rows = {
        key: [{"was": at, **_plain(one)} for at, one in enumerate(getattr(camera, key, ()))]
        for key in kinds
    }
    return CameraDrawing.model_validate(rows)


def _plain(one: object) -> dict[str, object]:
    dump: Callable[..., dict[str, object]] = one.model_dump  # type: ignore[attr-defined]
    return dump(mode="json")
