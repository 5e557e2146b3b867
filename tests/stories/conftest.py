"""One running district for each database, and everybody in it at a browser of their own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.screens import DESK, PHONE
from tests.scenarios.conftest import stage
from tests.scenarios.stage import Stage
from tests.stories.cast import Cast

__all__ = ["stage"]


@pytest.fixture(scope="session")
def at_desks(chromium: Browser, stage: Stage) -> Iterator[Cast]:
    """Everybody at a desk."""
    cast = Cast(chromium, stage, DESK)
    yield cast
    cast.leave()


@pytest.fixture(scope="session")
def on_phones(chromium: Browser, stage: Stage) -> Iterator[Cast]:
    """Everybody with a phone in hand."""
    cast = Cast(chromium, stage, PHONE)
    yield cast
    cast.leave()


@pytest.fixture(autouse=True)
def nothing_goes_wrong(at_desks: Cast, on_phones: Cast) -> Iterator[None]:
    """Hold after each story that no browser asked elsewhere or had anything to complain of."""
    yield
    at_desks.assert_clean()
    on_phones.assert_clean()
