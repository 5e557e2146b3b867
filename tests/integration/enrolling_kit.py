"""A station's letters and a device's ears, for tests of enrolments at central."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, select

from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.galleries.letters import GalleryLetters
from central.adapters.store import directory, down
from central.adapters.store.engine import Store
from central.adapters.store.tables import DOWN_MESSAGE
from contract.enrolment import PLACE, Enrolment
from contract.gallery import (
    MAX_GALLERY_BYTES,
    PURPOSE,
    GalleryEntry,
    GalleryUpdate,
    Likeness,
)
from contract.reading import read
from contract.sealing import as_text, from_text, make_sealing_key, seal, sealing_key_of, unseal
from contract.signing import signing_key_of, verified
from tests.integration.case_district import NOON

DISPOSITION = {
    "disposition_id": "d-1",
    "action": "请核实身份",
    "approver": "何军",
    "legal_basis": "令",
}


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def a_request(keys: GalleryKeys, entry_id: str = "p1", **changes: Any) -> Enrolment:
    """Give what a station sends; consent and a year's time unless changed."""
    named = {key: changes.pop(key) for key in ("name", "class_name") if key in changes}
    likeness = Likeness(
        template=as_text(bytes(512)), backend="sface", model_sha256="a" * 64,
        may_be_named=changes.get("may_be_named", False), **named,
    )  # fmt: skip
    place = (PLACE, changes.pop("sealed_for", entry_id))
    public = sealing_key_of(changes.pop("sealed_to", keys.enrolment_key))
    letter = seal(likeness.model_dump_json().encode(), public, *place)
    given: dict[str, Any] = {
        "entry_id": entry_id, "purpose": "drowning_risk", "unit_code": "school:shiyan",
        "authority": "实验小学", "consent": "2026-015", "guardian_consent": True,
        "expires_at": at(NOON) + timedelta(days=300), "sealed": as_text(letter),
    }  # fmt: skip
    return Enrolment.model_validate(given | changes)


class Ears:
    """One device as central knows it: reports itself, hears what is sent to it."""

    def __init__(self, store: Store, keeper: Keeper, device_id: str = "water-001") -> None:
        self.store, self.keeper, self.device_id = store, keeper, device_id
        self.key = make_sealing_key()
        self.revision = 0
        self.held: dict[str, GalleryEntry] = {}
        self.updates: list[GalleryUpdate] = []

    def report(self) -> None:
        reported = {
            "sealing_key": as_text(sealing_key_of(self.key)),
            "gallery_revision": self.revision,
        }
        with self.store.transaction() as connection:
            directory.change_device(connection, self.device_id, reported=reported, is_online=True)

    def tended(self, now_ms: int = NOON) -> None:
        self.report()
        self.keeper.tend(self.store, now_ms)

    def hear(self, now_ms: int = NOON) -> int:
        """Take all that waits for this device, in order, as it would; give how much it was."""
        count = 0
        for row in self.waiting():
            payload = self.letter(row, now_ms)
            with self.store.transaction() as connection:
                down.published(connection, [row["id"]], now_ms)
            if payload is not None:
                self.take(payload)
                count += 1
        self.report()
        return count

    def waiting(self) -> list[RowMapping]:
        with self.store.reading() as connection:
            rows = down.unpublished(connection, 1000)
            return [row for row in rows if row["device_id"] == self.device_id]

    def letter(self, row: RowMapping, now_ms: int = NOON) -> bytes | None:
        with self.store.reading() as connection:
            return GalleryLetters(self.keeper.keys).written(connection, row, now_ms)

    def take(self, payload: bytes) -> None:
        content = verified(payload, signing_key_of(self.keeper.keys.signing_key), PURPOSE)
        update = read(GalleryUpdate, content, self.device_id, MAX_GALLERY_BYTES)
        assert update.follows in {0, self.revision}
        if update.follows == 0:
            self.fresh: set[str] = set()
        for one in update.entries:
            place = ("gallery", self.device_id, str(update.revision), one.entry_id)
            opened = unseal(from_text(one.sealed), self.key, *place)
            self.held[one.entry_id] = GalleryEntry.model_validate_json(opened)
            self.fresh.add(one.entry_id)
        gone = set(update.removed) | (set(self.held) - self.fresh if update.is_complete else set())
        self.held = {key: one for key, one in self.held.items() if key not in gone}
        self.revision = update.revision
        self.updates.append(update)


def a_keeper(folder: Path) -> Keeper:
    return Keeper(GalleryKeys(folder / "galleries").prepare())


def queued(store: Store) -> str:
    """Give all that waits or has waited for devices, as it lies in the database."""
    with store.reading() as connection:
        return "\n".join(connection.execute(select(DOWN_MESSAGE.c.body)).scalars())
