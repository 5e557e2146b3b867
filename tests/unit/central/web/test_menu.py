"""The menu is one table: each line leads somewhere, and only to where one may go."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.web.menu import MENU, MOST_QUICK, Place

PLACES = [place for _words, places in MENU for place in places]
PEOPLE = ("zhiban", "guanli", "zhenshui", "anquan")


def test_no_page_stands_there_twice() -> None:
    endpoints = [place.endpoint for place in PLACES]
    assert len(endpoints) == len(set(endpoints))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_each_line_names_pages_there_are(app: APIFlask, place: Place) -> None:
    assert {place.endpoint, *place.within} <= set(app.view_functions)


def links(html: str) -> list[str]:
    menu = html.split('id="main-menu"', 1)[1].split("</nav>", 1)[0]
    return [part.split('"', 1)[0] for part in menu.split('href="')[1:]]


@pytest.mark.parametrize("username", PEOPLE)
def test_whoever_sees_a_line_may_go_there(
    signed_in: Callable[[str], FlaskClient], username: str
) -> None:
    client = signed_in(username)
    found = links(client.get("/").text)
    assert found
    answers = {address: client.get(address).status_code for address in found}
    assert set(answers.values()) == {200}, answers


def test_the_page_one_is_on_is_marked(signed_in: Callable[[str], FlaskClient]) -> None:
    html = signed_in("zhiban").get("/devices").text
    assert html.count('href="/devices" aria-current="page"') >= 1
    assert 'href="/" aria-current' not in html


def test_a_phone_has_a_few_places_at_hand(signed_in: Callable[[str], FlaskClient]) -> None:
    bar = signed_in("zhiban").get("/").text.split('class="quick"', 1)[1].split("</nav>", 1)[0]
    assert 1 < bar.count("<a ") <= MOST_QUICK
    assert 'popovertarget="main-menu"' in bar


def test_a_line_has_both_languages() -> None:
    for _heading, (chinese, english) in [("", words) for words, _places in MENU] + [
        ("", place.words) for place in PLACES
    ]:
        assert any(a >= "一" for a in chinese)
        assert english.isascii()
    assert all(before != after for before, after in pairwise(words for words, _ in MENU))
