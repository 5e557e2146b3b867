"""Chinese is the source; English is whole, and what is compiled is what is written."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from apiflask import APIFlask
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import central.web
from central.core.playbook import ChannelName
from central.core.workflow import STEP_WORDS
from central.web import words

WEB = Path(central.web.__file__).parent
CENTRAL = WEB.parent
PO = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None}
CHINESE = re.compile(r"[\u4e00-\u9fff]")

SPEAK_BOTH = frozenset(
    {
        "offline.html",
        "public.html",
        "consent_confirm.html",
        "public_report.html",
        "public_done.html",
        "public_status.html",
        "poster.html",
    }
)


def asked_for() -> set[str]:
    """Give every message that the pages ask the catalogue for."""
    found = extract_from_dir(WEB, METHODS, keywords=KEYWORDS)
    return {message for _file, _line, message, *_rest in found if isinstance(message, str)}


def test_every_message_has_its_english_and_none_is_left_over() -> None:
    with PO.open("rb") as source:
        catalogue = read_po(source, locale="en")
    written = {str(message.id): str(message.string) for message in catalogue if message.id}
    assert set(written) == asked_for()
    assert {chinese for chinese, english in written.items() if not english} == set()
    assert {english for english in written.values() if CHINESE.search(english)} == set()


def test_a_translation_keeps_its_placeholders() -> None:
    place = re.compile(r"%\(\w+\)s")
    with PO.open("rb") as source:
        for message in read_po(source, locale="en"):
            asked, given = place.findall(str(message.id)), place.findall(str(message.string))
            if message.id:
                assert sorted(asked) == sorted(given)


def test_what_is_compiled_is_what_is_written() -> None:
    """`scripts/build-assets --offline` compiles it."""
    with PO.open("rb") as source:
        fresh = io.BytesIO()
        write_mo(fresh, read_po(source, locale="en"))
    with PO.with_suffix(".mo").open("rb") as compiled:
        kept = {m.id: m.string for m in read_mo(compiled) if m.id}
    fresh.seek(0)
    assert kept == {m.id: m.string for m in read_mo(fresh) if m.id}


@pytest.mark.parametrize("template", sorted(WEB.glob("templates/*.html")), ids=lambda p: p.name)
def test_no_template_says_chinese_past_the_catalogue(template: Path) -> None:
    text = re.sub(r"_\('[^']*'", "", template.read_text("utf-8"))
    text = re.sub(r"\('[^']*', '[^']*'\)", "", text)  # both languages at once, for `say`
    assert template.name in SPEAK_BOTH or CHINESE.findall(text) == []


@pytest.mark.parametrize("name", sorted(SPEAK_BOTH - {"public.html"}))
def test_who_has_no_language_of_their_own_here_reads_both(name: str) -> None:
    """A passer-by has not signed in: Chinese stands first, English right after."""
    text = (WEB / "templates" / name).read_text("utf-8")
    for heading in re.findall(r"<(?:h1|label[^>]*|legend|button class[^>]*)>(.*)", text):
        assert not CHINESE.search(heading) or 'lang="en"' in heading or "tabindex" in heading


@pytest.mark.parametrize(
    "table",
    [words.ROLES, words.PARTS, words.EVENTS, words.STATES, words.MOMENTS, words.CAMERA_STATES],
)
def test_every_code_has_a_name_in_both(table: words.Table) -> None:
    for chinese, english in table.values():
        assert CHINESE.search(chinese)
        assert english
        assert not CHINESE.search(english)


def test_everything_that_a_story_tells_has_a_name() -> None:
    told = {event for source in CENTRAL.rglob("*.py") for event in _told(source)}
    assert {"ring", "opened", "boarder_in"} <= told
    assert told - words.EVENTS.keys() - {str(step) for step in STEP_WORDS} == set()


def _told(source: Path) -> Iterator[str]:
    """Find the events that a file writes into stories by name."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="spoken" | "Entry"), args=[event, *_]):
                parts = ast.walk(event)
                yield from (str(one.value) for one in parts if isinstance(one, ast.Constant))
            case _:
                pass


def test_every_channel_that_a_playbook_names_has_a_name() -> None:
    assert set(get_args(ChannelName)) == set(words.CHANNELS)


@pytest.mark.parametrize(
    ("days", "said"),
    [({1, 2, 3, 4, 5}, "周一至周五"), ({6, 7}, "周六、日"), ({1, 3, 5}, "周一、三、五")],
)
def test_days_of_the_week_are_said_in_words(days: set[int], said: str, app: APIFlask) -> None:
    with app.test_request_context("/"):
        assert words.weekdays(days) == said
