"""Photographs come out as our own JPEG: nothing of the file but the picture stays."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageFile

from central.adapters.photographs import LONGEST_SIDE, MOST_BYTES, PhotoError, made_anew
from central.adapters.printing import pdf


def a_photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **how: object) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, **how)
    return out.getvalue()


def test_where_and_with_what_it_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825)[1] = "N"
    before = a_photo(exif=exif)
    assert b"CameraMaker" in before
    after = made_anew(before)
    assert b"CameraMaker" not in after
    assert not Image.open(BytesIO(after)).getexif()


def test_what_hides_behind_the_picture_is_gone() -> None:
    assert b"<script>" not in made_anew(a_photo() + b"<script>alert(1)</script>")


def test_it_is_turned_upright_and_made_smaller() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    after = Image.open(BytesIO(made_anew(a_photo(size=(4000, 3000), exif=exif))))
    assert after.size == (LONGEST_SIDE * 3 // 4, LONGEST_SIDE)
    assert after.format == "JPEG"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_become_jpeg_too(kind: str) -> None:
    assert Image.open(BytesIO(made_anew(a_photo(kind)))).format == "JPEG"


def bomb() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a photo"),
        ("照片.jpg".encode(), "not a photo"),
        (a_photo()[:2000], "broken"),
        (a_photo("GIF"), "not a photo"),
        (bomb(), "too many pixels"),
        (b"\xff\xd8\xff\xe0" + bytes(MOST_BYTES), "too large"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(PhotoError, match=words):
        made_anew(content)


def test_a_torn_photo_is_refused_after_a_page_was_printed_too() -> None:
    assert pdf("<p>一页</p>").startswith(b"%PDF")
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # as loading WeasyPrint leaves it
    with pytest.raises(PhotoError, match="broken"):
        made_anew(a_photo()[:2000])
