"""Every page as everybody who sees it: both languages, desk and phone, by day and by night.

axe finds nothing, nothing is loaded from elsewhere, nothing stands inline, the console is silent,
and on a phone nothing sticks out sideways.
"""

import hashlib
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize
from werkzeug.serving import make_server

from tests.browser import every_page
from tests.browser.looked_at import inline, sticks_out, troubles
from tests.browser.pages import Watched, keep, watch
from tests.browser.screens import DESK, PHONE
from tests.browser.served import Quiet
from tests.browser.showcase import Showcase, furnished

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
SIZES: dict[str, ViewportSize] = {"desk": DESK, "phone": PHONE}
READERS = ("guanli", "anquan", "others")
"""Who sees most, a school's lead, and whoever sees what neither of them does."""

SUBMIT = """([path, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  const token = document.querySelector('[name="csrf_token"]');
  const given = token ? {...fields, csrf_token: token.value} : fields;
  for (const [name, value] of Object.entries(given)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""


class Walk:
    """The served showcase, and what its pages are."""

    def __init__(self, made: Showcase, address: str) -> None:
        self.made, self.address = made, address
        made.app.config["WTF_CSRF_ENABLED"] = False
        self.pages = every_page.pages(made)
        made.app.config["WTF_CSRF_ENABLED"] = True

    def of(self, reader: str) -> list[every_page.Page]:
        """Give the pages that somebody walks."""
        named = every_page.WALKERS
        return [
            one
            for one in self.pages
            if one.username == reader or (reader == "others" and one.username not in named)
        ]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    made = furnished(tmp_path_factory.mktemp("showcase") / "district")
    server = make_server("127.0.0.1", 0, made.app, threaded=True, request_handler=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Walk(made, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    made.close()


@contextmanager
def reading(chromium: Browser, walk: Walk, username: str, language: str) -> Iterator[Page]:
    """Give a page in whose browser somebody has signed in."""
    context = chromium.new_context(viewport=DESK, locale="zh-CN", reduced_motion="reduce")
    context.add_cookies([
        {"name": name, "value": value, "url": walk.address}
        for name, value in walk.made.cookies(username, LANGUAGES[language]).items()
    ])  # fmt: skip
    yield context.new_page()
    context.close()


def go(page: Page, walk: Walk, wanted: every_page.Page, language: str) -> Response | None:
    """Open a page, by its form where only that leads there."""
    path = every_page.in_language(wanted.path, LANGUAGES[language])
    if wanted.form is None:
        return page.goto(walk.address + path, wait_until="load")
    page.goto(walk.address + ("/account" if wanted.username else "/r/status"))
    with page.expect_navigation() as coming:
        page.evaluate(SUBMIT, [path, wanted.form])
    return coming.value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
def test_no_page_gives_anybody_trouble(
    chromium: Browser, walk: Walk, reader: str, language: str
) -> None:
    found: dict[str, list[str]] = {}
    for username, wanted in groupby(walk.of(reader), key=lambda one: one.username):
        with reading(chromium, walk, username, language) as page:
            watched = watch(page)
            for one in wanted:
                if seen := looked_at(go(page, walk, one, language), page, watched):
                    found[str(one)] = seen
    assert found == {}, "\n".join(f"{page}: {one}" for page in found for one in found[page])


def looked_at(answer: Response | None, page: Page, watched: Watched) -> list[str]:
    """Give all that is wrong with a page."""
    assert answer is not None
    seen = [f"inline: {one}" for one in inline(answer.text())] + everything(page)
    if not answer.ok:  # the browser notes it as an error of its own
        watched.errors.clear()
    seen += [f"console: {one}" for one in watched.errors]
    seen += [f"elsewhere: {one}" for one in watched.outside]
    watched.errors.clear()
    watched.outside.clear()
    return seen


def everything(page: Page) -> list[str]:
    """Look at a page by day and by night, at a desk and on a phone."""
    seen = []
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme="light")
        seen += [f"{size}, light: {one}" for one in troubles(page)]
        page.emulate_media(color_scheme="dark")
        seen += [f"{size}, dark: {one}" for one in troubles(page, only_colours=True)]
        if sticks_out(page):
            seen.append(f"{size}: wider than the window")
    return seen


def test_axe_finds_what_is_wrong(chromium: Browser, walk: Walk) -> None:
    """Nothing found means something only where something could be."""
    with reading(chromium, walk, "guanli", "zh") as page:
        page.goto(walk.address)
        page.evaluate("document.querySelector('#main').append(document.createElement('button'))")
        assert any(one.startswith("button-name") for one in troubles(page))
        page.evaluate("document.querySelector('h1').className = ''")
        page.evaluate("document.querySelector('h1').style.color = '#ddd'")
        assert any(one.startswith("color-contrast") for one in troubles(page, only_colours=True))


def test_what_stands_inline_is_found() -> None:
    html = '<p style="x"><a href="" onclick="y">z</a><script>1</script><style></style>'
    assert len(inline(html)) == 4


def test_vendored_axe_is_what_npm_holds() -> None:
    """`scripts/build-assets` fetches it again."""
    folder = Path(__file__).parent / "vendor"
    for file in tomllib.loads((folder / "VENDOR.toml").read_text("utf-8"))["file"]:
        content = (folder / file["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


@pytest.mark.skipif("HUXIAO_PICTURES" not in os.environ, reason="HUXIAO_PICTURES names no folder")
@pytest.mark.parametrize("size", SIZES)
def test_every_page_has_its_picture(chromium: Browser, walk: Walk, size: str) -> None:
    """Each page once, as whoever sees it first does."""
    kept: set[str] = set()
    for username, wanted in groupby(walk.pages, key=lambda one: one.username):
        with reading(chromium, walk, username, "zh") as page:
            page.set_viewport_size(SIZES[size])
            for one in wanted:
                if one.name not in kept:
                    go(page, walk, one, "zh")
                    keep(page, f"{one.name}-{size}")
                kept.add(one.name)
