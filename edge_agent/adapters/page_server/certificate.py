"""The page's own certificate: self-signed, made at the first start, renewed before it ends."""

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge_agent.adapters.pins import write_private

YEARS = timedelta(days=825)
RENEW_BEFORE = timedelta(days=30)


def own_certificate(folder: Path, device_id: str, host: str) -> tuple[Path, Path]:
    """Give certificate and key of the page, made where they are missing or about to end.

    Raises:
        OSError: they cannot be written.
    """
    cert_file, key_file = folder / "page.crt", folder / "page.key"
    if not (_holds(cert_file) and key_file.exists()):
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_private(key_file, private)
        write_private(cert_file, _signed(key, device_id, host))
    return cert_file, key_file


def fingerprint(cert_file: Path) -> str:
    """Give the SHA-256 of a certificate, as browsers show it.

    Raises:
        OSError, ValueError: no certificate.
    """
    certificate = x509.load_pem_x509_certificate(cert_file.read_bytes())
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _holds(cert_file: Path) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(cert_file.read_bytes())
    except (OSError, ValueError):
        return False
    return certificate.not_valid_after_utc - RENEW_BEFORE > datetime.now(UTC)


def _signed(key: ec.EllipticCurvePrivateKey, device_id: str, host: str) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, device_id)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + YEARS)
        .add_extension(x509.SubjectAlternativeName(_names(device_id, host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _names(device_id: str, host: str) -> list[x509.GeneralName]:
    names = dict.fromkeys([host, "localhost", "127.0.0.1", device_id, socket.gethostname()])
    return [_name(name) for name in names if name.isascii() and name]


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
