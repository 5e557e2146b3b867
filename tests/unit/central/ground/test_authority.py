"""The authority's key is locked, and it hands over to a successor without losing a device."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509

from central.adapters.certificates import Authority, LockedError
from central.adapters.identities import CREDENTIAL, PASSPHRASE_FILE, anchor_of, trusted_of
from central.cli import main
from central.commands.options import EXIT_CONFIG, EXIT_REFUSED
from central.config import DataDir
from contract.claims import ticket_of

DEVICE = ("device", "add", "water-001", "--site", "pond", "--profile", "water")


class District:
    """A district's folder, and somebody who types there."""

    def __init__(self, folder: Path) -> None:
        self.data = DataDir(folder / "data")
        self.folder = folder
        self.does("init")
        self.does("unit", "add", "town:a", "--name", "甲")
        self.does("site", "add", "pond", "--kind", "water", "--name", "塘",
                  "--relation", "town=town:a")  # fmt: skip

    def types(self, *words: str) -> Result:
        return CliRunner().invoke(main, [*words, "--data", str(self.data.path)])

    def does(self, *words: str) -> str:
        result = self.types(*words)
        assert result.exit_code == 0, result.output
        return result.output

    def shown(self) -> dict[str, object]:
        said: dict[str, object] = json.loads(self.does("ca", "show", "--json"))
        return said

    def add(self) -> None:
        self.does(*DEVICE, "--bundle", str(self.folder / "bundle"))

    def server_is_of(self, fingerprint: str) -> bool:
        return anchor_of(self.data) == fingerprint

    def lists(self) -> int:
        text = (self.data.broker / "revoked.crl").read_bytes()
        return text.count(b"BEGIN X509 CRL")


@pytest.fixture
def district(tmp_path: Path) -> District:
    return District(tmp_path)


def test_the_key_is_locked_from_the_start(district: District) -> None:
    assert district.shown()["is_locked"]
    key = district.data.ca / "ca.key"
    assert b"ENCRYPTED" in key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(district.data.ca_passphrase.stat().st_mode) == 0o600


def test_without_the_passphrase_nothing_is_signed_and_the_words_say_why(
    district: District,
) -> None:
    district.data.ca_passphrase.unlink()
    result = district.types(*DEVICE, "--bundle", str(district.folder / "b"))
    assert result.exit_code == EXIT_CONFIG
    assert "口令" in result.output
    district.does("device", "list")  # all else goes on


def test_a_revocation_that_cannot_be_signed_counts_and_says_so(district: District) -> None:
    district.add()
    district.data.ca_passphrase.unlink()
    said = district.does("device", "revoke", "water-001")
    assert "没有收到通知" in said
    assert district.shown()["is_locked"]


def test_the_passphrase_may_come_from_outside_the_folder(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = district.folder / "credentials"
    handed.mkdir()
    district.data.ca_passphrase.rename(handed / CREDENTIAL)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    district.add()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    monkeypatch.setenv(PASSPHRASE_FILE, str(handed / CREDENTIAL))
    district.does("device", "revoke", "water-001")
    monkeypatch.setenv(PASSPHRASE_FILE, str(handed / "gone"))
    assert district.types("ca", "renew").exit_code == EXIT_CONFIG


def test_another_passphrase_locks_it_anew(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = district.folder / "new"
    new.write_text("another one\n")
    district.does("ca", "lock", "--passphrase-file", str(new))
    with pytest.raises(LockedError):
        Authority.load(district.data.ca, datetime.now(UTC), b"wrong")
    district.data.ca_passphrase.unlink()
    monkeypatch.setenv(PASSPHRASE_FILE, str(new))
    district.add()


def test_a_successor_is_trusted_beside_and_then_alone(district: District) -> None:
    district.add()
    old = district.shown()["authorities"][0]["sha256"]  # type: ignore[index]
    district.does("ca", "rotate")
    said = district.shown()
    new = said["authorities"][0]["sha256"]  # type: ignore[index]
    assert new != old
    assert said["not_renewed"] == ["water-001"]
    assert (district.data.broker / "ca.crt").read_bytes() == trusted_of(district.data)
    assert district.server_is_of(old)
    assert district.lists() == 2
    assert district.types("ca", "rotate").exit_code == EXIT_REFUSED
    line = district.does("device", "claim", "water-001").strip().splitlines()[-1]
    assert ticket_of(line).ca_sha256 == old  # whom the servers' certificate leads to
    refused = district.types("ca", "finish")
    assert refused.exit_code == EXIT_REFUSED
    assert "water-001" in refused.output
    assert "needs a new claim: water-001" in district.does("ca", "finish", "--force")
    assert district.server_is_of(new)
    assert district.lists() == 1
    assert len(x509.load_pem_x509_certificates(trusted_of(district.data))) == 1
    assert list((district.data.ca / "retired").glob("*.key")) == []
    assert district.types("ca", "finish").exit_code == EXIT_REFUSED


def test_while_both_are_trusted_a_revoked_device_is_on_both_lists(district: District) -> None:
    district.add()
    district.does("ca", "rotate")
    district.does("device", "revoke", "water-001")
    text = (district.data.broker / "revoked.crl").read_bytes()
    parts = [part + b"-----END X509 CRL-----\n" for part in
             text.split(b"-----END X509 CRL-----\n") if part]  # fmt: skip
    assert [len(list(x509.load_pem_x509_crl(part))) for part in parts] == [1, 1]
    district.does("ca", "finish")  # revoked devices keep nobody waiting
