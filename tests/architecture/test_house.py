"""What keeps the house liveable: small rooms, known doors, nothing of one machine."""

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from central.cli import COMMANDS as CENTRAL
from central.cli import main as central_main
from edge_agent.cli import COMMANDS as EDGE
from edge_agent.cli import main as edge_main
from firmware_config.cli import COMMANDS as FLASH
from firmware_config.cli import main as flash_main

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 400


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_file_is_longer_than_a_few_screens() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked("*.py")
        if path.exists()
        and "migrations/versions" not in str(path)
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_nothing_names_a_place_on_one_machine() -> None:
    place = re.compile(r"/(work|root|home/\w+)/")
    found = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py", "*.md", "*.toml", "*.yaml", "*.html", "scripts/*")
        if path.exists() and path != Path(__file__) and place.search(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("verb", EDGE)
def test_every_verb_of_the_device_explains_itself(verb: str) -> None:
    shown = CliRunner().invoke(edge_main, [verb, "--help"])
    assert shown.exit_code == 0, shown.output
    assert len(shown.output.splitlines()) > 5


@pytest.mark.parametrize("verb", CENTRAL)
def test_every_verb_of_central_explains_itself(verb: str) -> None:
    shown = CliRunner().invoke(central_main, [verb, "--help"])
    assert shown.exit_code == 0, shown.output
    assert len(shown.output.splitlines()) > 5


@pytest.mark.parametrize("verb", FLASH)
def test_every_verb_of_the_flasher_explains_itself(verb: str) -> None:
    shown = CliRunner().invoke(flash_main, [verb, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "\\b" not in shown.output
    assert len(shown.output.splitlines()) > 5


@pytest.mark.parametrize(
    "script",
    [
        "demo",
        "setup",
        "test",
        "build-models",
        "build-assets",
        "export-wire",
        "export-playbooks",
        "build-image",
        "emulate",
        "sign-release",
    ],
)
def test_every_script_explains_itself_and_can_be_run(script: str) -> None:
    path = ROOT / "scripts" / script
    shown = subprocess.run([path, "--help"], capture_output=True, text=True, check=True)
    assert len(shown.stdout.splitlines()) > 2
