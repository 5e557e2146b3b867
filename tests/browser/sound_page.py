"""What can be wrong with a page's HTML and needs no browser to be seen; quick, for every page."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import tinyhtml5  # type: ignore[import-untyped]

from tests.browser.looked_at import inline

FIELDS = frozenset({"input", "select", "textarea"})
UNSEEN = frozenset({"hidden", "submit", "button", "image"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def faults(html: str) -> list[str]:
    """Give what is wrong with a page, each as a few words that name the place."""
    page = tinyhtml5.parse(html, namespace_html_elements=False)
    found = [f"inline: {one}" for one in inline(html)]
    for rule in (_twice, _unnamed_fields, _unnamed_buttons, _headings, _dangling, _tables,
                 _landmarks, _pictures, _open_forms):  # fmt: skip
        found += [f"{rule.__name__[1:]}: {one}" for one in rule(page)]
    return found


def _elements(page: Element, *tags: str) -> Iterator[Element]:
    return (one for one in page.iter() if one.tag in tags)


def _words(element: Element) -> str:
    own = "".join(element.itertext()).strip()
    alts = " ".join(one.get("alt", "") for one in element.iter("img"))
    return (element.get("aria-label") or own or alts or element.get("title") or "").strip()


def _named(page: Element) -> Callable[[Element], bool]:
    targets = {one.get("for") for one in _elements(page, "label")}
    wrapped = {inner for label in _elements(page, "label") for inner in label.iter()}

    def is_named(field: Element) -> bool:
        by_itself = field.get("aria-label") or field.get("aria-labelledby") or field.get("title")
        return bool(by_itself) or field.get("id") in targets - {None} or field in wrapped

    return is_named


def _twice(page: Element) -> list[str]:
    counted = Counter(one.get("id") for one in page.iter() if one.get("id"))
    return [str(name) for name, count in counted.items() if count > 1]


def _unnamed_fields(page: Element) -> list[str]:
    is_named = _named(page)
    return [
        f"{one.tag} {one.get('name')}"
        for one in _elements(page, *FIELDS)
        if one.get("type") not in UNSEEN
        and one.get("hidden") is None
        and one.get("aria-hidden") != "true"
        and not is_named(one)
    ]


def _unnamed_buttons(page: Element) -> list[str]:
    return [
        f"{one.tag} {dict(one.items())}"
        for one in _elements(page, "button", "a", "summary")
        if not _words(one) and not one.get("aria-labelledby") and one.get("hidden") is None
    ]


def _headings(page: Element) -> list[str]:
    levels = [int(one.tag[1]) for one in _elements(page, *HEADINGS)]
    skipped = [f"h{a} then h{b}" for a, b in pairwise(levels) if b > a + 1]
    return skipped + ([] if levels.count(1) == 1 else [f"{levels.count(1)} h1"])


def _dangling(page: Element) -> list[str]:
    known = {one.get("id") for one in page.iter()}
    named = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "form")
    return [
        f"{name}={value}"
        for one in page.iter()
        for name in named
        for value in (one.get(name) or "").split()
        if value not in known
    ]


def _tables(page: Element) -> list[str]:
    return [f"empty th in {table.get('class')}" for table in _elements(page, "table")
            for one in table.iter("th") if not _words(one)]  # fmt: skip


def _landmarks(page: Element) -> list[str]:
    mains = len(list(_elements(page, "main")))
    navs = Counter(one.get("aria-label") for one in _elements(page, "nav"))
    found = [] if mains == 1 else [f"{mains} main"]
    return found + [f"nav {name!r}" for name, count in navs.items() if count > 1 or not name]


def _pictures(page: Element) -> list[str]:
    return [str(one.get("src")) for one in _elements(page, "img") if one.get("alt") is None]


def _open_forms(page: Element) -> list[str]:
    """Give forms that change something and carry no token against forgery; they need a ticket.

    An address that is a secret in itself needs none: those of one-time links.
    """
    found = []
    for form in _elements(page, "form"):
        names = {one.get("name") for one in _elements(form, "input")}
        is_ours = form.get("method") != "post" or names & {"csrf_token", "ticket"}
        if not is_ours and not (form.get("action") or "/t/").startswith(("/t/", "/r/")):
            found.append(str(form.get("action")))
    return found
