"""What is drawn on a camera's picture, drawn onto it: for paper."""

from base64 import b64decode
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, UnidentifiedImageError

from contract.commissioning import DrawnShape, SeenCamera

ZONE, LINE = (255, 176, 0), (255, 64, 64)
WIDTH_SHARE = 160
MOST_PIXELS = 4_000_000


def drawn(camera: SeenCamera) -> bytes | None:
    """Give the picture with zones and lines on it, JPEG; None where there is no usable picture."""
    try:
        with Image.open(BytesIO(b64decode(camera.jpeg)), formats=("JPEG",)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    pen = ImageDraw.Draw(picture)
    width = max(2, picture.width // WIDTH_SHARE)
    for zone in camera.zones:
        points = _placed(zone, picture.size)
        pen.line([*points, points[0]], fill=ZONE, width=width, joint="curve")
    for line in camera.lines:
        pen.line(_placed(line, picture.size), fill=LINE, width=width)
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _placed(shape: DrawnShape, size: Sequence[int]) -> list[tuple[float, float]]:
    return [(x * (size[0] - 1), y * (size[1] - 1)) for x, y in shape.points]
