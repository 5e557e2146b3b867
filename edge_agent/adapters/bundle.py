"""A release's bundle, checked before a byte of it is used."""

import hashlib
import platform
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from contract.releases import (
    MANIFEST,
    MAX_BUNDLE_BYTES,
    MAX_MANIFEST_BYTES,
    SIGNATURE,
    WHEELS,
    Manifest,
    ReleaseError,
    Why,
    verified_manifest,
)

CHUNK_BYTES = 1024 * 1024
_END = "-----END PUBLIC KEY-----"


def release_keys(file: Path) -> list[bytes]:
    """Read the keys whose releases are believed, PEM one after another.

    Raises:
        ReleaseError: none can be read.
    """
    try:
        parts = file.read_text("ascii").split(_END)
        keys = [load_pem_public_key((part + _END).encode()) for part in parts if part.strip()]
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        words = f"{file}: 发布公钥读不出 (the release keys cannot be read): {error}"
        raise ReleaseError(Why.KEY, words) from error
    return [key.public_bytes_raw() for key in keys if isinstance(key, Ed25519PublicKey)]


def checked(
    bundle: Path, keys: Sequence[bytes], newest_seq: int, failed: Mapping[str, str]
) -> Manifest:
    """Read a bundle's manifest and compare every file in it; nothing is unpacked.

    `newest_seq`: of what has run; `failed`: versions that did not work here, and why.

    Raises:
        ReleaseError: not signed, altered, not newer, not for this machine, or failed before.
    """
    with _opened(bundle) as archive:
        manifest = verified_manifest(_small(archive, MANIFEST), _small(archive, SIGNATURE), keys)
        _fits(manifest, newest_seq, failed)
        expected = {MANIFEST, SIGNATURE} | {WHEELS + name for name in manifest.files}
        if sorted(archive.namelist()) != sorted(expected):
            raise ReleaseError(
                Why.FILES, "更新包里的文件与清单不符 (other files than the manifest)"
            )
        for name, sha256 in manifest.files.items():
            if _sha256(archive, WHEELS + name) != sha256:
                words = f"更新包里的 {name} 与清单不符 (differs from the manifest)"
                raise ReleaseError(Why.HASH, words)
    return manifest


def unpack(bundle: Path, manifest: Manifest, folder: Path) -> None:
    """Write the wheels into a folder that is there."""
    with _opened(bundle) as archive:
        for name in manifest.files:
            with archive.open(WHEELS + name) as source, (folder / name).open("wb") as target:
                while chunk := source.read(CHUNK_BYTES):
                    target.write(chunk)


def _fits(manifest: Manifest, newest_seq: int, failed: Mapping[str, str]) -> None:
    if manifest.version in failed:
        words = f"{manifest.version} 在本机失败过 (failed here before): {failed[manifest.version]}"
        raise ReleaseError(Why.FAILED_BEFORE, words)
    if manifest.seq <= newest_seq:
        words = f"序号 {manifest.seq} 不比已装的 {newest_seq} 新,拒绝降级 (not newer: refused)"
        raise ReleaseError(Why.DOWNGRADE, words)
    if manifest.machine not in {"any", platform.machine()}:
        words = f"更新包是给 {manifest.machine} 的 (for another kind of machine)"
        raise ReleaseError(Why.MACHINE, words)
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    if ours not in manifest.python:
        words = f"更新包需要 Python {'/'.join(manifest.python)},本机是 {ours} (another Python)"
        raise ReleaseError(Why.PYTHON, words)


@contextmanager
def _opened(bundle: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(bundle) as archive:
            if sum(one.file_size for one in archive.infolist()) > MAX_BUNDLE_BYTES:
                raise ReleaseError(Why.SIZE, "更新包过大 (too large)")
            yield archive
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError) as error:
        raise ReleaseError(Why.DAMAGED, f"更新包损坏 (the bundle is damaged): {error}") from error


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        raise ReleaseError(Why.SIGNATURE, "更新包没有签名 (the bundle is not signed)")
    if archive.getinfo(name).file_size > MAX_MANIFEST_BYTES:
        raise ReleaseError(Why.MANIFEST, "更新包清单过大 (the manifest is too large)")
    return archive.read(name)


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
