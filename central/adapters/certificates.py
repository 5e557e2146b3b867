"""Central's own certificate authority: who is who on the broker. P-256 throughout."""

import datetime as dt
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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
        name = _name("huxiao CA")
        builder = _builder(name, name, key.public_key(), now, CA_DAYS)
        usage = _usage(signs_certificates=True)
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key, now)

    @classmethod
    def load(cls, folder: Path, now: dt.datetime) -> "Authority":
        """Read the authority from its folder."""
        certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            msg = f"{folder / 'ca.key'}: 不是 P-256 密钥 / not an elliptic curve key"
            raise TypeError(msg)
        return cls(certificate, key, now)

    def save(self, folder: Path) -> None:
        """Write the authority into its folder."""
        write_secret(folder / "ca.key", _pem(self._key))
        (folder / "ca.crt").write_bytes(self.certificate)

    @property
    def certificate(self) -> bytes:
        """The authority's certificate as PEM, for everybody."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def for_server(self, hosts: Iterable[str]) -> Issued:
        """Make the broker's certificate for the names and addresses that devices use."""
        names = [_host(host) for host in hosts]
        purpose = ExtendedKeyUsageOID.SERVER_AUTH
        return self._issue(str(names[0].value), purpose, names, SERVER_DAYS)

    def for_client(self, common_name: str) -> Issued:
        """Make the certificate of a device, or of central itself."""
        names: list[x509.GeneralName] = [
            x509.UniformResourceIdentifier(f"urn:huxiao:{common_name}")
        ]
        return self._issue(common_name, ExtendedKeyUsageOID.CLIENT_AUTH, names, DEVICE_DAYS)

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

    def _issue(
        self, common_name: str, purpose: ObjectIdentifier, names: list[x509.GeneralName], days: int
    ) -> Issued:
        key = ec.generate_private_key(ec.SECP256R1())
        authority = self._key.public_key()
        certificate = (
            _builder(
                _name(common_name), self._certificate.subject, key.public_key(), self._now, days
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False
            )
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return Issued(
            certificate.public_bytes(serialization.Encoding.PEM),
            _pem(key),
            f"{certificate.serial_number:x}",
            certificate.not_valid_after_utc,
        )


def is_issued(authority: bytes, certificate: x509.Certificate, common_name: str) -> bool:
    """Tell whether a certificate is the authority's (PEM), for that name; not if it still holds."""
    try:
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority))
    except (ValueError, TypeError, InvalidSignature):
        return False
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return [name.value for name in names] == [common_name]


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
    now: dt.datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + dt.timedelta(days=days))
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


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
