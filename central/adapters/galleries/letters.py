"""A planned update becomes a signed message: opened, sealed to the device, at the last moment."""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import Connection, RowMapping

from central.adapters.galleries.keys import GalleryKeys, KeyGoneError, unlock
from central.adapters.store import directory, enrolments
from central.core.galleries import Plan
from contract.gallery import (
    PURPOSE,
    Disposition,
    GalleryEntry,
    GalleryUpdate,
    Likeness,
    SealedEntry,
)
from contract.sealing import SealError, as_text, from_text, seal
from contract.signing import signed

LOG = logging.getLogger("huxiao.galleries")


@dataclass(frozen=True, slots=True)
class GalleryLetters:
    """Writes what devices are told of their galleries."""

    keys: GalleryKeys

    def written(self, connection: Connection, down: RowMapping, now_ms: int) -> bytes | None:
        """Give the message of a queued plan; None for a device that may be told nothing (more).

        Who was withdrawn since the plan was made travels as a removal. A key that is none, as a
        broken device might report, must not keep others from being told.
        """
        try:
            return self._written(connection, down, now_ms)
        except (SealError, ValidationError):
            LOG.exception("人脸库消息写不出来，跳过 (not sent): %s", down["device_id"])
            return None

    def _written(self, connection: Connection, down: RowMapping, now_ms: int) -> bytes | None:
        device = directory.device(connection, down["device_id"])
        if device is None or device["is_revoked"] or device["gallery_key"] is None:
            return None
        plan = Plan.model_validate_json(down["body"])
        sealed = [
            one
            for row in enrolments.several(connection, plan.entry_ids, now_ms)
            if (one := self._sealed(row, device, plan.revision)) is not None
        ]
        gone = set(plan.entry_ids) - {one.entry_id for one in sealed}
        update = GalleryUpdate(
            device_id=device["device_id"],
            revision=plan.revision,
            follows=plan.follows,
            issued_at=datetime.fromtimestamp(now_ms / 1000, UTC),
            entries=tuple(sealed),
            removed=(*plan.removed, *sorted(gone)),
            is_complete=plan.is_complete,
        )
        return signed(update.model_dump(mode="json"), self.keys.signing_key, PURPOSE)

    def _sealed(self, row: RowMapping, device: RowMapping, revision: int) -> SealedEntry | None:
        entry_id, device_id = row["entry_id"], device["device_id"]
        try:
            own = self.keys.of(entry_id)
            likeness = json.loads(unlock(own, row["likeness"], entry_id))
            key = self.keys.for_device(entry_id, device_id)
        except KeyGoneError:
            LOG.error("登记 %s 的密钥不在，未下发 (its key is gone, not delivered)", entry_id)  # noqa: TRY400 - nothing to trace
            return None
        entry = _entry(row, Likeness.model_validate(likeness), key)
        place = ("gallery", device_id, str(revision), entry_id)
        content = seal(entry.model_dump_json().encode(), from_text(device["gallery_key"]), *place)
        return SealedEntry(
            entry_id=entry_id, purpose=entry.purpose, kind=entry.kind, sealed=as_text(content)
        )


def _entry(row: RowMapping, likeness: Likeness, key: bytes) -> GalleryEntry:
    disposition = row["disposition"]
    return GalleryEntry(
        **likeness.model_dump(),
        entry_id=row["entry_id"],
        kind=row["kind"],
        purpose=row["purpose"],
        key=as_text(key),
        expires_at=datetime.fromtimestamp(row["expires_at"] / 1000, UTC),
        consent=row["consent"],
        disposition=None if disposition is None else Disposition.model_validate(disposition),
    )
