"""One key a person, wrapped by a master key, as files beside the database and in no backup of it.

Destroying a file erases the person, in every copy of the database too.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from central.adapters.certificates import write_secret

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyGoneError(Exception):
    """A person's key that was destroyed, or never was."""


class PersonKeys:
    """A folder of keys; whatever is missing in it is made when first opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._persons = folder / "keys"
        self._wrapping: AESGCM | None = None

    def prepare(self) -> "PersonKeys":
        """Make what is missing; what is there stays."""
        self._persons.mkdir(parents=True, exist_ok=True)
        for place in (self._folder, self._persons):
            place.chmod(0o700)
        if not (self._folder / "master.key").exists():
            write_secret(self._folder / "master.key", token_bytes(KEY_BYTES))
        return self

    def of(self, person_id: str) -> bytes:
        """Give a person's key.

        Raises:
            KeyGoneError: there is none (any more).
        """
        try:
            wrapped = self._path(person_id).read_bytes()
            return self._master.decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], person_id.encode()
            )
        except (FileNotFoundError, InvalidTag, ValueError) as error:
            raise KeyGoneError(person_id) from error

    def of_or_new(self, person_id: str) -> bytes:
        """Give a person's key, made where there is none."""
        with suppress(KeyGoneError):
            return self.of(person_id)
        self._make(person_id, self._path(person_id))
        return self.of(person_id)

    def make(self, person_ids: Iterable[str]) -> None:
        """Make the keys of many new persons and wait until the disk has them all.

        Before the transaction that speaks of them: one wait for all, and no writer is held up.
        """
        for person_id in person_ids:
            self._make(person_id, self._path(person_id))
        os.sync()

    def _make(self, person_id: str, path: Path) -> None:
        key, nonce = token_bytes(KEY_BYTES), token_bytes(NONCE_BYTES)
        wrapped = nonce + self._master.encrypt(nonce, key, person_id.encode())
        fresh = path.with_name(f"{path.name}.{token_hex(4)}")
        write_secret(fresh, wrapped)
        with suppress(FileExistsError):  # another process was faster: its key counts
            os.link(fresh, path)
        fresh.unlink()

    def destroy(self, person_id: str) -> None:
        """Erase a person: overwrite the key, then remove it. A second time changes nothing."""
        path = self._path(person_id)
        try:
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return

    @property
    def _master(self) -> AESGCM:
        if self._wrapping is None:
            self._wrapping = AESGCM((self._folder / "master.key").read_bytes())
        return self._wrapping

    def _path(self, person_id: str) -> Path:
        return self._persons / f"{sha256(person_id.encode()).hexdigest()}.key"


def digest_of(key: bytes) -> str:
    """Name a key without telling it, for the proof that it was destroyed."""
    return sha256(b"huxiao entry key\x00" + key).hexdigest()


def lock(key: bytes, content: bytes, person_id: str) -> bytes:
    """Encrypt content under its person's key."""
    nonce = token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, person_id.encode())


def unlock(key: bytes, locked: bytes, person_id: str) -> bytes:
    """Decrypt it.

    Raises:
        KeyGoneError: another key, or damaged.
    """
    try:
        return AESGCM(key).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], person_id.encode())
    except (InvalidTag, ValueError) as error:
        raise KeyGoneError(person_id) from error
