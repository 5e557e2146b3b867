"""The glossary speaks of things that exist."""

import importlib
import re
from pathlib import Path

import pytest

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


def rows() -> list[tuple[str, str]]:
    found = []
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        module = re.fullmatch(r"`([a-z_]+\.[a-z_.]+)`", cells[-1])
        if module:
            names = re.findall(r"`([A-Z]\w+)", cells[0])
            found += [(module[1], name) for name in names]
    return found


def test_the_glossary_names_what_matters() -> None:
    assert len(rows()) > 15


@pytest.mark.parametrize(("module", "name"), rows())
def test_a_word_of_the_glossary_is_a_name_in_the_code(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name)
