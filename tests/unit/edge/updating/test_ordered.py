"""The link leaves central's orders for the updater, and believes nobody else's."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contract.releases import ORDER_PURPOSE, ReleaseOrder
from contract.signing import signed, signing_key_of
from edge_agent.adapters.update_files import UpdateFolder
from edge_agent.config import EdgeConfig, load_config
from edge_agent.wiring.linking import ordered
from edge_agent.wiring.update_hands import device_order
from tests.unit.edge.updating.bundles import FOREIGN, KEY


@pytest.fixture
def config(tmp_path: Path) -> EdgeConfig:
    public = Ed25519PublicKey.from_public_bytes(signing_key_of(KEY))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "central.pub").write_bytes(pem)
    (tmp_path / "device.toml").write_text(
        'device_id = "water-001"\nprofile = "water"\ndata_dir = "data"\n'
        '[broker]\nsigning_key_file = "central.pub"\n'
    )
    return load_config(tmp_path / "device.toml")


def order(number: int = 1, key: bytes = KEY, **changes: Any) -> bytes:
    fields = {"device_id": "water-001", "order": number, "action": "install", "version": "0.2.0",
              "seq": 2, "sha256": "0" * 64, "size_bytes": 9, "at": datetime.now(UTC)}  # fmt: skip
    said = ReleaseOrder.model_validate({**fields, **changes})
    return signed(said.model_dump(mode="json"), key, ORDER_PURPOSE)


def heard(config: EdgeConfig, payload: bytes) -> int:
    """Give the number of the order that counts, after this one came."""
    ordered(UpdateFolder(config.data_dir / "update"), config, payload)
    found = device_order(config)
    return found.order if found else 0


def test_a_signed_order_counts_until_a_newer_one_comes(config: EdgeConfig) -> None:
    assert heard(config, order(5)) == 5
    assert heard(config, order(4)) == 5
    assert heard(config, order(6, action="drop")) == 6


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"\xff", order(9, key=FOREIGN), order(9, device_id="water-002"),
     order(9).replace(b"install", b"return!")],
)  # fmt: skip
def test_nothing_else_does(config: EdgeConfig, payload: bytes) -> None:
    assert heard(config, order(5)) == 5
    assert heard(config, payload) == 5


def test_an_order_that_was_changed_on_disk_is_none(config: EdgeConfig) -> None:
    heard(config, order(5))
    file = config.data_dir / "update" / "order.json"
    file.write_bytes(file.read_bytes().replace(b'"order":5', b'"order":7'))
    assert device_order(config) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder for somebody else")
def test_what_root_makes_belongs_to_whom_the_data_belongs_to(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    UpdateFolder(tmp_path / "update").prepare()
    assert (tmp_path / "update").stat().st_uid == 65534
