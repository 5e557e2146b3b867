"""Who looks is burnt into the picture that they get, at any size, and the picture stays legible."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from central.adapters.fonts import chinese_font
from central.adapters.watermarks import Mark, marked

MARK = Mark("值班员 周宁 zhiban 2026-11-23 12:00", "zhiban 2026-11-23 12:00")


def a_picture(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (90, 120, 90)).save(out, "JPEG", quality=95)
    return out.getvalue()


def difference(one: bytes, other: bytes) -> Image.Image:
    with Image.open(BytesIO(one)) as a, Image.open(BytesIO(other)) as b:
        assert a.size == b.size
        return ImageChops.difference(a.convert("L"), b.convert("L"))


@pytest.mark.parametrize("size", [(1920, 1080), (640, 480), (120, 160), (31, 7)])
def test_a_picture_keeps_its_size_and_bears_the_mark(size: tuple[int, int]) -> None:
    plain = a_picture(*size)
    mine = marked(plain, MARK)
    assert mine
    assert difference(plain, mine).getextrema()[1] > 40  # type: ignore[operator]


def test_every_quarter_of_a_picture_is_marked_and_none_is_covered() -> None:
    plain = a_picture(1280, 720)
    mine = marked(plain, MARK)
    assert mine
    changed = difference(plain, mine)
    for left in (0, 640):
        for top in (0, 320):
            quarter = changed.crop((left, top, left + 640, top + 320))
            assert quarter.getextrema()[1] > 20  # type: ignore[operator]
            assert ImageStat.Stat(quarter).mean[0] < 15


def test_two_who_look_get_two_pictures() -> None:
    plain = a_picture(640, 480)
    other = Mark("审计 另一人", "another")
    assert marked(plain, MARK) != marked(plain, other)


def test_a_small_one_is_small_and_marked_too() -> None:
    small = marked(a_picture(1920, 1080), MARK, longest_px=320)
    assert small
    with Image.open(BytesIO(small)) as image:
        assert image.size == (320, 180)


def test_what_is_no_picture_is_said_to_be_none() -> None:
    assert marked(b"not a picture", MARK) is None
    assert marked(a_picture(64, 64)[:200], MARK) is None


def test_without_a_chinese_font_the_mark_is_in_latin_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("central.adapters.fonts.NAMES", ())
    chinese_font.cache_clear()
    try:
        assert MARK.drawn == MARK.latin
        assert marked(a_picture(320, 240), MARK)
    finally:
        chinese_font.cache_clear()
