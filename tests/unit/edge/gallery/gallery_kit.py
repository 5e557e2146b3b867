"""A district's pen in memory, and a device that reads what it writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from contract.gallery import PURPOSE, GalleryEntry, GalleryUpdate, SealedEntry
from contract.sealing import as_text, make_sealing_key, seal, sealing_key_of
from contract.signing import make_signing_key, signed, signing_key_of
from edge_agent.adapters.gallery import EncryptedGallery, Terms
from edge_agent.adapters.gallery_file import GalleryFile
from edge_agent.adapters.gallery_keys import KeyRing, device_sealing_key
from edge_agent.simulated import ManualTime
from edge_agent.wiring.galleries import DAY_S
from edge_agent.wiring.gallery_delivery import Delivery, Keys

DEVICE = "water-001"
SHA = "a" * 64
DISPOSITION = {"disposition_id": "d1", "action": "请核实", "approver": "王", "legal_basis": "令"}


def an_entry(entry_id: str = "p1", **changes: Any) -> GalleryEntry:
    numbers = np.random.default_rng(abs(hash(entry_id)) % 2**32).normal(size=128)
    template = (numbers / np.linalg.norm(numbers)).astype("<f4")
    given: dict[str, Any] = {
        "entry_id": entry_id, "kind": "pupil", "purpose": "drowning_risk", "backend": "sface",
        "model_sha256": SHA, "template": as_text(template.tobytes()), "key": as_text(bytes(32)),
        "consent": "2026-015", "expires_at": datetime(2027, 6, 1, tzinfo=UTC),
    }  # fmt: skip
    return GalleryEntry.model_validate(given | changes)


def named(entry_id: str = "p1", **changes: Any) -> GalleryEntry:
    given = {"may_be_named": True, "name": "张小明", "class_name": "三年级二班"}
    return an_entry(entry_id, **given | changes)


def watched(entry_id: str = "w1") -> GalleryEntry:
    return an_entry(
        entry_id, kind="watchlist", purpose="person_of_concern", disposition=DISPOSITION
    )


@dataclass
class Box:
    """A device: its folders, its clock, the link's delivery, and the district that writes to it."""

    folder: Path
    time: ManualTime = field(default_factory=ManualTime)
    signing: bytes = field(default_factory=make_signing_key)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def keys(self) -> Path:
        return self.folder / "run"

    def file(self) -> GalleryFile:
        return GalleryFile(self.data / "gallery.db", KeyRing(self.keys, self.data))

    def delivery(self) -> Delivery:
        file = self.file()
        file.settle()
        keys = Keys(signing_key_of(self.signing), device_sealing_key(self.data))
        return Delivery(DEVICE, keys, file, self.time)

    def gallery(self, boot_id: str = "boot-1", max_days: float = 7.0) -> EncryptedGallery:
        return EncryptedGallery(
            self.file(), Terms("sface", SHA, max_days * DAY_S, boot_id), self.time
        )

    def update(
        self, revision: int, entries: Sequence[GalleryEntry] = (), *, follows: int | None = None,
        key: bytes | None = None, sealed_for: int | None = None, **more: Any,
    ) -> bytes:  # fmt: skip
        """Write an update; `key`, `sealed_for` and `more` can make it a wrong one."""
        public = key or sealing_key_of(device_sealing_key(self.data))
        device_id = more.pop("device_id", DEVICE)
        signing = more.pop("signing", self.signing)
        sealed = [
            SealedEntry(
                entry_id=entry.entry_id, kind=entry.kind, purpose=entry.purpose,
                sealed=as_text(seal(
                    entry.model_dump_json().encode(), public,
                    "gallery", device_id, str(sealed_for or revision), entry.entry_id,
                )),
            )
            for entry in entries
        ]  # fmt: skip
        fields = {
            "device_id": device_id, "revision": revision, "entries": tuple(sealed),
            "follows": revision - 1 if follows is None else follows,
            "issued_at": self.time.now(),
        } | more  # fmt: skip
        update = GalleryUpdate.model_validate(fields)
        return signed(update.model_dump(mode="json"), signing, PURPOSE)

    def on_card(self) -> bytes:
        """All that a thief finds who takes the card out."""
        return b"".join(path.read_bytes() for path in self.data.rglob("*") if path.is_file())


def ids(gallery: EncryptedGallery) -> tuple[str, ...]:
    gallery.look_again()
    return gallery.templates().entry_ids


STRANGER = sealing_key_of(make_sealing_key())
