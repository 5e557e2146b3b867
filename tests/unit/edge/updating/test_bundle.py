"""What is not signed, not newer, not whole or not for this machine is not installed."""

from pathlib import Path
from typing import Any

import pytest

from contract.releases import ReleaseError
from edge_agent.adapters.bundle import checked
from tests.unit.edge.updating.bundles import FOREIGN, KEY, SECOND, TRUSTED, bundle


@pytest.mark.parametrize("key", [KEY, SECOND])
def test_either_key_signs(tmp_path: Path, key: bytes) -> None:
    assert checked(bundle(tmp_path, key=key), TRUSTED, 1, {}).version == "0.2.0"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ("wheel", "hash"),
        ("manifest", "signature"),
        ("unsigned", "signature"),
        ("extra", "files"),
        ("outside", "files"),
        ("cut", "damaged"),
    ],
)
def test_what_was_tampered_with_is_refused(tmp_path: Path, spoil: str, why: str) -> None:
    with pytest.raises(ReleaseError) as refusal:
        checked(bundle(tmp_path, spoil=spoil), TRUSTED, 1, {})
    assert refusal.value.code == why


@pytest.mark.parametrize(
    ("changes", "newest", "failed", "why"),
    [
        ({"seq": 2}, 2, {}, "downgrade"),
        ({"seq": 1}, 2, {}, "downgrade"),
        ({"machine": "x86_65"}, 1, {}, "manifest"),
        ({"python": ["3.99"]}, 1, {}, "python"),
        ({}, 1, {"0.2.0": "it crashed"}, "failed_before"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, Any], newest: int, failed: dict[str, str], why: str
) -> None:
    if why == "manifest":  # signed, though no such machine exists
        with pytest.raises(ValueError, match="machine"):
            bundle(tmp_path, **changes)
        return
    with pytest.raises(ReleaseError) as refusal:
        checked(bundle(tmp_path, **changes), TRUSTED, newest, failed)
    assert refusal.value.code == why


def test_a_foreign_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as refusal:
        checked(bundle(tmp_path, key=FOREIGN), TRUSTED, 1, {})
    assert refusal.value.code == "key"
