"""Nothing is read of a case on somebody's behalf but through the one condition."""

import ast
from pathlib import Path

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
ASKS = {"may_know", "_of", "_pictures", "allowed"}
"""What carries the condition."""

READERS = (STORE / "board.py", STORE / "figures.py")
"""What pages and API read; a function here that takes no actor must be on the list below."""

OF_NOBODY = {
    "is_overdue",  # a condition, within another query
    "metrics",  # counts of the whole district, without what concerns health
    "presence", "devices", "audit_entries",  # by role: SEES_DEVICES, SEES_AUDIT
    "names", "units",
    "mark_read",  # writes one's own receipt
}  # fmt: skip


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def names_in(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


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


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.name)
def test_whatever_pages_and_api_read_of_a_case_carries_the_condition(path: Path) -> None:
    bare = [
        function.name
        for function in functions(path)
        if names_in(function) & ASKED_ABOUT
        and not names_in(function) & ASKS
        and function.name not in OF_NOBODY
        and not function.name.startswith("_")
    ]
    assert bare == []


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


def test_the_check_would_find_a_query_without_the_condition(tmp_path: Path) -> None:
    bad = tmp_path / "board.py"
    bad.write_text("def all(connection):\n    return connection.execute(select(TIMELINE))\n")
    (function,) = functions(bad)
    assert names_in(function) & ASKED_ABOUT
    assert not names_in(function) & ASKS
