"""A fresh district and a clean profile for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.pages import Watched, watch
from tests.browser.screens import DESK, PHONE
from tests.browser.served import Served, serving


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Watched]:
    """A duty officer's screen; at the end nothing may have gone wrong on it."""
    yield from _opened(chromium, DESK)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Watched]:
    """A water warden's phone."""
    yield from _opened(chromium, PHONE)


def _opened(chromium: Browser, size: ViewportSize) -> Iterator[Watched]:
    context = chromium.new_context(viewport=size, device_scale_factor=1, locale="zh-CN")
    page: Page = context.new_page()
    watched = watch(page)
    yield watched
    context.close()
    watched.assert_clean()
