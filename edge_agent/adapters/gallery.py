"""Whom this device may match, open in memory only: templates, names, dispositions, sounds.

What is revoked, expired, or older than the last contact allows is gone at the next look, and
destroyed in the file. Who is in it is never logged.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from contract.gallery import Disposition, GalleryEntry
from contract.sealing import from_text
from edge_agent.adapters.gallery_file import Contact, GalleryFile
from edge_agent.adapters.gallery_keys import locked, unlocked
from edge_agent.core.matching import TemplateSet
from edge_agent.core.naming import Addressee
from edge_agent.ports import GalleryError, Timepiece

LOG = logging.getLogger("huxiao.gallery")

LOOK_S = 2.0
"""How long a change by another process may go unseen."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a gallery is held: by which recogniser, and how long without contact.

    `model_sha256` empty: templates of any weights.
    """

    backend: str
    model_sha256: str
    max_silence_s: float
    boot_id: str


@dataclass(frozen=True, slots=True)
class _Held:
    """What one look at the file has shown."""

    entries: dict[str, GalleryEntry] = field(default_factory=dict)
    templates: TemplateSet = field(default_factory=TemplateSet)
    next_expiry: float = float("inf")


class EncryptedGallery:
    """One process's view of the device's gallery; any thread may ask."""

    def __init__(self, file: GalleryFile, terms: Terms, timepiece: Timepiece) -> None:
        self._file = file
        self._terms = terms
        self._time = timepiece
        self._lock = threading.RLock()
        self._held = _Held()
        self._version = -1
        self._said = ""
        self._looked_at = float("-inf")

    def templates(self) -> TemplateSet:
        """Give what may be matched now."""
        return self._now().templates

    def spoken(self, entry_id: str) -> Addressee | None:
        """Tell whom a match is, for the voice; None where there is no such pupil."""
        entry = self._now().entries.get(entry_id)
        return None if entry is None or entry.kind != "pupil" else _addressee(entry)

    def everybody(self) -> list[Addressee]:
        """Give all pupils, so that their names can be made ready."""
        held = self._now().entries.values()
        return [_addressee(entry) for entry in held if entry.kind == "pupil"]

    def disposition(self, entry_id: str) -> Disposition | None:
        """Tell what the authority asks of a school that meets somebody of a watchlist."""
        entry = self._now().entries.get(entry_id)
        return None if entry is None else entry.disposition

    def entries(self) -> Sequence[GalleryEntry]:
        """Give every entry, for the list of an installer."""
        return list(self._now().entries.values())

    def seal(self, entry_id: str, content: bytes) -> bytes | None:
        """Lock something under an entry's own key; None where there is no such entry."""
        entry = self._now().entries.get(entry_id)
        return None if entry is None else locked(from_text(entry.key), content, "sound", entry_id)

    def unseal(self, entry_id: str, sealed: bytes) -> bytes | None:
        """Open it again; None where the entry is gone, or this is none of its own."""
        entry = self._now().entries.get(entry_id)
        return None if entry is None else unlocked(from_text(entry.key), sealed, "sound", entry_id)

    def look_again(self) -> None:
        """Look into the file at the next question, however short ago the last look was."""
        self._looked_at = float("-inf")

    def _now(self) -> _Held:
        with self._lock:
            now = self._time.now().timestamp()
            is_expired = now >= self._held.next_expiry
            if is_expired or self._time.monotonic() - self._looked_at >= LOOK_S:
                self._looked_at = self._time.monotonic()
                self._try_to_look(now, is_expired=is_expired)
            return self._held

    def _try_to_look(self, now: float, *, is_expired: bool) -> None:
        """A gallery that cannot be read is no gallery; the watch goes on without names."""
        said, self._said = self._said, ""
        try:
            if is_expired:
                self._file.forget_expired(now)
            self._look(now)
        except GalleryError as error:
            self._held, self._version, self._said = _Held(), -1, str(error)
            if self._said != said:
                LOG.error("%s", error)  # noqa: TRY400 - one line in words, no traceback

    def _look(self, now: float) -> None:
        version = self._file.version()
        if version and self._is_silent(now):
            self._file.wipe()
            version = self._file.version()
        if version == self._version and (version or not self._held.entries):
            return
        self._held = self._read(now)
        self._version = version

    def _is_silent(self, now: float) -> bool:
        contact = self._file.contact()
        if contact is None or not self._held_or_unknown():
            return False
        return silence_s(contact, self._terms.boot_id, now, self._time.monotonic()) > (
            self._terms.max_silence_s
        )

    def _held_or_unknown(self) -> bool:
        return self._version == -1 or bool(self._held.entries)

    def _read(self, now: float) -> _Held:
        entries = {entry.entry_id: entry for entry in self._file.entries()}
        alive = {key: one for key, one in entries.items() if one.expires_at.timestamp() > now}
        expiries = [entry.expires_at.timestamp() for entry in entries.values()]
        revision = self._file.standing().revision if entries else 0
        usable = [entry for entry in alive.values() if self._is_ours(entry)]
        return _Held(alive, _templates(usable, revision), min(expiries, default=float("inf")))

    def _is_ours(self, entry: GalleryEntry) -> bool:
        """Numbers of another recogniser mean something else."""
        wanted = self._terms.model_sha256
        return entry.backend == self._terms.backend and wanted in {"", entry.model_sha256}


def silence_s(contact: Contact, boot_id: str, now: float, monotonic: float) -> float:
    """Tell how long nothing has been heard.

    Within one boot by the clock that nobody sets: a box without a battery clock learns the date
    only after its first contact, and must not take that for a long silence.
    """
    return monotonic - contact.monotonic if contact.boot_id == boot_id else now - contact.at


def _templates(entries: Sequence[GalleryEntry], revision: int) -> TemplateSet:
    if not entries:
        return TemplateSet(revision=revision)
    rows = [np.frombuffer(from_text(entry.template), "<f4") for entry in entries]
    return TemplateSet(
        tuple(entry.entry_id for entry in entries),
        tuple(entry.kind for entry in entries),
        np.stack(rows).astype(np.float32),
        revision,
    )


def _addressee(entry: GalleryEntry) -> Addressee:
    return Addressee(
        entry.entry_id, entry.name, entry.class_name, entry.may_be_named, entry.reading
    )
