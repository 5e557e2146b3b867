"""How the link takes the gallery that central delivers. It matches nobody, and loads no numpy."""

import logging
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import ValidationError

from contract.gallery import MAX_GALLERY_BYTES, PURPOSE, GalleryEntry, GalleryUpdate, SealedEntry
from contract.messages import Reported
from contract.reading import MessageError, read
from contract.sealing import SealError, as_text, from_text, sealing_key_of, unseal
from contract.signing import SignatureError, verified
from edge_agent.adapters.clock import SystemTime, boot_id
from edge_agent.adapters.gallery_file import Contact, GalleryFile
from edge_agent.adapters.gallery_keys import KeyRing, device_sealing_key
from edge_agent.config import EdgeConfig
from edge_agent.core.gallery_order import OutOfOrderError
from edge_agent.ports import GalleryError, Timepiece

LOG = logging.getLogger("huxiao.gallery")

CONTACT_EVERY_S = 600.0
"""A memory card is not written for each heartbeat."""


def gallery_file(config: EdgeConfig) -> GalleryFile:
    """Give the file that all processes of the device share."""
    ring = KeyRing(config.gallery.key_dir, config.data_dir)
    return GalleryFile(config.data_dir / "gallery.db", ring)


def open_delivery(config: EdgeConfig, timepiece: Timepiece | None = None) -> "Delivery | None":
    """Give the link its part, or None, loudly, where the device has no place for keys.

    Without central's signing key nothing is believed, and nothing is asked for.
    """
    if config.broker.signing_key_file is None:
        return None
    try:
        signing_key = public_signing_key(config.broker.signing_key_file)
        file = gallery_file(config)
        file.settle()
        private_key = device_sealing_key(config.data_dir)
    except GalleryError as error:
        LOG.error("%s", error)  # noqa: TRY400 - one line in words, no traceback
        return None
    keys = Keys(signing_key, private_key)
    return Delivery(config.device_id, keys, file, timepiece or SystemTime())


def public_signing_key(path: Path) -> bytes:
    """Read central's signing key, a PEM file.

    Raises:
        GalleryError: missing, or no Ed25519 key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        msg = f"平台签名公钥无法读取 (central's signing key cannot be read): {path}: {error}"
        raise GalleryError(msg) from error
    if not isinstance(key, Ed25519PublicKey):
        msg = f"不是 Ed25519 公钥 (not an Ed25519 key): {path}"
        raise GalleryError(msg)
    return key.public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Keys:
    """Whose word is believed, and what opens letters to us."""

    signing_key: bytes
    private_key: bytes


class Delivery:
    """Takes the gallery's updates for the link, and says how far it is."""

    def __init__(self, device_id: str, keys: Keys, file: GalleryFile, timepiece: Timepiece) -> None:
        self._device_id = device_id
        self._keys = keys
        self._file = file
        self._time = timepiece
        self._contact_at = float("-inf")

    def hear(self, payload: bytes) -> bool:
        """Take an update; tell whether the device now has something new to report."""
        try:
            self.take(payload)
        except OutOfOrderError as error:
            LOG.info("人脸库更新未采用 (gallery update not taken): %s", error)
            return not error.is_old
        except GalleryError as error:
            LOG.warning("人脸库更新被拒绝 (gallery update refused): %s", error)
            return False
        return True

    def take(self, payload: bytes) -> None:
        """Take an update whole or not at all.

        Raises:
            GalleryError: not central's, not for us, or it does not open.
            OutOfOrderError: taken already, or something is missing before it.
        """
        update = self._believed(payload)
        self._file.settle()
        standing = self._file.standing().after(update.revision, update.follows)
        entries = [self._opened(update, sealed) for sealed in update.entries]
        now = self._time.now()
        alive = [entry for entry in entries if entry is not None and entry.expires_at > now]
        expired = [entry.entry_id for entry in entries if entry and entry.expires_at <= now]
        self._file.note_contact(self._contact())
        self._file.apply(
            standing, alive, [*update.removed, *expired], is_complete=update.is_complete
        )
        LOG.info("人脸库已更新到第 %d 版 (gallery is at this revision)", update.revision)

    def reported(self, report: Reported) -> Reported:
        """Add to a report what central needs in order to deliver."""
        try:
            revision = self._file.standing().revision
        except GalleryError:
            revision = 0
        key = as_text(sealing_key_of(self._keys.private_key))
        return report.model_copy(update={"gallery_revision": revision, "sealing_key": key})

    def note_contact(self) -> None:
        """The district was heard: the gallery may be held on to."""
        now = self._time.monotonic()
        if now - self._contact_at < CONTACT_EVERY_S:
            return
        try:
            self._file.note_contact(self._contact())
            self._contact_at = now
        except GalleryError as error:
            LOG.warning("%s", error)

    def _contact(self) -> Contact:
        return Contact(self._time.now().timestamp(), self._time.monotonic(), boot_id())

    def _believed(self, payload: bytes) -> GalleryUpdate:
        if len(payload) > MAX_GALLERY_BYTES:
            msg = f"{len(payload)} bytes, at most {MAX_GALLERY_BYTES}"
            raise GalleryError(msg)
        try:
            content = verified(payload, self._keys.signing_key, PURPOSE)
            return read(GalleryUpdate, content, self._device_id, MAX_GALLERY_BYTES)
        except (SignatureError, MessageError) as error:
            raise GalleryError(str(error)) from error

    def _opened(self, update: GalleryUpdate, sealed: SealedEntry) -> GalleryEntry | None:
        place = ("gallery", self._device_id, str(update.revision), sealed.entry_id)
        try:
            content = unseal(from_text(sealed.sealed), self._keys.private_key, *place)
        except SealError as error:
            raise GalleryError(str(error)) from error
        try:
            entry = GalleryEntry.model_validate_json(content)
        except ValidationError:
            LOG.warning("有一条看不懂,已跳过 (an entry cannot be read, left out)")
            return None
        if (entry.entry_id, entry.kind, entry.purpose) != (
            sealed.entry_id, sealed.kind, sealed.purpose
        ):  # fmt: skip
            msg = "an entry says one thing outside and another inside"
            raise GalleryError(msg)
        return entry
