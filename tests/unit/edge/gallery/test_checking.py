"""What `doctor` says of the gallery."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contract.signing import signing_key_of
from edge_agent.config import EdgeConfig, read_config
from edge_agent.wiring.checking.gallery import check_gallery, filesystem_of
from tests.unit.edge.gallery.gallery_kit import Box, an_entry


def config(folder: Path, broker: str = "", faces: str = "enabled = true") -> EdgeConfig:
    text = (
        'device_id = "water-001"\nprofile = "water"\ndata_dir = "data"\n'
        f'[broker]\n{broker}\n[faces]\n{faces}\n[gallery]\nkey_dir = "run"\n'
    )
    return read_config(text, "device.toml", folder)


def said(folder: Path, *words: str) -> dict[str, tuple[str, str]]:
    return {one.check: (one.state, one.said) for one in check_gallery(config(folder, *words))}


def test_a_site_without_recognition_hears_nothing_of_it(tmp_path: Path) -> None:
    assert said(tmp_path, "", "enabled = false") == {}


def test_a_missing_or_wrong_signing_key_is_said(tmp_path: Path) -> None:
    assert said(tmp_path)["gallery"][0] == "warn"
    (tmp_path / "wrong.pub").write_bytes(b"no key")
    assert said(tmp_path, 'signing_key_file = "wrong.pub"')["gallery"][0] == "fail"


def test_what_is_held_is_said_and_keys_on_a_disk_are_warned_of(tmp_path: Path) -> None:
    box = Box(tmp_path)
    public = Ed25519PublicKey.from_public_bytes(signing_key_of(box.signing))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "central.pub").write_bytes(pem)
    broker = 'signing_key_file = "central.pub"'
    assert said(tmp_path, broker)["gallery"][0] == "warn"
    box.delivery().take(box.update(1, [an_entry("p1")]))
    found = said(tmp_path, broker)
    assert found["gallery"] == ("ok", "第 1 版,1 条 (revision, entries)")


@pytest.mark.parametrize(
    ("folder", "kind"), [("/run/huxiao", "tmpfs"), ("/running", "ext4"), ("/srv/a", "ext4")]
)
def test_a_folder_is_on_the_nearest_mount_above_it(tmp_path: Path, folder: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n")
    assert filesystem_of(Path(folder), mounts) == kind
