"""Nothing is read of a case on somebody's behalf but through the one condition."""

import ast
from collections.abc import Mapping
from pathlib import Path
from types import UnionType

import pytest

ROOT = Path(__file__).resolve().parents[2]
STORE = ROOT / "central" / "adapters" / "store"

GUARDED = {
    "INCIDENT", "TASK", "TIMELINE", "ALERT", "EVIDENCE", "INCIDENT_EVIDENCE", "INCIDENT_COPY",
    "NOTIFICATION", "DEADLINE", "AUDIT", "UNUSUAL_ACCESS",
}  # fmt: skip
"""Tables of which only the store knows."""

ASKED_ABOUT = {"TASK", "TIMELINE", "ALERT", "EVIDENCE", "INCIDENT", "INCIDENT_COPY", "NOTIFICATION",
               "DEADLINE", "INCIDENT_EVIDENCE"}  # fmt: skip
READS = {"select", "exists", "returning"}
ASKS = {"may_know", "allowed"}
"""What carries the condition."""

_A_STEP = "a case's own part, within what is done to it: the right to do so is asked there"
_MACHINE = "a device's message finds its own case"
_WORKER = "the worker's; what comes of it goes to whom the playbook names"
_LETTER = "a letter's own fate; nobody reads it through this"

_FIGURES = "what a case adds to the figures; who reads them has a scope of their own"

OF_NOBODY: Mapping[str, str] = {
    "adding.Figures": _FIGURES,
    "adding.bring_all_up": _FIGURES,
    "adding.rebuild": _FIGURES,
    "alerts.alert_id_of": _MACHINE,
    "alerts.is_announced": _MACHINE,
    "alerts.evidence_arrived": _MACHINE,
    "audit_search.search": "the audit log, to auditor and DPO alone: frame.sees(READS_AUDIT)",
    "bundles.gather": _WORKER,
    "bundles.carried_by": _LETTER,
    "channels.lately": "counts by channel, for the operator at the machine",
    "contacts.remove": "forgets somebody's addresses",
    "counted.told": _FIGURES,
    "deadlines.of_task": _WORKER,
    "deadlines.due": _WORKER,
    "duties.problems": "counts by school of scenario 6; four_hundred keeps to the schools seen",
    "figures.metrics": "counts of the whole district, without what concerns health",
    "figures.totals": "counts of the whole district, without what concerns health",
    "incidents.read": _A_STEP,
    "incidents.hold": _A_STEP,
    "incidents.incident_of_row": _MACHINE,
    "incidents.incident_of_alert": _MACHINE,
    "incidents.has_alert": _MACHINE,
    "incidents.mains": _MACHINE,
    "incidents.last_alert_id": _A_STEP,
    "incidents.bodies": "what a false alarm teaches its device",
    "incidents.pictures": _A_STEP,
    "incidents.keep_picture": _A_STEP,
    "incidents.count_pictures": _A_STEP,
    "incidents.copied_to": _A_STEP,
    "linking.candidates": "which case an alarm may belong to; the machine decides, nobody reads",
    "linking.lately_closed": "which case an alarm may belong to; the machine decides",
    "links.find": "one task, by a secret that was sent to the one person who has it",
    "links.wanted_by": "whether a letter is to carry such a secret",
    "nights.searched": "whether a boarder is looked for already",
    "notifications.serials": _LETTER,
    "notifications.has_unspread": _WORKER,
    "notifications.spread": _WORKER,
    "notifications.supersede": _LETTER,
    "notifications.told": "who has been told already, so that they hear the end too",
    "reach.cases": "what decides who may see a case: held against whoever listens, told to nobody",
    "receipts.take": "a provider's word on its own letter",
    "receipts.to_ask": _WORKER,
    "reports.of_receipt": "where one's own report stands, by the receipt's secret",
    "reports.listed": "reports of the public, to the district alone: must_be_of_the_district",
    "reports.open_near": "whether a report doubles an open case; the machine decides",
    "reports.files": "a report's own pictures, as it becomes a case",
    "reports.replies_due": _WORKER,
    "retention.evidence_due": "what is to be deleted",
    "retention.is_deleted": _MACHINE,
    "retention.kept_of": "what is to be deleted",
    "rounds.read": _LETTER,
    "rounds.same_words": _LETTER,
    "rounds.officers_know": _LETTER,
    "sending.Lane": _WORKER,
    "sending.lanes": _WORKER,
    "sending.claim": _WORKER,
    "sending.waiting": "counts by channel, for district-wide people on the board",
    "sending.oldest_of_life_safety": "one age, for the metrics",
    "subjects.of_incident": "subjects_shown and steps come here with a case already seen",
    "tasks.of_incident": _A_STEP,
    "timeline.calling": "which of the cases that have changed are told first; nothing of them",
    "timeline.newest": "a number: that something has changed, not what",
    "timeline.incidents_after": "numbers: which open pages ask again, each under its own condition",
    "timeline.last_report": _A_STEP,
    "unusual.incident_numbered": "whether there is a case of that number to ask to see",
    "unusual.hold": "a request to see a case, as it is decided on",
    "unusual.listed": "requests, to who made or decides them: rows_for_asker",
    "unusual.open_for": "whether somebody has asked already",
    "viid.open_case": _MACHINE,
}
"""Every reader of a case's tables in the store that asks for nobody, and why it may."""


