"""A picture as evidence: a JPEG that fits into one message."""

import cv2

from edge_agent.ports import EvidenceFile, Image

WORST_QUALITY = 25
QUALITY_STEP = 15
SHRINK = 0.75
SMALLEST_PX = 64


class SnapshotError(Exception):
    """A picture that cannot be made into a JPEG of the size that is allowed."""


def jpeg(image: Image, quality: int, max_bytes: int) -> EvidenceFile:
    """Give the picture as a JPEG of at most `max_bytes`: coarser first, then smaller.

    Raises:
        SnapshotError: no picture, or none that small.
    """
    if image.size == 0:
        msg = "空画面,无法存图 (an empty picture)"
        raise SnapshotError(msg)
    while min(image.shape[:2]) >= SMALLEST_PX:
        for attempt in range(quality, min(quality, WORST_QUALITY) - 1, -QUALITY_STEP):
            content = _encoded(image, attempt)
            if len(content) <= max_bytes:
                return EvidenceFile("image/jpeg", content)
        image = _smaller(image)
    msg = f"无法把快照压到 {max_bytes} 字节以内 (no JPEG that small)"
    raise SnapshotError(msg)


def _encoded(image: Image, quality: int) -> bytes:
    is_done, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not is_done:
        msg = "JPEG 编码失败 (the JPEG encoder refused the picture)"
        raise SnapshotError(msg)
    return bytes(content)


def _smaller(image: Image) -> Image:
    height, width = image.shape[:2]
    size = max(round(width * SHRINK), 1), max(round(height * SHRINK), 1)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(image.dtype, copy=False)
