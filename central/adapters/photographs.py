"""Photographs that people bring: read, turned upright, made anew. Nothing else of the file stays.

What comes out is a JPEG of our own making: no place, no camera, no name from the file's EXIF, and
nothing that hid behind the picture.
"""

import warnings
from io import BytesIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1920
KINDS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"


class PhotoError(ValueError):
    """A file that is no usable photograph."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_zh = message_zh
        self.message_en = message_en


def made_anew(content: bytes) -> bytes:
    """Give the picture as a JPEG (longest side 1920) without anything else of the file.

    Raises:
        PhotoError: too large, not a JPEG, PNG or WebP, or broken.
    """
    if len(content) > MOST_BYTES:
        zh = f"照片过大：不超过 {MOST_BYTES // 1024 // 1024} MB"
        raise PhotoError(zh, f"the photo is too large: {MOST_BYTES // 1024 // 1024} MB at most")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made(content)
    except UnidentifiedImageError:
        zh, en = "不是照片：请上传 JPEG、PNG 或 WebP", "not a photo: JPEG, PNG or WebP is wanted"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        zh, en = "照片像素过多，请缩小后上传", "too many pixels: please scale the photo down"
    except (OSError, ValueError, SyntaxError, EOFError):
        zh, en = "照片已损坏，请重新拍摄", "the photo is broken, please take it again"
    raise PhotoError(zh, en)


def _made(content: bytes) -> bytes:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # what prints pages lets torn ones pass, once loaded
    with Image.open(BytesIO(content), formats=KINDS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    out = BytesIO()
    fresh.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
