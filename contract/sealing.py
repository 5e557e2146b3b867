"""Sealed letters: only the holder of one private key opens them, and only in their own place.

HPKE (RFC 9180), base mode: X25519, HKDF-SHA256, AES-256-GCM; a fresh key for every letter. What
the letter belongs to (device, revision, entry) goes in as `info`: moved elsewhere it opens no more.
Keys are the 32 raw bytes; on the wire they are base64.
"""

from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

KEY_BYTES = 32

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealError(ValueError):
    """A letter that does not open: damaged, for somebody else, or out of its place."""


def make_sealing_key() -> bytes:
    """Make the private key of somebody who is to receive sealed letters."""
    return X25519PrivateKey.generate().private_bytes_raw()


def sealing_key_of(private_key: bytes) -> bytes:
    """Give the public half, for whoever seals."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def seal(content: bytes, public_key: bytes, *place: str) -> bytes:
    """Seal for the holder of a key, bound to a place.

    Raises:
        SealError: not a public key.
    """
    try:
        return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public_key), _info(place))
    except ValueError as error:
        msg = "not an X25519 public key"
        raise SealError(msg) from error


def unseal(sealed: bytes, private_key: bytes, *place: str) -> bytes:
    """Open what was sealed for us, in this place.

    Raises:
        SealError: damaged, sealed for another key, or for another place.
    """
    try:
        return _SUITE.decrypt(
            sealed, X25519PrivateKey.from_private_bytes(private_key), _info(place)
        )
    except (InvalidTag, ValueError) as error:
        msg = "does not open: damaged, for somebody else, or out of its place"
        raise SealError(msg) from error


def as_text(key: bytes) -> str:
    """Write bytes as a message carries them."""
    return b64encode(key).decode("ascii")


def from_text(text: str) -> bytes:
    """Read bytes that a message carries.

    Raises:
        SealError: not base64.
    """
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        msg = "not base64"
        raise SealError(msg) from error


def _info(place: tuple[str, ...]) -> bytes:
    """Join the parts so that no other parts give the same bytes."""
    return b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in ("huxiao", *place))
