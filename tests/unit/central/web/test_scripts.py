"""The district draws zones with the scripts that the device's page draws with."""

import re
from pathlib import Path

import pytest
from apiflask import APIFlask

import central.web
from contract import zone_editor
from tests.unit.scripts_kit import loaded

DRAWING = Path(central.web.__file__).parent / "templates" / "drawing.html"


def shared() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in zone_editor.FOLDER.iterdir()}


def test_the_editor_is_had_whole_and_every_shared_script_is_used(app: APIFlask) -> None:
    named = re.search(r'type="module" src="[^"]*filename=\'([^\']+)\'', DRAWING.read_text("utf-8"))
    assert named
    found = loaded(app.test_client(), f"/static/{named[1]}")
    assert {
        address.removeprefix("/static/drawing/"): script
        for address, script in found.items()
        if address.startswith("/static/drawing/")
    } == shared()


def test_no_script_of_the_shared_ones_lies_a_second_time() -> None:
    own = {path.name for path in DRAWING.parents[1].glob("static/*.js")}
    assert own & shared().keys() == set()


@pytest.mark.parametrize("name", ["../__init__.py", "none.js", "%2e%2e/__init__.py", ""])
def test_nothing_else_lies_there(app: APIFlask, name: str) -> None:
    assert app.test_client().get(f"/static/drawing/{name}").status_code == 404
