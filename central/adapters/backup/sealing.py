"""Files sealed under a passphrase, piece by piece, so that none need stand in memory whole.

A folder of backups has one salt; scrypt makes one key of it and the passphrase. Each piece is
AES-256-GCM and bound to its file, its place and whether it is the last: none can be left out,
swapped or cut off unnoticed.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

HEAD = b"HXB1"
CHUNK = 1 << 20
NONCE, TAG = 12, 16
LEAST_LETTERS = 12
_N, _R, _P = 1 << 15, 8, 1
CHECK = b"huxiao backup"


class BackupError(Exception):
    """A backup that cannot be made, opened or trusted; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens the files of one folder of backups."""

    key: bytes

    @classmethod
    def of(cls, folder: Path, passphrase: str) -> "Sealer":
        """Give the folder's sealer; a new folder is made one for this passphrase.

        Raises:
            BackupError: another passphrase than the folder's, or one that is too short.
        """
        if len(passphrase) < LEAST_LETTERS:
            msg = f"口令至少 {LEAST_LETTERS} 个字符 / a passphrase has {LEAST_LETTERS} characters"
            raise BackupError(msg)
        file = folder / "folder.salt"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            salt = token_bytes(16)
            made = cls(_derived(passphrase, salt))
            file.write_bytes(salt + made._piece(CHECK, b"folder"))
            return made
        content = file.read_bytes()
        made = cls(_derived(passphrase, content[:16]))
        try:
            made._opened(content[16:], b"folder")
        except InvalidTag:
            msg = "口令不对：不是这个备份目录的口令 / the wrong passphrase for this folder"
            raise BackupError(msg) from None
        return made

    def seal(self, source: IO[bytes], target: Path, name: str) -> tuple[int, str]:
        """Seal what a file holds; give its size and SHA-256. Whole or not at all."""
        fresh = target.with_name(f".{target.name}.part")
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with fresh.open("wb") as out:
            fresh.chmod(0o600)
            out.write(HEAD)
            for number, (chunk, is_last) in enumerate(_chunks(source)):
                digest.update(chunk)
                size += len(chunk)
                piece = self._piece(chunk, _place(name, number, is_last=is_last))
                out.write(bytes([is_last]) + len(piece).to_bytes(4, "big") + piece)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(target)
        return size, digest.hexdigest()

    def opened(self, source: Path, name: str) -> Iterator[bytes]:
        """Give what was sealed, piece by piece.

        Raises:
            BackupError: damaged, cut off, another file's, or sealed under another passphrase.
        """
        try:
            with source.open("rb") as file:
                yield from self._pieces(file, name)
        except (InvalidTag, OSError, ValueError) as error:
            msg = f"{source.name}: 已损坏或不完整 / damaged or cut off"
            raise BackupError(msg) from error

    def _pieces(self, file: IO[bytes], name: str) -> Iterator[bytes]:
        if file.read(len(HEAD)) != HEAD:
            raise ValueError(name)
        number, is_last = 0, False
        while not is_last:
            head = file.read(5)
            size = int.from_bytes(head[1:], "big")
            if len(head) != 5 or head[0] > 1 or size > CHUNK + NONCE + TAG:  # noqa: PLR2004 - our own form
                raise ValueError(name)
            is_last = bool(head[0])
            yield self._opened(file.read(size), _place(name, number, is_last=is_last))
            number += 1
        if file.read(1):
            raise ValueError(name)

    def _piece(self, chunk: bytes, place: bytes) -> bytes:
        nonce = token_bytes(NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, chunk, place)

    def _opened(self, piece: bytes, place: bytes) -> bytes:
        return AESGCM(self.key).decrypt(piece[:NONCE], piece[NONCE:], place)


def _chunks(source: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    ahead = source.read(CHUNK)
    while True:
        chunk, ahead = ahead, source.read(CHUNK)
        yield chunk, not ahead
        if not ahead:
            return


def _place(name: str, number: int, *, is_last: bool) -> bytes:
    return f"{name}\x00{number}\x00{int(is_last)}".encode()


def _derived(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_N, r=_R, p=_P).derive(passphrase.encode())
