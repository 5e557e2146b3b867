"""Every page, in Chinese and in English, as everybody who sees it: no string is missed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import central.web
from tests.browser import every_page
from tests.browser.language_on_page import CHINESE, ENGLISH, left, words_of, written_by_people
from tests.browser.showcase import Showcase, furnished

BOTH = ("/r/", "/sites/", "/offline", "/c/")
"""For who has no account: Chinese and English at once (tests/unit/central/web/test_languages)."""

NO_WORDS = re.compile(
    r"""sha256:\w+ | https?://[\w.:/-]+ | huxiao-(?:central|edge|flash)\ [a-z ]+ | edge1\.[\w.]+
    | \[?[a-z]*\]?\ ?[a-z]+(?:_[a-z]+)+ | tasks\.[\w.]+ | \{&\#34;.*?\}(?=<)
    | user\ add | [a-z]+:(?:read|write)\b""",
    re.VERBOSE,
)
"""Addresses, commands, details of the audit log, scopes."""

TEMPLATES = Path(central.web.__file__).parent / "templates"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    showcase = furnished(tmp_path_factory.mktemp("showcase") / "district")
    showcase.app.config["WTF_CSRF_ENABLED"] = False
    yield showcase
    showcase.close()


def strays(made: Showcase, language: str, locale: str, pattern: re.Pattern[str]) -> dict[str, str]:
    """Give what pages say in the other language, by what is said, with a page where it is."""
    with made.store.reading() as connection:
        people = [*written_by_people(connection, language), *made.names()]
    people.sort(key=len, reverse=True)
    found: dict[str, str] = {}
    for page in every_page.pages(made):
        if page.path.startswith(BOTH):
            continue
        html = NO_WORDS.sub("", every_page.opened(made, page, locale))
        for said in words_of(html, language):
            if pattern.search(said) and pattern.search(rest := left(said, people)):
                found.setdefault(rest, str(page))
    return found


def test_the_walk_renders_every_page_there_is(made: Showcase) -> None:
    whole = {
        path.name for path in TEMPLATES.glob("*.html")
        if "{% extends" in path.read_text("utf-8")
    }  # fmt: skip
    with every_page.templates_of(made) as seen:
        for page in every_page.pages(made):
            every_page.opened(made, page, "en")
    assert whole - seen == set(every_page.UNSEEN) & whole


def test_english_pages_hold_no_chinese_but_what_people_wrote(made: Showcase) -> None:
    assert strays(made, "en", "en", CHINESE) == {}


def test_chinese_pages_hold_no_english_but_names_and_codes(made: Showcase) -> None:
    found = strays(made, "zh", "zh_Hans_CN", ENGLISH)
    assert {said: where for said, where in found.items() if not is_known(said)} == {}


KNOWN = frozenset({
    *("English", "CSV", "XLSX", "PDF", "DOCX", "YAML", "ZIP", "API", "HTTPS", "TOTP", "SHA"),
    *("GPS", "WGS", "CGCS", "GCJ", "fps", "Ctrl", "Tab", "Delete", "Chrome", "Linux", "toml"),
    *("yuehu", "east", "folder", "backup", "step", "general"),
    *("dingtalk", "wecom", "feishu", "apprise"),
})  # fmt: skip


def is_known(said: str) -> bool:
    """Tell whether these are words that Chinese has no others for."""
    return set(ENGLISH.findall(said)) <= KNOWN
