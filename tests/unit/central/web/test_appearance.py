"""How pages look on one screen: kept in a cookie, known before the first byte is drawn."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

import central.web
from central.web import appearance
from central.web.appearance import MODES, SIZES, Look, parsed

STATIC = Path(central.web.__file__).parent / "static"
NAMES = re.compile(r"^  (--[\w-]+): (?:#|none|rgb|0)", re.MULTILINE)


@given(st.text())
def test_any_cookie_gives_a_look(kept: str) -> None:
    look = parsed(kept)
    assert look.mode in MODES
    assert look.size in SIZES


@given(st.sampled_from(sorted(MODES)), st.sampled_from(sorted(SIZES)))
def test_what_is_kept_is_read_again(mode: str, size: str) -> None:
    assert parsed(Look(mode, size).kept) == Look(mode, size)


def test_the_page_comes_as_the_screen_wants_it(signed_in: Callable[[str], FlaskClient]) -> None:
    client = signed_in("zhiban")
    assert 'media="screen and (prefers-color-scheme: dark)"' in client.get("/account").text
    answer = client.post("/look", data={"mode": "dark", "size": "large"})
    assert answer.status_code == 302
    html = client.get("/account").text
    assert 'class="dark large"' in html
    assert re.search(r'dark\.css\?v=\w+" media="screen"', html)
    client.post("/look", data={"mode": "light", "size": "usual"})
    assert "dark.css" not in client.get("/account").text


def test_a_look_there_is_not_is_refused(signed_in: Callable[[str], FlaskClient]) -> None:
    client = signed_in("zhiban")
    assert client.post("/look", data={"mode": "pink", "size": "large"}).status_code == 400
    assert client.post("/look").status_code == 400


def test_the_cookie_is_ours_alone(signed_in: Callable[[str], FlaskClient]) -> None:
    answer = signed_in("zhiban").post("/look", data={"mode": "dark", "size": "usual"})
    said = answer.headers["Set-Cookie"]
    assert said.startswith(f"{appearance.COOKIE}=dark.usual")
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said


def test_the_night_renames_only_colours_of_the_day() -> None:
    day, night = ((STATIC / f"{one}.css").read_text("utf-8") for one in ("tokens", "dark"))
    assert set(NAMES.findall(night)) <= set(NAMES.findall(day))
    assert len(NAMES.findall(night)) > 15


def test_no_sheet_but_the_two_names_a_colour_that_the_night_would_have_to_change() -> None:
    plain = re.compile(r"(?<!var\()#[0-9a-f]{3,8}\b")
    for sheet in ("base", "parts", "board"):
        text = (STATIC / f"{sheet}.css").read_text("utf-8").split("@media print")[0]
        assert plain.findall(text) == [], sheet


PAIRS = [
    ("ink", "card"), ("ink", "paper"), ("soft", "card"), ("soft", "paper"), ("blue-ink", "blue"),
    ("card", "red"), ("ink", "blue-soft"), ("ink", "red-soft"), ("ink", "amber-soft"),
    ("soft", "blue-soft"), ("soft", "red-soft"),
    *((one, "card") for one in ("blue", "red", "amber", "green", "violet")),
    *((one, "paper") for one in ("blue", "red", "amber", "green", "violet")),
    *((one, f"{one}-soft") for one in ("blue", "red", "amber", "green", "violet")),
]  # fmt: skip
"""Words on grounds, as the sheets put them together."""


@pytest.mark.parametrize("sheet", ["tokens", "dark"])
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_can_be_read_on_their_ground(sheet: str, words: str, ground: str) -> None:
    assert contrast(colours(sheet)[words], colours(sheet)[ground]) >= 4.5  # WCAG 2.2, 1.4.3 AA


@pytest.mark.parametrize("sheet", ["tokens", "dark"])
def test_a_field_s_edge_can_be_seen(sheet: str) -> None:
    given = colours("tokens") | colours(sheet)
    for ground in ("card", "paper"):
        assert contrast(given["field-line"], given[ground]) >= 3  # WCAG 2.2, 1.4.11


def colours(sheet: str) -> dict[str, str]:
    """Give a sheet's colours by name."""
    text = (STATIC / f"{sheet}.css").read_text("utf-8")
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", text))


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, 1 to 21, as WCAG 2.2 reckons it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
