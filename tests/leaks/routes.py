"""Every address that the pages and the API have, with every id that there is to try."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apiflask import APIFlask
from sqlalchemy import Connection, select
from werkzeug.routing import Rule

from central.adapters.store.schema import METADATA

LEFT_OUT = frozenset({"static", "drawings.static", "events.events", "case_file.case_file"})
"""Files of the page itself; the stream that never ends and the case on paper are read apart."""

OTHER_NAMES = {"to_unit": "code", "unit_code": "code", "unit": "code", "school": "code",
               "incident": "incident_id", "into": "incident_id", "site": "site_id"}  # fmt: skip
"""What a parameter is called in its table."""

GIVEN: dict[str, list[str]] = {"path": ["x"], "filename": ["x"], "language": ["en"],
    "token": ["not-one-of-ours"], "token_id": ["1"], "provider": ["aliyun"],
    "what": ["sms", "close", "name", "point", "cancel"],
    "form": ["csv"], "kind": ["check"], "year": ["2026"], "move": ["pause", "take-back"],
    "playbook": ["food_safety"]}  # fmt: skip
"""Parameters that no table knows: whoever adds a route with another one gives values here."""

ASKED_OF_PAGES = (("/duty", "unit"), ("/report", "site"))
"""What pages take beside their address, that has an id in it."""

MOST_OF_ONE = 60


@dataclass
class Ids:
    """The values of every id that the district has."""

    connection: Connection
    kept: dict[str, list[str]] = field(default_factory=dict)

    def of(self, name: str) -> list[str]:
        """Give values for a parameter by its name; raises `KeyError` where nobody knows any."""
        if name in GIVEN:
            return GIVEN[name]
        column = OTHER_NAMES.get(name, name)
        if column not in self.kept:
            self.kept[column] = self._read(column)
        return self.kept[column]

    def _read(self, name: str) -> list[str]:
        homes = [table for table in METADATA.sorted_tables if name in table.primary_key.columns]
        homes = homes or [table for table in METADATA.sorted_tables if name in table.c]
        if not homes:
            msg = f"no table knows {name!r}: give the route's parameter values in GIVEN"
            raise KeyError(msg)
        found: list[str] = []
        for table in homes:
            rows = self.connection.execute(select(table.c[name]).distinct().limit(MOST_OF_ONE))
            found += [str(one) for one in rows.scalars() if one is not None]
        return sorted(set(found)) or ["0"]


def rules(app: APIFlask, method: str) -> list[Rule]:
    """List the app's rules that answer a method."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or set()) and rule.endpoint not in LEFT_OUT
    ]


def whose(connection: Connection) -> dict[tuple[str, str], str]:
    """Tell to which incident an id belongs, by its column and value."""
    found: dict[tuple[str, str], str] = {}
    for table in METADATA.sorted_tables:
        if "incident_id" not in table.c:
            continue
        keys = [column for column in table.primary_key.columns if column.name != "incident_id"]
        for key in keys:
            for value, incident_id in connection.execute(select(key, table.c.incident_id)):
                found[key.name, str(value)] = incident_id
    return found


def addresses(
    app: APIFlask, ids: Ids, owners: dict[tuple[str, str], str], method: str = "GET"
) -> Iterator[tuple[str, str, str]]:
    """Give every address as endpoint, incident (or ``""``) and path.

    Ids of one incident are tried within that incident, and each also within another.
    """
    for rule in rules(app, method):
        names = sorted(rule.arguments)
        values = [ids.of(name) for name in names]
        if not names:
            yield rule.endpoint, "", str(rule)
        elif "incident_id" not in names:
            for chosen in itertools.islice(itertools.product(*values), MOST_OF_ONE * 2):
                yield rule.endpoint, "", filled(rule, dict(zip(names, chosen, strict=True)))
        else:
            yield from _of_cases(rule, names, ids, owners)
    if method == "GET":
        yield from _questions(app, ids)


def _of_cases(
    rule: Rule, names: list[str], ids: Ids, owners: dict[tuple[str, str], str]
) -> Iterator[tuple[str, str, str]]:
    incidents = ids.of("incident_id")
    others = [name for name in names if name != "incident_id"]
    for at, incident_id in enumerate(incidents):
        if not others:
            yield rule.endpoint, incident_id, filled(rule, {"incident_id": incident_id})
            continue
        pools = [_near(name, ids, owners, incident_id, at) for name in others]
        for chosen in itertools.product(*pools):
            values = dict(zip(others, chosen, strict=True)) | {"incident_id": incident_id}
            yield rule.endpoint, incident_id, filled(rule, values)


def _near(
    name: str, ids: Ids, owners: dict[tuple[str, str], str], incident_id: str, at: int
) -> list[str]:
    every = ids.of(name)
    column = OTHER_NAMES.get(name, name)
    own = [one for one in every if owners.get((column, one)) == incident_id]
    return [*own[:2], every[at % len(every)]]


def filled(rule: Rule, values: dict[str, str]) -> str:
    """Give the address of a rule with its parameters filled in."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda one: values[one[1]], str(rule))


def _questions(app: APIFlask, ids: Ids) -> Iterator[tuple[str, str, str]]:
    """Give the lists with every filter that the API's own description knows and we have ids for."""
    for path, name in ASKED_OF_PAGES:
        for value in ids.of(name)[:MOST_OF_ONE]:
            yield f"GET {path}", "", f"{path}?{name}={value}"
    spec: Any = app.spec
    for path, operations in spec["paths"].items():
        if "get" not in operations or "{" in path:
            continue
        for parameter in operations["get"].get("parameters", ()):
            name = parameter["name"]
            known = name in OTHER_NAMES or name.endswith(("_id", "_code"))
            if parameter["in"] != "query" or not known:
                continue
            try:
                values = ids.of(parameter["name"])
            except KeyError:
                continue
            for value in values[:MOST_OF_ONE]:
                incident_id = value if parameter["name"] == "incident_id" else ""
                yield f"GET {path}", incident_id, f"{path}?{parameter['name']}={value}"
