"""What a commissioning report shows of each camera: a small picture, heads hidden, and drawings."""

import time
from base64 import b64encode
from pathlib import Path
from typing import Any

from contract.commissioning import ALL_PICTURES_BYTES, MAX_PICTURE_BYTES
from edge_agent.adapters.drawings import DrawingFile
from edge_agent.adapters.veiled_picture import VeiledView
from edge_agent.config.drawing import CameraConfig

WITHIN_S = 6.0
LOOK_S = 0.1
WIDTH_PX, QUALITY = 640, 70


def cameras_seen(
    drawings: DrawingFile, folder: Path, within_s: float = WITHIN_S
) -> list[dict[str, Any]]:
    """Ask the watch for a picture of each camera; one that gives none is in the report without."""
    cameras = drawings.config().cameras
    pictures = _pictures(VeiledView(folder), [one.camera_id for one in cameras], within_s)
    most = min(MAX_PICTURE_BYTES, ALL_PICTURES_BYTES // max(1, len(cameras)))
    return [_shown(one, pictures.get(one.camera_id), most) for one in cameras]


def _pictures(view: VeiledView, camera_ids: list[str], within_s: float) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        for camera_id in camera_ids:
            view.ask(camera_id)
    except OSError:
        return found
    until = time.monotonic() + within_s
    while len(found) < len(camera_ids) and time.monotonic() < until:
        for camera_id in set(camera_ids) - set(found):
            if picture := view.take(camera_id):
                found[camera_id] = picture
        time.sleep(LOOK_S)
    return found


def _shown(camera: CameraConfig, picture: bytes | None, most_bytes: int) -> dict[str, Any]:
    small = _small(picture, most_bytes) if picture else b""
    return {
        "camera_id": camera.camera_id,
        "jpeg": b64encode(small).decode("ascii"),
        "zones": [{"name": zone.zone_id, "points": [list(point) for point in zone.polygon]}
                  for zone in camera.zones],
        "lines": [{"name": line.line_id, "points": [list(line.a), list(line.b)]}
                  for line in camera.lines],
    }  # fmt: skip


def _small(picture: bytes, most_bytes: int) -> bytes:
    """Make it fit; nothing where it cannot be read. Only now is the picture library loaded."""
    import cv2  # noqa: PLC0415 - the page runs without it
    import numpy as np  # noqa: PLC0415

    from edge_agent.adapters.shrinking import shrunk  # noqa: PLC0415
    from edge_agent.adapters.snapshot import SnapshotError, jpeg  # noqa: PLC0415

    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        return b""
    whole = np.asarray(image, np.uint8)
    if whole.shape[1] > WIDTH_PX:
        height = max(1, round(whole.shape[0] * WIDTH_PX / whole.shape[1]))
        whole = shrunk(whole, WIDTH_PX, height)
    try:
        return jpeg(whole, QUALITY, most_bytes).content
    except SnapshotError:
        return b""
