"""Which Chinese font this machine has, for what is drawn or printed here."""

from functools import cache
from pathlib import Path

from PIL import ImageFont

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "NotoSerifCJK-Regular.ttc",
)
"""Files that Debian's font packages bring, those that read best first."""

NEEDED = (
    "没有中文字体：请安装，例如 apt-get install fonts-wqy-microhei，再试一次",
    "there is no Chinese font: install one, such as apt-get install fonts-wqy-microhei, and retry",
)


class NoChineseFontError(Exception):
    """What is to be printed would be empty boxes."""

    def __init__(self) -> None:
        """Say what to install."""
        super().__init__(" / ".join(NEEDED))


@cache
def chinese_font() -> Path | None:
    """Give the file of a font with Chinese letters; None where there is none."""
    found = {path.name: path for folder in FOLDERS for path in folder.rglob("*.?t?")}
    return next((found[name] for name in NAMES if name in found), None)


def drawing_font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Give a font to draw with: the Chinese one, or Pillow's own with Latin letters only."""
    path = chinese_font()
    return ImageFont.truetype(path, size_px) if path else ImageFont.load_default(size_px)
