"""Zones are drawn alike on the device's page and in the district: the same scripts."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EDGE, CENTRAL = ROOT / "edge_agent/page/static", ROOT / "central/web/static/drawing"


@pytest.mark.parametrize("name", ["drawing", "form", "gestures", "geometry", "paint"])
def test_a_script_that_both_pages_draw_with_is_one(name: str) -> None:
    assert (CENTRAL / f"{name}.js").read_bytes() == (EDGE / f"{name}.js").read_bytes()
