"""Consents are recorded with their form, and what they carry ends with them, with proof."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import KeyGoneError, lock, unlock
from central.adapters.photographs import made_anew
from central.adapters.registry.consent_rows import row_of
from central.adapters.registry.locking import key_id
from central.adapters.registry.roster import unknown_pupil
from central.adapters.store import audit, consents, pupils
from central.adapters.store.engine import Store
from central.adapters.store.pupils import Pupil
from central.core import consents as rules
from central.core.consents import Consented, Given
from central.core.consents_wanted import today_of

BY_TIME = "central:expiry"
KEEP_FORMS_MS = 3 * 365 * 24 * 3600 * 1000
"""Ours: so long an ended consent can still be proved by its form."""


@dataclass(frozen=True, slots=True)
class Consenting:
    """Keeps the registry of consents. `forms`: pictures of them, locked, by their content."""

    keeper: Keeper
    forms: EvidenceFiles

    def record(
        self, connection: Connection, pupil: Pupil, given: Sequence[Given], by: str, now_ms: int
    ) -> list[str]:
        """Keep consents of a pupil; give their ids. What is renewed stands in the older's place.

        Raises:
            RosterError: one that cannot be a consent.
        """
        today = today_of(now_ms)
        for one in given:
            rules.check(one, pupil.birth_year, today)
        before = consents.of_pupils(connection, [pupil.pupil_id], now_ms)
        rows = [row_of(pupil, one, by, now_ms) for one in given]
        consents.put(connection, rows)
        old = [row["consent_id"] for one in given
               if (row := before.get((pupil.pupil_id, one.what)))]  # fmt: skip
        consents.end(connection, old, by, now_ms, "renewed")
        detail = {"consents": [[row["number"], row["what"]] for row in rows], "renewed": len(old)}
        audit.append(connection, now_ms, by, "consent.put", f"pupil:{pupil.pupil_id}", detail)
        return [str(row["consent_id"]) for row in rows]

    def withdraw(
        self, connection: Connection, row: RowMapping, by: str, now_ms: int, reason: str
    ) -> list[str]:
        """End a consent and at once what it carries; give the enrolments that ended or changed.

        Their keys go right after the commit, by `Keeper.erase`.
        """
        if not consents.end(connection, [row["consent_id"]], by, now_ms, reason):
            return []
        touched = self._let_go(connection, row, by, now_ms)
        detail = {"number": row["number"], "what": row["what"], "reason": reason,
                  "entries": touched}  # fmt: skip
        subject = f"pupil:{row['pupil_id']}"
        audit.append(connection, now_ms, by, "consent.withdraw", subject, detail)
        return touched

    def tend(self, store: Store, now_ms: int) -> None:
        """End what has run out, and forget forms that nobody has to show any more."""
        with store.reading() as connection:
            over = consents.over(connection, now_ms)
            old = consents.pictures_of_ended(connection, now_ms - KEEP_FORMS_MS)
        for row in over:
            with store.transaction() as connection:
                self.withdraw(connection, row, BY_TIME, now_ms, "expired")
        for row in old:
            with store.transaction() as connection:
                consents.forget_picture(connection, row["consent_id"])
            self.forms.delete(row["picture_sha256"])
        if over:
            self.keeper.erase(store, now_ms)

    def attach(
        self, connection: Connection, row: RowMapping, content: bytes, by: str, at: int
    ) -> None:
        """Keep a picture of the signed form, made anew and locked under the pupil's key.

        Raises:
            PhotoError: no usable picture.
            UnknownPupilError: erased.
        """
        try:
            key = self.keeper.keys.of(key_id(row["pupil_id"]))
        except KeyGoneError as error:
            raise unknown_pupil(row["pupil_id"]) from error
        locked = lock(key, made_anew(content), _place(row["consent_id"]))
        sha256 = hashlib.sha256(locked).hexdigest()
        self.forms.put(sha256, locked)
        consents.keep_picture(connection, row["consent_id"], sha256)
        audit.append(connection, at, by, "consent.form", f"pupil:{row['pupil_id']}",
                     {"number": row["number"], "sha256": sha256})  # fmt: skip

    def picture(self, row: RowMapping) -> bytes | None:
        """Open a form's picture; None where there is none, or the pupil was erased."""
        locked = self.forms.read(row["picture_sha256"]) if row["picture_sha256"] else None
        if locked is None:
            return None
        try:
            key = self.keeper.keys.of(key_id(row["pupil_id"]))
            return unlock(key, locked, _place(row["consent_id"]))
        except KeyGoneError:
            return None

    def _let_go(self, connection: Connection, row: RowMapping, by: str, now_ms: int) -> list[str]:
        what = Consented(row["what"])
        entry_ids = consents.entries_under(connection, row["pupil_id"], what)
        for entry_id in entry_ids:
            if what is Consented.NAMED_ALOUD:
                self.keeper.unname(connection, entry_id, by, now_ms)
            else:
                self.keeper.withdraw(connection, entry_id, by, now_ms, "consent withdrawn")
        return entry_ids


def listed_for(connection: Connection, pupil_id: str) -> list[RowMapping]:
    """List a pupil's consents, the newest first; of nobody none."""
    return consents.history(connection, pupil_id) if pupils.found(connection, pupil_id) else []


def _place(consent_id: str) -> str:
    return f"consent:{consent_id}"
