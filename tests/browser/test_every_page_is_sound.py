"""Every page's HTML, as everybody who sees it: named fields, headings in order, no loose ends."""

from collections.abc import Iterator

import pytest

from tests.browser import every_page
from tests.browser.showcase import Showcase, furnished
from tests.browser.sound_page import faults


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    showcase = furnished(tmp_path_factory.mktemp("showcase") / "district")
    showcase.app.config["WTF_CSRF_ENABLED"] = False
    yield showcase
    showcase.close()


def test_no_page_has_a_fault_that_its_html_shows(made: Showcase) -> None:
    found = {}
    for page in every_page.pages(made):
        if seen := faults(every_page.opened(made, page, "zh_Hans_CN")):
            found[str(page)] = seen
    assert found == {}, "\n".join(f"{page}: {one}" for page in found for one in found[page])


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p id=a><p id=a>", "twice"),
        ("<input name=x>", "unnamed_fields"),
        ("<button></button>", "unnamed_buttons"),
        ("<h1>a</h1><h3>b</h3>", "headings"),
        ("<label for=none>a</label>", "dangling"),
        ("<table><tr><th></th></tr></table>", "tables"),
        ("<nav></nav>", "landmarks"),
        ("<img src=a>", "pictures"),
        ("<form method=post action=/x></form>", "open_forms"),
        ("<p style='x'>", "inline"),
    ],
)
def test_each_fault_would_be_found(html: str, fault: str) -> None:
    assert any(one.startswith(fault) for one in faults(html))
