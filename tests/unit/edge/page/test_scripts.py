"""The device's page draws zones with the scripts that the district draws with."""

import re
from pathlib import Path

import pytest

import edge_agent.page
from contract import zone_editor
from tests.unit.edge.page.page_kit import PageKit
from tests.unit.scripts_kit import loaded

HERE = Path(edge_agent.page.__file__).parent


def started() -> list[str]:
    """List the scripts with which a page of the device starts."""
    texts = [path.read_text(encoding="utf-8") for path in HERE.glob("templates/*.html")]
    return [name for text in texts for name in re.findall(r"filename='([^']+\.js)'", text)]


def test_every_script_is_had_whole_without_a_pin(kit: PageKit) -> None:
    found: dict[str, bytes] = {}
    for name in started():
        found |= loaded(kit.visitor(), f"/static/{name}")
    own = {f"/static/{path.name}" for path in HERE.glob("static/*.js")}
    shared = {f"/static/drawing/{path.name}" for path in zone_editor.FOLDER.iterdir()}
    assert found.keys() == own | shared


def test_no_script_of_the_shared_ones_lies_a_second_time() -> None:
    own = {path.name for path in HERE.glob("static/*.js")}
    assert own & {path.name for path in zone_editor.FOLDER.iterdir()} == set()


@pytest.mark.parametrize("name", ["../__init__.py", "none.js", "%2e%2e/__init__.py"])
def test_nothing_else_lies_there(kit: PageKit, name: str) -> None:
    assert kit.visitor().get(f"/static/drawing/{name}").status_code == 404
