"""The keys of the district's galleries: files beside the database, in no backup of it.

Beside one key a person, `signing.key` signs what devices are told; `enrolment.key` opens what
stations send.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from central.adapters.certificates import write_secret
from central.adapters.person_keys import (
    KeyGoneError,
    PersonKeys,
    digest_of,
    lock,
    unlock,
)
from contract.sealing import KEY_BYTES, make_sealing_key, sealing_key_of
from contract.signing import make_signing_key, signing_key_of

__all__ = ["GalleryKeys", "KeyGoneError", "digest_of", "lock", "unlock"]


class GalleryKeys(PersonKeys):
    """The folder of keys; whatever is missing in it is made when first opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder

    def prepare(self) -> "GalleryKeys":
        """Make what is missing; what is there stays."""
        super().prepare()
        makers = {"signing.key": make_signing_key, "enrolment.key": make_sealing_key}
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

    def for_device(self, entry_id: str, device_id: str) -> bytes:
        """Give the key under which one device keeps a person; another device's says nothing."""
        info = f"huxiao gallery\x00{device_id}\x00{entry_id}".encode()
        return HKDF(SHA256(), KEY_BYTES, None, info).derive(self.of(entry_id))
