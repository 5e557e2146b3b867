"""A letter's words as channels need them: in so many bytes, or as a template's parameters."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from central.core.kinds import kind_of
from central.core.letters import HEADLINES, Moment
from central.core.local_time import clock_of
from central.core.naming import KINDS, SCENARIOS, SEVERITIES
from central.ports import Letter
from contract.scenarios import Scenario, Severity

T = TypeVar("T")

MOST_PARAMETER = 35
"""Characters that a template's variable may take (Aliyun, 模板变量规范)."""
UNKNOWN = "无"
CUT = "…（详见平台 see the platform）"


def for_people(letter: Letter) -> str:
    """Give subject and text in one, for channels without a subject."""
    return f"{letter.subject}\n{letter.text}".strip()


def fitted(text: str, most_bytes: int) -> str:
    """Give a text in so many bytes of UTF-8: first without its English half, then cut."""
    if len(text.encode()) <= most_bytes:
        return text
    chinese = text.split("\n\n", maxsplit=1)[0]
    if len(chinese.encode()) <= most_bytes:
        return chinese
    return chinese.encode()[: most_bytes - len(CUT.encode())].decode("utf-8", "ignore") + CUT


def told_apart(letter: Letter) -> str:
    """Give a line by which no two letters are alike."""
    return f"（{clock_of(letter.created_at)} 第{letter.serial}条）"


def parameters(letter: Letter, wanted: Iterable[str]) -> list[str]:
    """Give the facts that a template asks for by name; what is not known is said to be."""
    facts = facts_of(letter)
    return [_short(facts.get(name)) for name in wanted]


def template_of(letter: Letter, templates: Mapping[str, T]) -> T:
    """Choose a template: the one for letters with a one-time link, its moment's, the default."""
    names = [*(["link"] if private(letter) else []), letter.moment, "default"]
    return next(templates[name] for name in names if name in templates)


def private(letter: Letter) -> tuple[str, ...]:
    """Give what is in the letter and nowhere else: its one-time link. No answer may show it."""
    facts = known(letter)
    return tuple(str(facts[name]) for name in ("link", "link_token") if facts.get(name))


def facts_of(letter: Letter) -> dict[str, Any]:
    """Give what the letter's audience may know, with the codes also as Chinese words."""
    facts = {"subject": letter.subject, "serial": letter.serial, **known(letter)}
    facts["created_clock"] = clock_of(letter.created_at)
    for name, code, words in _WORDS:
        with suppress(KeyError, ValueError):
            facts[name] = words(facts[code])
    return facts


_WORDS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("headline_zh", "moment", lambda code: HEADLINES[Moment(code)][0]),
    ("scenario_zh", "scenario", lambda code: SCENARIOS[Scenario(code)][0]),
    ("kind_zh", "kind", lambda code: KINDS[kind_of(code)][0]),
    ("severity_zh", "severity", lambda code: SEVERITIES[Severity(code)][0]),
)
"""A fact's name, the code that it is said of, and how."""


def known(letter: Letter) -> dict[str, Any]:
    """Give the letter's data; without any where it is no JSON object."""
    try:
        data = json.loads(letter.data)
    except ValueError:
        data = None
    facts = data if isinstance(data, dict) else {}
    return {"moment": letter.moment, **facts}


def _short(value: Any) -> str:
    words = " ".join(str(value).split()) if value is not None else ""
    if len(words) > MOST_PARAMETER and "://" not in words:  # half a link leads nowhere
        words = words[: MOST_PARAMETER - 1] + "…"
    return words or UNKNOWN
