"""A device's page for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.edge.page.page_kit import PageKit, page_kit


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[PageKit]:
    made = page_kit(tmp_path)
    yield made
    made.book.file.close()
