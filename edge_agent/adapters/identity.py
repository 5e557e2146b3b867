"""Who the device is: its key, its certificate and whom it believes, as files in one folder.

A key never leaves the device. Key and certificate change together: the next ones are whole beside
the present ones before either is replaced, and what a power cut left half done is finished later.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contract.claims import renewal_covered

NEXT = ".next"


class IdentityError(Exception):
    """The folder cannot be written, or what is in it cannot be used; the text says which."""


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when a certificate holds."""

    since: datetime
    until: datetime


class IdentityFolder:
    """Key and certificate by their paths; whatever else is written lies beside."""

    def __init__(self, key_file: Path, cert_file: Path) -> None:
        self._key_file = key_file
        self._cert_file = cert_file

    def settle(self) -> None:
        """Finish a change that a power cut has interrupted, or drop what was never answered."""
        next_cert, next_key = _next(self._cert_file), _next(self._key_file)
        try:
            if next_cert.exists():
                if next_key.exists() and fits(next_key, next_cert):
                    next_key.replace(self._key_file)
                if fits(self._key_file, next_cert):
                    next_cert.replace(self._cert_file)
                next_cert.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(error) from error

    def first_request(self) -> str:
        """Give the request for a first certificate: by the key that is there, else a new one."""
        if not self._key_file.exists():
            write_for_processes(self._key_file, _new_key())
        return _request(self._key_file)

    def next_request(self) -> str:
        """Give the request for the next certificate, by a key that waits beside the present one."""
        if not _next(self._key_file).exists():
            write_for_processes(_next(self._key_file), _new_key())
        return _request(_next(self._key_file))

    def signed(self, nonce: str, request: str) -> bytes:
        """Sign a renewal with the present key."""
        return _key(self._key_file).sign(renewal_covered(nonce, request), ec.ECDSA(hashes.SHA256()))

    @property
    def certificate(self) -> str:
        """The present certificate, PEM.

        Raises:
            IdentityError: there is none.
        """
        try:
            return self._cert_file.read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{self._cert_file}: 没有设备证书,请先入网 (no certificate, enrol first): {error}"
            raise IdentityError(msg) from error

    @property
    def validity(self) -> Validity:
        """When the present certificate holds."""
        try:
            found = x509.load_pem_x509_certificate(self.certificate.encode())
        except ValueError as error:
            msg = f"{self._cert_file}: 不是证书 (not a certificate)"
            raise IdentityError(msg) from error
        return Validity(found.not_valid_before_utc, found.not_valid_after_utc)

    def take_first(self, certificate: str) -> None:
        """Keep the first certificate; last of all, because it says that everything is there.

        Raises:
            IdentityError: not for our key, or the folder cannot be written.
        """
        side = _next(self._cert_file)
        write_for_processes(side, certificate.encode())
        if not fits(self._key_file, side):
            side.unlink()
            msg = "平台给的证书不是给这把密钥的 (central's certificate is not for our key)"
            raise IdentityError(msg)
        side.replace(self._cert_file)

    def take_next(self, certificate: str) -> None:
        """Keep the next certificate and its key in the place of the present ones.

        Raises:
            IdentityError: as `take_first`.
        """
        side = _next(self._cert_file)
        write_for_processes(side, certificate.encode())
        if not fits(_next(self._key_file), side):
            side.unlink()
            msg = "平台给的证书不是给这把密钥的 (central's certificate is not for our key)"
            raise IdentityError(msg)
        self.settle()


def fits(key_file: Path, cert_file: Path) -> bool:
    """Tell whether a certificate is for a key; not if either cannot be read."""
    try:
        certificate = x509.load_pem_x509_certificate(cert_file.read_bytes())
        return bool(certificate.public_key() == _key(key_file).public_key())
    except (OSError, ValueError, IdentityError):
        return False


def write_for_processes(path: Path, content: bytes) -> None:
    """Replace a file whole: for its owner, and to be read by the folder's group.

    Raises:
        IdentityError: it cannot be written.
    """
    side = path.with_name(f"{path.name}.new")
    try:
        side.unlink(missing_ok=True)
        handle = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o640)  # whatever a unit's UMask= says
            if os.geteuid() == 0:
                os.fchown(handle, -1, path.parent.stat().st_gid)
            file.write(content)
            file.flush()
            os.fsync(handle)
        side.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise _unwritable(error) from error


def sync_folder(folder: Path) -> None:
    """Make sure that a folder's names are on the card."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _next(path: Path) -> Path:
    return path.with_name(path.name + NEXT)


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _key(key_file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        msg = f"{key_file}: 读不出密钥 (the key cannot be read): {error}"
        raise IdentityError(msg) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = f"{key_file}: 不是 P-256 密钥 (not an elliptic curve key)"
        raise IdentityError(msg)
    return key


def _request(key_file: Path) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "huxiao device")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    signed = builder.sign(_key(key_file), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def _unwritable(error: OSError) -> IdentityError:
    return IdentityError(
        f"写不了设备身份文件,请检查磁盘空间和权限 (cannot write the identity): {error}"
    )
