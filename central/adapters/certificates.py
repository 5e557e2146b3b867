"""Central's own certificate authority: who is who on the broker. P-256 throughout."""

import datetime as dt
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

CENTRAL = "huxiao-central"
"""The common name of central's own client certificate."""

CA_DAYS = 7300
SERVER_DAYS = 825
DEVICE_DAYS = 397
BACKDATED = dt.timedelta(days=1)  # a device without a clock still believes a new certificate


@dataclass(frozen=True, slots=True)
class Issued:
    """A new certificate with its key, both as PEM."""

    certificate: bytes
    key: bytes
    serial: str
    expires_at: dt.datetime


class LockedError(Exception):
    """The authority's key is locked, and what was given does not open it."""


class Authority:
    """Signs for the broker, for central and for devices. Lives in a folder that only root reads."""

    def __init__(
        self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, now: dt.datetime
    ) -> None:
        self._certificate = certificate
        self._key = key
        self._now = now

    @classmethod
    def make(cls, now: dt.datetime) -> "Authority":
        """Make a new authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"huxiao CA {now:%Y-%m-%d} {token_hex(4)}")  # lists are found by it
        until = now + dt.timedelta(days=CA_DAYS)
        builder = _builder(name, name, key.public_key(), now - BACKDATED, until)
        usage = _usage(signs_certificates=True)
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key, now)

    @classmethod
    def load(cls, folder: Path, now: dt.datetime, passphrase: bytes | None = None) -> "Authority":
        """Read the authority from its folder; its key may be locked with a passphrase.

        Raises:
            LockedError: it is, and this is not the passphrase.
        """
        certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        key = _opened(folder / "ca.key", passphrase)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            msg = f"{folder / 'ca.key'}: 不是 P-256 密钥 / not an elliptic curve key"
            raise TypeError(msg)
        return cls(certificate, key, now)

    def save(self, folder: Path, passphrase: bytes | None = None) -> None:
        """Write the authority into its folder, its key locked with the passphrase."""
        write_secret(folder / "ca.key", _pem(self._key, passphrase))
        (folder / "ca.crt").write_bytes(self.certificate)

    @property
    def certificate(self) -> bytes:
        """The authority's certificate as PEM, for everybody."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate in DER, hexadecimal: what a device's ticket names."""
        return self.fingerprint_of(self._certificate)

    @staticmethod
    def fingerprint_of(certificate: x509.Certificate) -> str:
        """Give SHA-256 of any certificate in DER, hexadecimal."""
        return certificate.fingerprint(hashes.SHA256()).hex()

    def for_server(self, hosts: Iterable[str]) -> Issued:
        """Make the broker's certificate for the names and addresses that devices use."""
        names = [_host(host) for host in hosts]
        purpose = ExtendedKeyUsageOID.SERVER_AUTH
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._sign(str(names[0].value), key.public_key(), purpose, names, SERVER_DAYS)
        return _issued(signed, key)

    def for_client(self, common_name: str) -> Issued:
        """Make key and certificate of a device, or of central itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        return _issued(self._for_device(common_name, key.public_key(), DEVICE_DAYS), key)

    def for_key(self, common_name: str, key: ec.EllipticCurvePublicKey) -> Issued:
        """Sign the key that a device has made and keeps; `Issued.key` is empty."""
        return _issued(self._for_device(common_name, key, DEVICE_DAYS), None)

    def for_an_hour(self, common_name: str) -> Issued:
        """Make a certificate with which central takes a device's session over, to end it."""
        key = ec.generate_private_key(ec.SECP256R1())
        return _issued(self._for_device(common_name, key.public_key(), 1 / 24), key)

    def revocations(self, serials: Iterable[str]) -> bytes:
        """Sign the list of certificates that may no longer be used, as PEM."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(self._now - BACKDATED)
            .next_update(self._now + dt.timedelta(days=CA_DAYS))
        )
        for serial in serials:
            revoked = x509.RevokedCertificateBuilder().serial_number(int(serial, 16))
            builder = builder.add_revoked_certificate(revoked.revocation_date(self._now).build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def _for_device(
        self, common_name: str, key: ec.EllipticCurvePublicKey, days: float
    ) -> x509.Certificate:
        names: list[x509.GeneralName] = [
            x509.UniformResourceIdentifier(f"urn:huxiao:{common_name}")
        ]
        return self._sign(common_name, key, ExtendedKeyUsageOID.CLIENT_AUTH, names, days)

    def _sign(
        self, common_name: str, key: ec.EllipticCurvePublicKey, purpose: ObjectIdentifier,
        names: list[x509.GeneralName], days: float,
    ) -> x509.Certificate:  # fmt: skip
        authority = self._key.public_key()
        since = self._certificate.not_valid_before_utc  # so that no clock after flashing is early
        until = self._now + dt.timedelta(days=days)
        return (
            _builder(_name(common_name), self._certificate.subject, key, since, until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False
            )
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _issued(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey | None) -> Issued:
    return Issued(
        certificate.public_bytes(serialization.Encoding.PEM),
        _pem(key) if key else b"",
        f"{certificate.serial_number:x}",
        certificate.not_valid_after_utc,
    )


def is_issued(authority: bytes, certificate: x509.Certificate, expected: str) -> bool:
    """Tell whether one of the authorities (PEM) has issued it, for that name; not if it holds.

    Where no authority is given, nothing is issued.
    """
    known = x509.load_pem_x509_certificates(authority) if authority else []
    if not any(has_issued(one, certificate) for one in known):
        return False
    return _names(certificate) == [expected]


def common_name(certificate: x509.Certificate) -> str:
    """Give the name that a certificate is for; empty where there is none, or several."""
    names = _names(certificate)
    return names[0] if len(names) == 1 else ""


def _names(certificate: x509.Certificate) -> list[str]:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return [str(name.value) for name in found]


def has_issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Tell whether an authority has signed a certificate; not if it still holds."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def name_of(key: ec.EllipticCurvePublicKey) -> str:
    """Name a key: SHA-256 of its public half in DER, hexadecimal."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return sha256(key.public_bytes(serialization.Encoding.DER, form)).hexdigest()


def name_of_key(certificate: bytes) -> str:
    """Name the key that a certificate (PEM) is for."""
    key = x509.load_pem_x509_certificate(certificate).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        msg = "not an elliptic curve key"
        raise TypeError(msg)
    return name_of(key)


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, from its first byte on."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    since: dt.datetime,
    until: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "huxiao"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey, passphrase: bytes | None = None) -> bytes:
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def _opened(file: Path, passphrase: bytes | None) -> object:
    content = file.read_bytes()
    is_locked = b"ENCRYPTED" in content
    try:
        return serialization.load_pem_private_key(content, passphrase if is_locked else None)
    except (TypeError, ValueError) as error:
        zh = "口令不对" if passphrase else "需要口令，见 docs/operate.md"
        msg = f"{file}: CA 密钥已加密，{zh} / the key is locked: no passphrase, or a wrong one"
        raise LockedError(msg) from error