def defined(path: Path) -> dict[str, ast.AST]:
    """Give what a module defines at its top: functions, classes, and what it names."""
    found: dict[str, ast.AST] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found |= {one.id: node.value for one in node.targets if isinstance(one, ast.Name)}
    return found


def names_in(node: ast.AST, of: type | UnionType = ast.Name | ast.Attribute) -> set[str]:
    found = [one for one in ast.walk(node) if isinstance(one, of)]
    return {one.id for one in found if isinstance(one, ast.Name)} | {
        one.attr for one in found if isinstance(one, ast.Attribute)
    }


def reaches(name: str, within: Mapping[str, ast.AST]) -> set[str]:
    """Give all names that a function comes to by way of its own module."""
    seen: set[str] = set()
    ahead, found = [name], set[str]()
    while ahead:
        if (one := ahead.pop()) not in seen:
            seen.add(one)
            found |= names_in(within[one])
            ahead += [one for one in names_in(within[one], of=ast.Name) if one in within]
    return found


def bare_readers(path: Path) -> list[str]:
    """List the public readers of a case's tables that nowhere ask who looks."""
    within = defined(path)
    kinds = ast.FunctionDef | ast.ClassDef
    public = [name for name, node in within.items() if name[0] != "_" and isinstance(node, kinds)]
    return [
        f"{path.stem}.{name}"
        for name in public
        if (met := reaches(name, within)) & ASKED_ABOUT and met & READS and not met & ASKS
    ]


def outside() -> list[Path]:
    inside = {*STORE.rglob("*.py"), *(ROOT / "central" / "migrations").rglob("*.py")}
    return [path for path in (ROOT / "central").rglob("*.py") if path not in inside]


def test_no_room_but_the_store_knows_the_tables_of_cases() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(knows)
        for path in outside()
        if (knows := _imported(path) & GUARDED)
    }
    assert found == {}


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("central.adapters")
        for alias in node.names
    }


def test_whatever_the_store_reads_of_a_case_carries_the_condition_or_says_why_not() -> None:
    bare = {name for path in STORE.rglob("*.py") for name in bare_readers(path)}
    bare.discard("reach.may_know")  # the condition itself
    assert sorted(bare - OF_NOBODY.keys()) == []
    assert sorted(OF_NOBODY.keys() - bare) == []  # no exception outlives its reason


def test_no_table_of_a_case_has_another_name_in_the_store() -> None:
    renamed = [
        f"{path.stem}: {alias.name} as {alias.asname}"
        for path in STORE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in GUARDED and alias.asname
    ]
    assert renamed == []


def test_the_pages_read_cases_from_those_readers_only() -> None:
    """`incidents`, `tasks`, `timeline` of the store serve the case itself, not people who look."""
    raw = {"incidents", "tasks", "alerts", "notifications", "deadlines"}
    found = {}
    for path in (ROOT / "central" / "web").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        taken = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "central.adapters.store"
            for alias in node.names
        }
        if taken & raw:
            found[path.name] = sorted(taken & raw)
    assert found == {}


BARE = "def all(connection):\n    return connection.execute(select(TIMELINE))\n"
HIDDEN = "def all(connection):\n    return _all(connection)\n\n\n" + BARE.replace("all", "_all", 1)
NAMED = (
    "_ALL = select(tables.TASK)\n\n\ndef all(connection):\n    return connection.execute(_ALL)\n"
)
GOOD = "def all(connection, actor):\n    return select(TIMELINE).where(may_know(actor))\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [(BARE, ["duty.all"]), (HIDDEN, ["duty.all"]), (NAMED, ["duty.all"]), (GOOD, [])],
)
def test_the_check_finds_a_query_without_the_condition(
    tmp_path: Path, text: str, found: list[str]
) -> None:
    module = tmp_path / "duty.py"
    module.write_text(text)
    assert bare_readers(module) == found
