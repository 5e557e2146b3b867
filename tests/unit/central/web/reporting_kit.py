"""What tests of reports share: a photograph with a place in it, and an answer's body."""

import io
from typing import Any

from PIL import Image
from PIL.Image import Exif
from werkzeug.test import TestResponse


def picture(*, with_place: bool = False) -> bytes:
    out, exif = io.BytesIO(), Exif()
    if with_place:
        exif[0x010E] = "张小明家门口"
        exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (80, 60), (200, 120, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def said(answer: TestResponse) -> dict[str, Any]:
    assert isinstance(answer.json, dict), answer.text
    return answer.json
