"""A bundle made by `scripts/sign-release` becomes an environment that starts, by real pip."""

import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from contract.releases import ReleaseError
from edge_agent.adapters import update_guard as guard
from edge_agent.adapters.bundle import checked, release_keys
from edge_agent.adapters.slots import Slots, made_by_pip

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
SIGN = Path(__file__).resolve().parents[2] / "scripts" / "sign-release"


def wheel(folder: Path, version: str, body: str) -> None:
    """Write a wheel named huxiao whose command does `body`."""
    info = f"huxiao-{version}.dist-info"
    files = {
        "huxiao_stand_in.py": f"def main():\n    {body}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: huxiao\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nhuxiao-edge = huxiao_stand_in:main\n",
    }
    rows = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        rows.append(f"{name},sha256={digest.decode()},{len(text.encode())}")
    record = f"{info}/RECORD"
    with zipfile.ZipFile(folder / f"huxiao-{version}-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(record, "\n".join([*rows, f"{record},,"]) + "\n")


def signed(folder: Path, version: str, seq: int, body: str = "print('huxiao, version 0')") -> Path:
    wheels = folder / f"wheels-{version}"
    wheels.mkdir()
    wheel(wheels, version, body)
    out = folder / f"huxiao-{version}.zip"
    subprocess.run([sys.executable, SIGN, "bundle", wheels, "--key", folder / "keys/release-2.key",
                    "--seq", str(seq), "--machine", "any", "--out", out], check=True)  # fmt: skip
    return out


@pytest.fixture
def device(tmp_path: Path) -> Path:
    subprocess.run([sys.executable, SIGN, "keys", tmp_path / "keys"], check=True)
    slot = tmp_path / "opt" / "slots" / "hand"
    slot.mkdir(parents=True)
    (slot / ".complete").touch()
    guard.point(tmp_path / "opt", "hand")
    return tmp_path


def test_a_signed_bundle_becomes_a_slot_that_starts(device: Path) -> None:
    keys = release_keys(device / "keys" / "release.pub")
    assert len(keys) == 2
    bundle = signed(device, "0.2.0", 2)
    slots = Slots(device / "opt", made_by_pip)
    slots.stage(bundle, checked(bundle, keys, slots.standing.seq, {}))
    slots.activate("0.2.0")
    subprocess.run([sys.executable, guard.__file__, "start", device / "opt", "watch"], check=True)
    shown = subprocess.run([device / "opt/current/bin/huxiao-edge"], check=True,
                           capture_output=True, text=True)  # fmt: skip
    assert shown.stdout == "huxiao, version 0\n"
    assert (device / "opt" / "current").readlink() == Path("slots/0.2.0")


def test_a_release_that_does_not_even_start_never_gets_its_trial(device: Path) -> None:
    keys = release_keys(device / "keys" / "release.pub")
    bundle = signed(device, "0.3.0", 3, "raise SystemExit('no such library')")
    slots = Slots(device / "opt", made_by_pip)
    with pytest.raises(ReleaseError, match="no such library") as refusal:
        slots.stage(bundle, checked(bundle, keys, 0, {}))
    assert refusal.value.code == "install"
    assert [one.name for one in (device / "opt" / "slots").iterdir()] == ["hand"]
