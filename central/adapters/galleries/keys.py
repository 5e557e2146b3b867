"""The keys of the district's galleries: files beside the database, in no backup of it.

`master.key` wraps one key a person in `keys/`; destroying that file erases the person, in every
copy of the database too. `signing.key` signs what devices are told; `enrolment.key` opens what
stations send.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from central.adapters.certificates import write_secret
from contract.sealing import KEY_BYTES, make_sealing_key, sealing_key_of
from contract.signing import make_signing_key, signing_key_of

NONCE_BYTES = 12


class KeyGoneError(Exception):
    """A person's key that was destroyed, or never was."""


class GalleryKeys:
    """The folder of keys; whatever is missing in it is made when first opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._persons = folder / "keys"

    def prepare(self) -> "GalleryKeys":
        """Make what is missing; what is there stays."""
        self._persons.mkdir(parents=True, exist_ok=True)
        for place in (self._folder, self._persons):
            place.chmod(0o700)
        makers = {"master.key": lambda: token_bytes(KEY_BYTES), "signing.key": make_signing_key,
                  "enrolment.key": make_sealing_key}  # fmt: skip
        for name, make in makers.items():
            if not (self._folder / name).exists():
                write_secret(self._folder / name, make())
        return self

    @property
    def signing_key(self) -> bytes:
        """What signs."""
        return (self._folder / "signing.key").read_bytes()

    @property
    def enrolment_key(self) -> bytes:
        """What opens enrolments."""
        return (self._folder / "enrolment.key").read_bytes()

    def public_signing_pem(self) -> bytes:
        """Give what devices check signatures with."""
        key = Ed25519PublicKey.from_public_bytes(signing_key_of(self.signing_key))
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def public_enrolment_pem(self) -> bytes:
        """Give what stations seal to."""
        key = X25519PublicKey.from_public_bytes(sealing_key_of(self.enrolment_key))
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def of(self, entry_id: str) -> bytes:
        """Give a person's key.

        Raises:
            KeyGoneError: there is none (any more).
        """
        try:
            wrapped = self._path(entry_id).read_bytes()
            return AESGCM(self._master).decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], entry_id.encode()
            )
        except (FileNotFoundError, InvalidTag, ValueError) as error:
            raise KeyGoneError(entry_id) from error

    def of_or_new(self, entry_id: str) -> bytes:
        """Give a person's key, made where there is none."""
        with suppress(KeyGoneError):
            return self.of(entry_id)
        key, nonce = token_bytes(KEY_BYTES), token_bytes(NONCE_BYTES)
        wrapped = nonce + AESGCM(self._master).encrypt(nonce, key, entry_id.encode())
        path = self._path(entry_id)
        fresh = path.with_name(f"{path.name}.{token_hex(4)}")
        write_secret(fresh, wrapped)
        with suppress(FileExistsError):  # another process was faster: its key counts
            os.link(fresh, path)
        fresh.unlink()
        return self.of(entry_id)

    def destroy(self, entry_id: str) -> None:
        """Erase a person: overwrite the key, then remove it. A second time changes nothing."""
        path = self._path(entry_id)
        try:
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return

    def for_device(self, entry_id: str, device_id: str) -> bytes:
        """Give the key under which one device keeps a person; another device's says nothing."""
        info = f"huxiao gallery\x00{device_id}\x00{entry_id}".encode()
        return HKDF(SHA256(), KEY_BYTES, None, info).derive(self.of(entry_id))

    @property
    def _master(self) -> bytes:
        return (self._folder / "master.key").read_bytes()

    def _path(self, entry_id: str) -> Path:
        return self._persons / f"{sha256(entry_id.encode()).hexdigest()}.key"


def digest_of(key: bytes) -> str:
    """Name a key without telling it, for the proof that it was destroyed."""
    return sha256(b"huxiao entry key\x00" + key).hexdigest()


def lock(key: bytes, content: bytes, entry_id: str) -> bytes:
    """Encrypt a likeness under its person's key."""
    nonce = token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, entry_id.encode())


def unlock(key: bytes, locked: bytes, entry_id: str) -> bytes:
    """Decrypt it.

    Raises:
        KeyGoneError: another key, or damaged.
    """
    try:
        return AESGCM(key).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], entry_id.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyGoneError(entry_id) from error
