"""Letters that would have to wait go out within another one to the same address: a storm's list.

The letter that carries them keeps its own words; what it carries follows as one line an incident,
made from what its audience may know.
"""

import json
from collections.abc import Sequence
from typing import Any

from central.core.letters import HEADLINES, Moment
from central.core.naming import SCENARIOS
from contract.scenarios import Scenario

MOST_LINES = 50
USUAL_BYTES = 4000
"""How long a language's half of a carrying letter may become where its provider sets no bound."""
SPARE_BYTES = 400
"""What a channel may add: subject, envelope, the line by which letters are told apart."""


def fitting(own: str, facts: Sequence[str], most_bytes: int | None) -> int:
    """Give how many of the letters, in this order, fit into one with `own` words.

    The Chinese half alone has to fit: where there is no room for both, it is what is sent.
    """
    most = (most_bytes - SPARE_BYTES) if most_bytes else USUAL_BYTES
    count = 0
    for number in range(1, min(len(facts), MOST_LINES) + 1):
        if len(_halves(own, facts[:number])[0].encode()) > most:
            break
        count = number
    return count


def carrying(own: str, facts: Sequence[str]) -> str:
    """Give the words of a letter that carries others; `facts` are theirs, as JSON."""
    return "\n\n".join(_halves(own, facts)) if facts else own


def carrying_data(own: str, facts: Sequence[str], *, is_list: bool = True) -> str:
    """Give the facts of a letter that carries others, for templates and machines.

    Where only some facts are shown, the number says how many cases there are.
    """
    if not facts:
        return own
    said = json.loads(own)
    carried = [
        {name: one[name] for name in _LISTED if name in one} for one in map(json.loads, facts)
    ]
    if not is_list:
        cases = {one.get("number") for one in (said, *carried)}
        said["number"] = f"{said['number']}等{len(cases)}件"
    return json.dumps(said | {"bundled": carried}, ensure_ascii=False, sort_keys=True)


_LISTED = ("number", "moment", "scenario", "site_zh", "site_en")
"""What a list says of a case, and no more."""


def _halves(own: str, facts: Sequence[str]) -> tuple[str, str]:
    chinese, _, english = own.partition("\n\n")
    newest = _newest(facts)
    zh = [f"另有 {len(newest)} 件：", *(_line(one, 0) for one in newest)]
    en = [f"{len(newest)} more:", *(_line(one, 1) for one in newest)]
    return "\n".join([chinese, *zh]), "\n".join([english.rstrip("\n"), *en, ""])


def _newest(facts: Sequence[str]) -> list[dict[str, Any]]:
    """Give one for each incident: what was said of it last."""
    by_number: dict[str, dict[str, Any]] = {}
    for one in facts:
        said = json.loads(one)
        by_number[str(said.get("number"))] = said
    return list(by_number.values())


def _line(said: dict[str, Any], language: int) -> str:
    scenario = SCENARIOS[Scenario(said["scenario"])][language]
    headline = HEADLINES[Moment(said["moment"])][language]
    place = said.get(("site_zh", "site_en")[language])
    where = f" {place}" if place else ""
    comma, colon = (("，", "："), (", ", ": "))[language]
    return f"{said['number']}{where}{comma}{scenario}{colon}{headline}"
