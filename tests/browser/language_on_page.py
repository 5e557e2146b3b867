"""Which words on a page come from the program, and not from what people wrote into the district."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import Connection, select

from central.adapters.store.schema import METADATA

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
SAID = frozenset({"alt", "title", "aria-label", "placeholder", "aria-description", "content"})
SILENT = frozenset({"script", "style", "svg", "code", "kbd"})
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
                  "source", "track", "wbr"})  # fmt: skip


class Words(HTMLParser):
    """Everything that a page says to somebody, but parts marked as another language's."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.said = language, list[str]()
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what attributes say, and whether what follows is to be read."""
        given = {name: value or "" for name, value in attrs}
        other = not given.get("lang", self.language).startswith(self.language)
        is_left = tag in SILENT or (other and tag != "html") or given.get("translate") == "no"
        if not is_left and not any(self._open):
            self.said += [
                text for name, text in given.items() if _is_said(tag, name, given, self.language)
            ]
        if tag not in VOID:
            self._open.append(is_left)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag not in VOID and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Note words."""
        if data.strip() and not any(self._open):
            self.said.append(data.strip())


def _is_said(tag: str, name: str, given: dict[str, str], language: str) -> bool:
    if name == "content":
        return given.get("name") == "description"
    if name == "value":
        return tag == "input" and given.get("type") in {"submit", "button"}
    if name.startswith("data-"):  # what a script says; codes are in English in either language
        return language == "en"
    return name in SAID


def words_of(html: str, language: str) -> list[str]:
    """Give what a page says; `language` is "en" or "zh"."""
    parser = Words(language)
    parser.feed(html)
    return parser.said


def written_by_people(connection: Connection, language: str) -> list[str]:
    """Give all text of the district's tables that has no form of its own in a language.

    Where a row or a document has both, the other one has no place on a page in this language.
    """
    other = "_zh" if language == "en" else "_en"
    found: set[str] = set()
    for table in METADATA.sorted_tables:
        for row in connection.execute(select(table)).mappings():
            found |= set(_texts(dict(row), other))
    wanted = CHINESE if language == "en" else ENGLISH
    return [one for one in found if len(one) > 1 and wanted.search(one)]


def _texts(value: Any, other: str) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("{"):
        yield from _texts(json.loads(value), other)
    elif isinstance(value, str):
        yield value.strip()
        yield from (line.strip() for line in value.splitlines())
    elif isinstance(value, dict):
        for name, one in value.items():
            if not _has_its_own(value, str(name), other):
                yield from _texts(one, other)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one, other)


def _has_its_own(row: dict[Any, Any], name: str, other: str) -> bool:
    """Tell whether the same is there in the page's own language."""
    mine = "_en" if other == "_zh" else "_zh"
    pairs = {name.removesuffix(other) + mine, name + mine, mine[1:] if name == other[1:] else ""}
    if name == "note" and isinstance(row.get("detail"), dict):
        return bool(row["detail"].get("note" + mine)) and other == "_zh"
    is_other = name.endswith(other) or name == other[1:] or name + mine in row
    return is_other and any(row.get(pair) for pair in pairs)


def left(said: str, people: list[str]) -> str:
    """Give what remains of a text without what people wrote: whole words of theirs only."""
    for one in people:
        if one in said:
            said = re.sub(rf"(?<![A-Za-z-]){re.escape(one)}(?![A-Za-z])", "", said)
    return said
