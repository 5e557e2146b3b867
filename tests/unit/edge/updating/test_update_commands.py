"""`huxiao-edge update` as an installer and a timer meet it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge_agent.adapters import update_guard as guard
from edge_agent.cli import main
from edge_agent.commands.exits import Exit
from tests.unit.edge.updating.bundles import FOREIGN, TRUSTED, bundle


@pytest.fixture
def config(tmp_path: Path) -> Path:
    slot = tmp_path / "opt" / "slots" / "0.1.0"
    slot.mkdir(parents=True)
    (slot / ".complete").write_text('{"version": "0.1.0", "seq": 1}')
    guard.point(tmp_path / "opt", "0.1.0")
    keys = (Ed25519PublicKey.from_public_bytes(key) for key in TRUSTED)
    pem = b"".join(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
                   for key in keys)  # fmt: skip
    (tmp_path / "release.pub").write_bytes(pem)
    file = tmp_path / "device.toml"
    file.write_text(
        'device_id = "water-001"\nprofile = "water"\ndata_dir = "data"\n'
        f'[update]\nroot = "{tmp_path / "opt"}"\nkeys_file = "release.pub"\n'
    )
    (tmp_path / "data").mkdir()
    return file


def types(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["update", *words, "--config", str(config)])


def test_status_says_what_runs(config: Path) -> None:
    shown = types(config, "status")
    assert shown.exit_code == Exit.OK, shown.output
    said = json.loads(shown.output)
    assert (said["good"], said["trial"], said["seq"], said["last"]) == ("0.1.0", None, 1, None)


def test_without_an_order_a_turn_does_nothing(config: Path) -> None:
    shown = types(config, "turn")
    assert (shown.exit_code, shown.output.strip()) == (Exit.OK, "{}")
    assert (config.parent / "opt" / "current").readlink().name == "0.1.0"


@pytest.mark.parametrize(
    ("spoil", "changes", "said"),
    [("wheel", {}, "不符"), ("unsigned", {}, "没有签名"), ("cut", {}, "损坏"),
     ("", {"key": FOREIGN}, "不被信任"), ("", {"seq": 1}, "拒绝降级")],
)  # fmt: skip
def test_a_bundle_that_is_not_right_is_refused_in_a_sentence(
    config: Path, spoil: str, changes: dict[str, object], said: str
) -> None:
    shown = types(config, "install", str(bundle(config.parent, spoil=spoil, **changes)))  # type: ignore[arg-type]
    assert shown.exit_code == Exit.CHECKS_FAILED
    assert said in shown.output
    assert "Traceback" not in shown.output
    assert (config.parent / "opt" / "current").readlink().name == "0.1.0"


def test_a_device_that_is_not_installed_in_slots_says_so(config: Path) -> None:
    (config.parent / "opt" / "current").unlink()
    shown = types(config, "turn")
    assert shown.exit_code == Exit.CHECKS_FAILED
    assert "current" in shown.output
