"""Central's signature under what it tells devices: Ed25519 over the message's canonical bytes.

Canonical: the JSON object without `signature`, keys sorted, no spaces, UTF-8. Fields that a reader
does not know are covered too. `purpose` keeps a signature for one use from serving another.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE = "signature"


class SignatureError(ValueError):
    """A message that the holder of the expected key has not signed for this purpose."""


def make_signing_key() -> bytes:
    """Make a private key, 32 raw bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def signing_key_of(private_key: bytes) -> bytes:
    """Give the public half, for whoever checks."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def signed(fields: dict[str, Any], private_key: bytes, purpose: str) -> bytes:
    """Give a message with its signature, as it travels."""
    content = canonical(fields)
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    signature = b64encode(key.sign(_covered(content, purpose))).decode("ascii")
    return canonical(fields, {SIGNATURE: signature})


def verified(payload: bytes, public_key: bytes, purpose: str) -> bytes:
    """Give the canonical bytes of a message whose signature holds; read those, not the payload.

    Raises:
        SignatureError: no JSON object, not signed, or not by this key for this purpose.
    """
    try:
        fields = json.loads(payload)
        signature = b64decode(fields.pop(SIGNATURE), validate=True)
        content = canonical(fields)
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, _covered(content, purpose))
    except (
        InvalidSignature, ValueError, KeyError, TypeError, AttributeError, RecursionError
    ) as error:  # fmt: skip
        msg = "not signed by the district's key"
        raise SignatureError(msg) from error
    return content


def canonical(fields: dict[str, Any], more: dict[str, Any] | None = None) -> bytes:
    """Give the one way to write these fields."""
    whole = {key: value for key, value in fields.items() if key != SIGNATURE} | (more or {})
    return json.dumps(
        whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def _covered(content: bytes, purpose: str) -> bytes:
    return b"huxiao\x00" + purpose.encode() + b"\x00" + content
