"""The tree of units and the audit log, as an operator meets them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from central.adapters.store import audit
from central.adapters.store.tables import AUDIT
from central.cli import main
from central.commands.options import EXIT_REFUSED
from central.wiring import open_central


class Shell:
    """Somebody at a shell with a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        assert self.types("init").exit_code == 0

    def types(self, *words: str) -> Result:
        arguments = [*words, "--data", str(self.data)]
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    def parents(self) -> dict[str, str | None]:
        rows = json.loads(self.types("unit", "list", "--json").stdout)
        return {row["code"]: row["parent_code"] for row in rows}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def test_stations_are_below_the_police_and_schools_below_education_unless_said(
    shell: Shell,
) -> None:
    shell.types("unit", "add", "station:a", "--name", "派出所")
    shell.types("unit", "add", "school:a", "--name", "小学")
    shell.types("unit", "add", "school:a-south", "--name", "南校区", "--parent", "school:a")
    shell.types("unit", "add", "town:a", "--name", "街道")
    found = shell.parents()
    assert (found["station:a"], found["school:a"]) == ("police", "edu")
    assert (found["school:a-south"], found["town:a"]) == ("school:a", None)
    shell.types("unit", "move", "school:a-south")
    assert shell.parents()["school:a-south"] is None


def test_no_unit_is_put_below_itself(shell: Shell) -> None:
    shell.types("unit", "add", "school:a", "--name", "小学")
    shell.types("unit", "add", "school:b", "--name", "南校区", "--parent", "school:a")
    for parent in ("school:a", "school:b", "school:nowhere"):
        refused = shell.types("unit", "move", "school:a", parent)
        assert refused.exit_code == EXIT_REFUSED
        assert "school:" in refused.stderr


def _written(shell: Shell, count: int = 4) -> None:
    central = open_central(shell.data)
    with central.store.transaction() as connection:
        for number in range(count):
            audit.append(connection, number, "account:wang", "look", f"HX-{number}")
    central.store.close()


def test_a_whole_chain_is_said_to_be_whole_and_shows_where_it_ends(shell: Shell) -> None:
    assert shell.types("audit", "verify").exit_code == 0
    _written(shell)
    whole = shell.types("audit", "verify", "--json")
    assert whole.exit_code == 0
    said = json.loads(whole.stdout)
    assert said["is_whole"]
    assert len(said["last"]["hash"]) == 64


def test_an_entry_of_a_printed_case_is_checked_by_its_seal(shell: Shell) -> None:
    _written(shell)
    last = json.loads(shell.types("audit", "verify", "--json").stdout)["last"]
    entry = str(last["id"]), last["hash"]
    assert shell.types("audit", "verify", "--entry", *entry).exit_code == 0
    forged = shell.types("audit", "verify", "--entry", *entry, "--entry", "1", "0" * 64)
    assert forged.exit_code == EXIT_REFUSED
    assert "1" in forged.output


@pytest.mark.parametrize("how", ["changed", "removed"])
def test_the_first_broken_entry_is_named(shell: Shell, how: str) -> None:
    _written(shell)
    central = open_central(shell.data)
    with central.store.transaction() as connection:
        chosen = AUDIT.c.subject == "HX-1"
        if how == "changed":
            connection.execute(update(AUDIT).where(chosen).values(actor="account:li"))
        else:
            connection.execute(delete(AUDIT).where(chosen))
    central.store.close()
    found = shell.types("audit", "verify")
    assert found.exit_code == EXIT_REFUSED
    assert ("HX-1" if how == "changed" else "HX-2") in found.stdout


def test_the_log_is_listed_newest_first_and_the_look_is_in_it(shell: Shell) -> None:
    _written(shell)
    rows = json.loads(shell.types("audit", "list", "--json", "--limit", "2").stdout)
    assert [row["subject"] for row in rows] == ["audit", "HX-3"]
    assert "account:wang" in shell.types("audit", "list").stdout
