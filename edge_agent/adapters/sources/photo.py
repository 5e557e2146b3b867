"""A single picture from a file, turned upright as its EXIF data says."""

from pathlib import Path

import cv2
import numpy as np

from edge_agent.ports import Image, SourceError

LARGEST_BYTES = 64 * 1024 * 1024


def photo(path: Path) -> Image:
    """Read a picture, blue-green-red.

    Raises:
        SourceError: missing, empty, damaged, too large, or of a kind that cannot be read.
    """
    try:
        size = path.stat().st_size if path.is_file() else -1
    except OSError as error:
        msg = f"文件无法读取 cannot be read: {path}: {error.strerror}"
        raise SourceError(msg, permanent=True) from error
    if size < 0:
        msg = f"没有这个文件 no such file: {path}"
        raise SourceError(msg, permanent=True)
    if size == 0:
        msg = f"文件是空的 the file is empty: {path}"
        raise SourceError(msg, permanent=True)
    if size > LARGEST_BYTES:
        msg = f"文件太大,超过 64 MiB the file is larger than 64 MiB: {path}"
        raise SourceError(msg, permanent=True)
    return _decoded(path)


def _decoded(path: Path) -> Image:
    try:
        image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except (cv2.error, OSError) as error:
        msg = f"图片无法读取,可能太大 the picture cannot be read, maybe too large: {path}"
        raise SourceError(msg, permanent=True) from error
    if image is None:
        is_heic = path.suffix.lower() in {".heic", ".heif"}
        zh = ",请先转成 JPEG (HEIC: please convert to JPEG first)" if is_heic else ""
        msg = f"图片已损坏或不是图片{zh} the picture is damaged, or none: {path}"
        raise SourceError(msg, permanent=True)
    return np.asarray(image, np.uint8)
