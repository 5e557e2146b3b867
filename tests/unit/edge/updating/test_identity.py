"""Key and certificate change together, whenever the power goes."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from edge_agent.adapters.identity import IdentityError, IdentityFolder, fits
from edge_agent.adapters.scrubbing import scrub


def signed(request: str) -> str:
    """Sign a request as central would, by an authority that nobody here asks about."""
    csr = x509.load_pem_x509_csr(request.encode())
    now = datetime.now(UTC)
    name = x509.Name([])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(csr.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now).not_valid_after(now + timedelta(days=397))
    )  # fmt: skip
    made = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return made.public_bytes(Encoding.PEM).decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mine = IdentityFolder(tmp_path / "k", tmp_path / "c")
    mine.take_first(signed(mine.first_request()))
    return tmp_path


def mine(folder: Path) -> IdentityFolder:
    return IdentityFolder(folder / "k", folder / "c")


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_the_key_stays_over_tries_until_it_is_answered(tmp_path: Path) -> None:
    here = mine(tmp_path)
    first, *others = (x509.load_pem_x509_csr(here.first_request().encode()) for _ in range(3))
    assert [one.public_key() for one in others] == [first.public_key()] * 2
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o640


@pytest.mark.parametrize("cut", ["before", "between", "never"])
def test_a_renewal_that_power_interrupts_is_finished(folder: Path, cut: str) -> None:
    before = (folder / "c").read_text()
    certificate = signed(mine(folder).next_request())
    if cut == "never":
        mine(folder).take_next(certificate)
    else:
        (folder / "c.next").write_text(certificate)
        if cut == "between":
            (folder / "k.next").replace(folder / "k")
            assert not fits(folder / "k", folder / "c")
        mine(folder).settle()
    assert fits(folder / "k", folder / "c")
    assert (folder / "c").read_text() == certificate != before
    assert names(folder) == ["c", "k"]


def test_half_a_certificate_changes_nothing(folder: Path) -> None:
    before = (folder / "c").read_text()
    request = mine(folder).next_request()
    (folder / "c.next").write_text(signed(request)[:100])
    mine(folder).settle()
    assert fits(folder / "k", folder / "c")
    assert (folder / "c").read_text() == before
    again = mine(folder).next_request()
    keys = [x509.load_pem_x509_csr(one.encode()).public_key() for one in (request, again)]
    assert keys[0] == keys[1]


def test_a_certificate_for_another_key_is_not_taken(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    foreign = signed(mine(other).first_request())
    mine(folder).next_request()
    for take in (mine(folder).take_first, mine(folder).take_next):
        with pytest.raises(IdentityError, match="不是给这把密钥的"):
            take(foreign)
    assert fits(folder / "k", folder / "c")


def test_nothing_of_a_claim_stays(tmp_path: Path) -> None:
    card = tmp_path / "claim.json"
    card.write_text("edge1.secret")
    twin = tmp_path / "twin"
    twin.hardlink_to(card)  # what lay on the same blocks
    scrub(card)
    assert not card.exists()
    assert twin.read_bytes() == b"\x00" * len("edge1.secret")
    scrub(card)
