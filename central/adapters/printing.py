"""Pages on paper: HTML of our own becomes a PDF. Nothing is fetched from anywhere."""

from threading import Lock

from PIL import ImageFile

from central.adapters.fonts import NEEDED, chinese_font

NO_PANGO = (
    "缺少排版库：请安装 apt-get install libpango-1.0-0 libpangoft2-1.0-0，再试一次",
    "the text library is missing: apt-get install libpango-1.0-0 libpangoft2-1.0-0, and retry",
)

_ONE_AT_A_TIME = Lock()
"""A page on paper takes a second of a core: the others go on being served."""


class PrintingError(Exception):
    """What this machine lacks to print, in both languages, with what to do."""

    def __init__(self, words: tuple[str, str]) -> None:
        super().__init__(" / ".join(words))
        self.message_zh, self.message_en = words


def pdf(html: str) -> bytes:
    """Lay a page out; pictures in it are `data:` addresses.

    Raises:
        PrintingError: the machine has no Chinese font, or not the library.
    """
    if chinese_font() is None:
        raise PrintingError(NEEDED)
    try:
        from weasyprint import HTML  # noqa: PLC0415 - heavy, and needs libraries of the system
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 - likewise
    except OSError:
        raise PrintingError(NO_PANGO) from None
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint lets torn pictures pass, for the process
    fetcher = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
    with _ONE_AT_A_TIME:
        return bytes(HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1"))
