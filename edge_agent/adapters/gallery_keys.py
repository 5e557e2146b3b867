"""The device's own keys: what opens its letters, and what wraps the keys of its gallery."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contract.sealing import KEY_BYTES, make_sealing_key
from edge_agent.ports import GalleryError

NONCE_BYTES = 12


def device_sealing_key(data_dir: Path) -> bytes:
    """Give the private key for sealed letters, made where there is none.

    Raises:
        GalleryError: it cannot be read or written.
    """
    path = data_dir / "sealing.key"
    try:
        if path.exists():
            key = path.read_bytes()
            if len(key) == KEY_BYTES:
                return key
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
        key = make_sealing_key()
        write_private(path, key)
    except OSError as error:
        raise GalleryError(_in_words(path, error)) from error
    return key


class KeyRing:
    """The keys that wrap the gallery's keys, in a folder that a power cut empties.

    What is not on the ring can never be opened again: so the gallery of a stolen card is nothing.
    """

    def __init__(self, folder: Path, data_dir: Path) -> None:
        name = sha256(str(data_dir.absolute()).encode()).hexdigest()[:16]
        self._path = folder / f"gallery-{name}.keys"

    def read(self) -> dict[str, bytes]:
        """Give the keys by id; none where power was off, or another user may look."""
        try:
            if self._path.stat().st_uid != os.geteuid():
                return {}
            found: dict[str, str] = json.loads(self._path.read_bytes())
            return {key_id: b64decode(key) for key_id, key in found.items()}
        except (FileNotFoundError, ValueError, AttributeError):
            return {}
        except OSError as error:
            raise GalleryError(_in_words(self._path, error)) from error

    def write(self, keys: Mapping[str, bytes]) -> None:
        """Keep these and forget all others.

        Raises:
            GalleryError: the folder cannot be written.
        """
        text = json.dumps({key_id: b64encode(key).decode() for key_id, key in keys.items()})
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(self._path, text.encode())
        except OSError as error:
            raise GalleryError(_in_words(self._path, error)) from error


def write_private(path: Path, content: bytes) -> None:
    """Put a whole file in place that only its owner reads; after a crash the old one is there."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def locked(key: bytes, content: bytes, *place: str) -> bytes:
    """Encrypt under a key of 32 bytes (AES-256-GCM), bound to a place."""
    nonce = token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, "\x00".join(place).encode())


def unlocked(key: bytes, content: bytes, *place: str) -> bytes | None:
    """Decrypt; None where key, content or place are not the same any more."""
    try:
        return AESGCM(key).decrypt(
            content[:NONCE_BYTES], content[NONCE_BYTES:], "\x00".join(place).encode()
        )
    except (InvalidTag, ValueError):
        return None


def _in_words(path: Path, error: OSError) -> str:
    return (f"人脸库密钥 {path} 无法使用,请检查目录权限"
            f" (the gallery's key cannot be used, check the folder): {error.strerror}")  # fmt: skip
