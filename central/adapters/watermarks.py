"""Who looks is burnt into the copy that they get: a photograph of a screen tells too."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from central.adapters.fonts import chinese_font, drawing_font

THUMB_PX = 320
_OPACITY = 62  # of 255: legible, and the picture still is
_SHARE = 1 / 34  # a letter's height, of the longer side
_LEAST_PX = 11
_SMALLEST_PX = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """Who looks, and when: in Chinese, and in Latin letters for a machine without the font."""

    words: str
    latin: str

    @property
    def drawn(self) -> str:
        """Give what can be drawn here."""
        return self.words if chinese_font() else self.latin


def marked(content: bytes, mark: Mark, *, longest_px: int | None = None) -> bytes | None:
    """Give a JPEG again with a mark across it and along its lower edge; None: it is no picture.

    `longest_px` makes it smaller.
    """
    try:
        with Image.open(BytesIO(content), formats=("JPEG",)) as opened:
            if longest_px:
                opened.draft("RGB", (longest_px, longest_px))
            image = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    if longest_px:
        image.thumbnail((longest_px, longest_px))
    out = BytesIO()
    Image.alpha_composite(image.convert("RGBA"), _veil(image.size, mark.drawn)).convert("RGB").save(
        out, "JPEG", quality=85
    )
    return out.getvalue()


def _veil(size: tuple[int, int], words: str) -> Image.Image:
    """Draw the words again and again, aslant, and once in full along the lower edge."""
    letter = max(_LEAST_PX, int(max(size) * _SHARE))
    font = drawing_font(letter)
    wide = int(font.getlength(words)) + letter * 3
    side = int((size[0] ** 2 + size[1] ** 2) ** 0.5) + 1
    field = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(field)
    for row, top in enumerate(range(0, side, letter * 6)):
        for left in range(-wide + (row % 2) * wide // 2, side, wide):
            pen.text((left + 1, top + 1), words, font=font, fill=(0, 0, 0, _OPACITY))
            pen.text((left, top), words, font=font, fill=(255, 255, 255, _OPACITY))
    turned = field.rotate(24, resample=Image.Resampling.BILINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    veil = turned.crop((left, top, left + size[0], top + size[1]))
    return _with_foot(veil, words, letter)


def _with_foot(veil: Image.Image, words: str, letter: int) -> Image.Image:
    small = max(_LEAST_PX, letter * 2 // 3)
    font = drawing_font(small)
    while font.getlength(words) > veil.width and small > _SMALLEST_PX:
        small -= 1
        font = drawing_font(small)
    pen = ImageDraw.Draw(veil)
    top = veil.height - small * 2
    pen.rectangle((0, top, veil.width, veil.height), fill=(0, 0, 0, 150))
    pen.text((small // 2, top + small // 3), words, font=font, fill=(255, 255, 255, 235))
    return veil
