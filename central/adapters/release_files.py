"""Bundles of the devices' software by their sha256, and the keys that sign them."""

import hashlib
import os
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from contract.releases import (
    MANIFEST,
    MAX_BUNDLE_BYTES,
    MAX_MANIFEST_BYTES,
    SIGNATURE,
    Manifest,
    ReleaseError,
    Why,
    verified_manifest,
)
from contract.topics import SHA256_PATTERN

_END = "-----END PUBLIC KEY-----"
MOST_KEYS = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """A bundle that lies here now."""

    manifest: Manifest
    sha256: str
    size_bytes: int


class ReleaseFiles:
    """A folder: `release.pub` and `<sha256>.zip`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Give where a bundle lies."""
        if not re.fullmatch(SHA256_PATTERN, sha256):
            raise ValueError(sha256)
        return self._folder / f"{sha256}.zip"

    def keys_pem(self) -> str:
        """Give the public keys as they are handed to devices; empty where there are none yet."""
        try:
            return (self._folder / "release.pub").read_text("ascii")
        except FileNotFoundError:
            return ""

    def keep_keys(self, pem: str) -> int:
        """Keep the public keys, one or two; give how many.

        Raises:
            ReleaseError: not such keys.
        """
        keys = _keys(pem)
        if not 1 <= len(keys) <= MOST_KEYS:
            words = f"应有一到两把 Ed25519 公钥 (one or two Ed25519 keys), found {len(keys)}"
            raise ReleaseError(Why.KEY, words)
        self._folder.mkdir(exist_ok=True)
        (self._folder / "release.pub").write_text(pem, "ascii")
        return len(keys)

    def keep(self, bundle: Path) -> Kept:
        """Check a bundle's signature and keep it by its content.

        Raises:
            ReleaseError: not signed by one of the keys, or no bundle.
        """
        size = bundle.stat().st_size
        if size > MAX_BUNDLE_BYTES:
            raise ReleaseError(Why.SIZE, f"更新包过大 (too large): {size >> 20} MB")
        manifest = self._manifest(bundle)
        with bundle.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self._folder.mkdir(exist_ok=True)
        fresh = self.path(sha256).with_suffix(".new")
        shutil.copyfile(bundle, fresh)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(self.path(sha256))
        return Kept(manifest, sha256, size)

    def _manifest(self, bundle: Path) -> Manifest:
        keys = _keys(self.keys_pem())
        if not keys:
            words = "先登记发布公钥：huxiao-central release keys FILE (no keys are known yet)"
            raise ReleaseError(Why.KEY, words)
        try:
            with zipfile.ZipFile(bundle) as archive:
                parts = []
                for name in (MANIFEST, SIGNATURE):
                    if archive.getinfo(name).file_size > MAX_MANIFEST_BYTES:
                        raise ReleaseError(Why.MANIFEST, "更新包清单过大 (too large a manifest)")
                    parts.append(archive.read(name))
        except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError) as error:
            words = f"不是更新包，或已损坏 (no bundle, or damaged): {error}"
            raise ReleaseError(Why.DAMAGED, words) from error
        return verified_manifest(parts[0], parts[1], keys)


def _keys(pem: str) -> list[bytes]:
    try:
        found = [
            load_pem_public_key((part + _END).encode()) for part in pem.split(_END) if part.strip()
        ]
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ReleaseError(Why.KEY, f"公钥读不出 (not public keys): {error}") from error
    return [key.public_bytes_raw() for key in found if isinstance(key, Ed25519PublicKey)]
