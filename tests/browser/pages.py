"""What a person does on the pages, for tests that read as what a person does."""

import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

LOOPBACK = ("http://127.0.0.1", "http://localhost", "data:", "about:")

QUALITY = 68
"""Of pictures for the documents: small letters are still clear."""

IS_SHOWN = """() => [...document.images].every((image) =>
  image.naturalWidth > 0 || image.getBoundingClientRect().top > window.innerHeight)"""


@dataclass
class Watched:
    """A page on which nothing may go wrong unseen."""

    page: Page
    outside: list[str]
    errors: list[str]

    def assert_clean(self) -> None:
        """Hold that no request left the machine and that the browser had nothing to say."""
        assert self.outside == [], self.outside
        assert self.errors == [], self.errors


def watch(page: Page) -> Watched:
    """Refuse and note every request to elsewhere; note what the console says."""
    watched = Watched(page, [], [])

    def gate(route: object) -> None:
        watched.outside.append(route.request.url)  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route(lambda url: not url.startswith(LOOPBACK), gate)
    page.on("console", lambda said: _note(watched, said.type, said.text))
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    return watched


def _note(watched: Watched, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        watched.errors.append(text)


def sign_in(page: Page, address: str, username: str, password: str) -> None:
    """Sign in, and come to the board."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("#board")).to_be_visible()
    page.wait_for_load_state()  # the page's scripts are there: a key pressed now is heard


def row(page: Page, incident_id: str) -> Locator:
    """Find an incident on the board."""
    return page.locator(f"#incident-{incident_id}")


def task(page: Page, unit_code: str) -> Locator:
    """Find a unit's task on the page of an incident."""
    return page.locator(f'[data-unit="{unit_code}"]')


def take(page: Page, unit_code: str, step: str, note: str = "") -> None:
    """Press a step's button, with a note if one is given."""
    card = task(page, unit_code)
    if note:
        card.get_by_label("说明").fill(note)
    card.get_by_role("button", name=step, exact=True).click()


def stands(page: Page, unit_code: str, status: str) -> None:
    """Wait until a unit's task stands somewhere."""
    expect(task(page, unit_code)).to_have_attribute("data-status", status)


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep what is on the screen for the documents, where that is asked for."""
    if folder := os.environ.get("HUXIAO_PICTURES"):
        page.wait_for_load_state()
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_function(IS_SHOWN)
        # a caret is hidden by an inline style, which our own policy would refuse
        drawn = page.screenshot(full_page=whole, caret="initial")
        with Image.open(BytesIO(drawn)) as picture:
            picture.save(Path(folder) / f"{name}.webp", quality=QUALITY, method=6)
