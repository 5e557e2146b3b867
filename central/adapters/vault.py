"""What must be kept and not be readable in the database: sealed under a key in the data folder."""

import hmac
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from central.adapters.certificates import write_secret

KEY_BYTES = 32
NONCE_BYTES = 12


class SealedError(Exception):
    """Sealed under another key, for somebody else, or damaged."""


class Vault:
    """Seals small secrets, and derives what need not be kept at all."""

    def __init__(self, key: bytes) -> None:
        self._sealing = AESGCM(_derived(key, b"sealing"))
        self._naming = _derived(key, b"naming")

    @classmethod
    def in_file(cls, file: Path) -> "Vault":
        """Open the vault whose key lies in a file, made where there is none."""
        if not file.exists():
            fresh = file.with_name(f"{file.name}.{token_hex(4)}")
            write_secret(fresh, token_bytes(KEY_BYTES))
            with suppress(FileExistsError):  # another process was faster: its key counts
                os.link(fresh, file)
            fresh.unlink()
        return cls(file.read_bytes())

    def seal(self, content: bytes, owner: str) -> bytes:
        """Encrypt something of one owner's."""
        nonce = token_bytes(NONCE_BYTES)
        return nonce + self._sealing.encrypt(nonce, content, owner.encode())

    def unseal(self, sealed: bytes, owner: str) -> bytes:
        """Decrypt it.

        Raises:
            SealedError: it was not sealed here, or not for this owner.
        """
        try:
            nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return self._sealing.decrypt(nonce, content, owner.encode())
        except (InvalidTag, ValueError) as error:
            raise SealedError(owner) from error

    def derive(self, purpose: str, name: str) -> bytes:
        """Give 32 bytes that only this key gives for a name: the same each time."""
        return hmac.digest(self._naming, f"{purpose}\x00{name}".encode(), sha256)


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, b"huxiao vault\x00" + purpose).derive(key)
