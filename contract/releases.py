"""Releases: a bundle of wheels under one of two keys, and central's order to install it.

A bundle is a ZIP file, stored: `manifest.json`, `manifest.sig`, `wheels/*.whl`. The signature is
over the manifest's bytes, and the manifest names every other file with its sha256. `seq` only ever
rises: what is not newer than what runs is refused, whoever has signed it.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, ValidationError

from contract.messages import DeviceId, Message, Sha256, Utc

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
WHEELS = "wheels/"
MAX_MANIFEST_BYTES = 256 * 1024
MAX_BUNDLE_BYTES = 1024 * 1024 * 1024
BUNDLE_PATH = "/releases/"
"""Where a device fetches a bundle by its sha256, showing its certificate."""

_PURPOSE = b"huxiao\x00release\x00"
ORDER_PURPOSE = "release"

Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,62}$")]
Wheel = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,200}\.whl$")]


class Why(StrEnum):
    """Why a bundle is not installed, in one word for a program."""

    SIGNATURE = "signature"
    KEY = "key"
    MANIFEST = "manifest"
    FILES = "files"
    HASH = "hash"
    FAILED_BEFORE = "failed_before"
    DOWNGRADE = "downgrade"
    MACHINE = "machine"
    PYTHON = "python"
    SIZE = "size"
    DAMAGED = "damaged"
    DISK = "disk"
    SLOTS = "slots"
    INSTALL = "install"
    FETCH = "fetch"
    BROKEN = "broken"
    TAKEN_BACK = "taken_back"


class ReleaseError(ValueError):
    """A bundle that may not be installed: `code` for a program, the text for a person."""

    def __init__(self, code: Why, words: str) -> None:
        super().__init__(words)
        self.code = code


class Manifest(Message):
    """What a bundle holds, and which machines it is for."""

    v: Literal[1] = 1
    name: Literal["huxiao"] = "huxiao"
    version: Version
    seq: int = Field(ge=1, le=2**53 - 1)
    python: tuple[Annotated[str, Field(pattern=r"^3\.\d{1,2}$")], ...] = Field(min_length=1)
    machine: Literal["aarch64", "x86_64", "any"]
    files: dict[Wheel, Sha256] = Field(min_length=1, max_length=500)


class ReleaseOrder(Message):
    """Central's word to one device, signed; an order that is not newer than the last is ignored.

    `install`: fetch and try it. `drop`: forget it unless it runs. `return`: go back to before it.
    """

    v: Literal[1] = 1
    device_id: DeviceId
    order: int = Field(ge=1, le=2**53 - 1)
    action: Literal["install", "drop", "return"]
    version: Version
    seq: int = Field(ge=1, le=2**53 - 1)
    sha256: Sha256
    size_bytes: int = Field(ge=1, le=MAX_BUNDLE_BYTES)
    at: Utc


def key_name(public_key: bytes) -> str:
    """Name an Ed25519 public key, 32 raw bytes."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def signature_of(manifest: bytes, private_key: bytes) -> bytes:
    """Sign a manifest's bytes; the signature's file."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    name = key_name(key.public_key().public_bytes_raw())
    signature = b64encode(key.sign(_PURPOSE + manifest)).decode("ascii")
    return json.dumps({"key": name, "signature": signature}).encode()


def verified_manifest(manifest: bytes, signature: bytes, keys: Iterable[bytes]) -> Manifest:
    """Read a manifest that one of these keys (32 raw bytes each) has signed.

    Raises:
        ReleaseError: another key, a bad signature, or signed nonsense.
    """
    try:
        said = json.loads(signature)
        wanted, given = str(said["key"]), b64decode(said["signature"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ReleaseError(Why.SIGNATURE, "更新包没有签名 (the bundle is not signed)") from None
    known = {key_name(key): key for key in keys}
    if wanted not in known:
        raise ReleaseError(
            Why.KEY, "更新包的签名密钥不被信任 (signed by a key that is not trusted)"
        )
    try:
        Ed25519PublicKey.from_public_bytes(known[wanted]).verify(given, _PURPOSE + manifest)
    except (InvalidSignature, ValueError):
        raise ReleaseError(Why.SIGNATURE, "更新包签名不对,可能被改动 (bad signature)") from None
    try:
        return Manifest.model_validate_json(manifest)
    except ValidationError:
        words = "更新包清单读不懂,可能需要先装较早的版本 (the manifest cannot be read)"
        raise ReleaseError(Why.MANIFEST, words) from None
