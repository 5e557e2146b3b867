"""The roster: pupils are added, opened for a purpose, and erased with proof."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import GalleryKeys, KeyGoneError, digest_of, lock, unlock
from central.adapters.store import audit, pupils, tasks
from central.adapters.store.engine import Store
from central.adapters.store.pupils import GuardianRow, Pupil
from central.core.pupils import (
    Guardian,
    GuardianWanted,
    PupilWanted,
    RosterError,
    UnknownPupilError,
)

Change = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A pupil whose name and guardians have been opened, for the purpose that was written down."""

    pupil: Pupil
    name: str
    class_name: str
    guardians: tuple[Guardian, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """Keeps the district's pupils. One key a child: it locks the guardians' contacts too."""

    keys: GalleryKeys

    def put(
        self, connection: Connection, wanted: Sequence[PupilWanted], by: str, now_ms: int
    ) -> list[tuple[str, Change]]:
        """Add pupils or change what is different; give each one's id and what became of it.

        Raises:
            RosterError: a school that does not exist.
        """
        for code in sorted({one.unit_code for one in wanted}):
            if tasks.unit(connection, code) is None:
                zh = f"没有这所学校:{code}"
                raise RosterError(zh, f"no such school: {code}")
        done = [self._put_one(connection, one, now_ms) for one in wanted]
        touched = [pupil_id for pupil_id, change in done if change != "unchanged"]
        if touched:
            audit.append(connection, now_ms, by, "pupil.put", "roster", {"pupils": touched})
        return done

    def opened(
        self, connection: Connection, pupil: Pupil, by: str, why: str, now_ms: int
    ) -> Opened:
        """Open a pupil and the guardians, for one purpose; that is kept in the audit log.

        Raises:
            UnknownPupilError: erased.
        """
        name = self.name(pupil)
        rows = pupils.guardians(connection, pupil.pupil_id)
        family = tuple(guardian for row in rows if (guardian := self.guardian(row)))
        label = self.class_name(connection, pupil)
        subject = f"pupil:{pupil.pupil_id}"
        audit.append(connection, now_ms, by, "pupil.opened", subject, {"why": why})
        return Opened(pupil, name, label, family)

    def names(
        self, connection: Connection, chosen: Iterable[Pupil], by: str, why: str, now_ms: int
    ) -> dict[str, str]:
        """Open several pupils' names at once, by id, in one entry of the audit log.

        Who was erased is left out.
        """
        found = {}
        for pupil in chosen:
            if not pupil.is_gone:
                found[pupil.pupil_id] = self.name(pupil)
        if found:
            audit.append(connection, now_ms, by, "pupil.named", why, {"pupils": sorted(found)})
        return found

    def guardian(self, row: GuardianRow) -> Guardian | None:
        """Open a guardian's contact, for sending; None once the child was erased."""
        try:
            content = self._unlocked(row.pupil_id, row.locked, f"guardian:{row.guardian_id}")
        except KeyGoneError:
            return None
        return Guardian(
            row.guardian_id, content["name"], content["phone"], content["zlb"],
            row.relation, row.told_by_sms, row.told_by_zlb,
        )  # fmt: skip

    def class_name(self, connection: Connection, pupil: Pupil) -> str:
        """Give what the school calls the pupil's class."""
        if pupil.class_code is None:
            return ""
        named = pupils.class_names(connection, pupil.unit_code).get(pupil.class_code)
        grade, _, number = pupil.class_code.partition("-")
        return named or f"{grade}年级{number}班"

    def link(
        self, connection: Connection, pupil: Pupil, entry_id: str, by: str, now_ms: int
    ) -> None:
        """Say that an enrolment of the pupil's school is this pupil. Twice changes nothing.

        Raises:
            RosterError: no such enrolment in this school, or it is another pupil's.
        """
        if not pupils.is_enrolled(connection, entry_id, pupil.unit_code):
            zh = f"本校没有这个人脸登记:{entry_id}"
            raise RosterError(zh, f"the school has no such enrolment: {entry_id}")
        if pupils.link(connection, entry_id, pupil.pupil_id) != pupil.pupil_id:
            zh = f"这个人脸登记已属于另一名学生:{entry_id}"
            raise RosterError(zh, f"this enrolment is another pupil's: {entry_id}")
        detail = {"entry_id": entry_id}
        audit.append(connection, now_ms, by, "pupil.link", f"pupil:{pupil.pupil_id}", detail)

    def withdraw(
        self, connection: Connection, pupil_id: str, by: str, now_ms: int, reason: str = ""
    ) -> None:
        """Empty a pupil's row and end the enrolments; the keys go right after, by `erase`.

        Raises:
            UnknownPupilError: there is no such pupil.
        """
        pupil = pupils.found(connection, pupil_id)
        if pupil is None:
            raise unknown_pupil(pupil_id)
        if pupil.is_gone:
            return
        keeper = Keeper(self.keys)
        entry_ids = pupils.entries(connection, pupil_id)
        for entry_id in entry_ids:
            keeper.withdraw(connection, entry_id, by, now_ms, reason or "pupil withdrawn")
        pupils.empty(connection, pupil_id, by, now_ms)
        detail = {"reason": reason, "entries": entry_ids, "key_digest": pupil.key_digest}
        audit.append(connection, now_ms, by, "pupil.withdraw", f"pupil:{pupil_id}", detail)

    def erase(self, store: Store, now_ms: int) -> int:
        """Destroy the keys of all who were withdrawn, with proof; give how many.

        After the commit that withdrew them: a key must not go where the withdrawal is undone.
        """
        with store.reading() as connection:
            due = pupils.keys_to_destroy(connection)
        for pupil_id, digest in due:
            self.keys.destroy(key_id(pupil_id))
            with store.transaction() as connection:
                if pupils.key_destroyed(connection, pupil_id, now_ms):
                    subject = f"pupil:{pupil_id}"
                    audit.append(connection, now_ms, "central", "pupil.key_destroyed", subject,
                                 {"key_digest": digest})  # fmt: skip
        if due:
            Keeper(self.keys).erase(store, now_ms)
        return len(due)

    def _put_one(
        self, connection: Connection, wanted: PupilWanted, now_ms: int
    ) -> tuple[str, Change]:
        before = pupils.by_school_no(connection, wanted.unit_code, wanted.school_no)
        pupils.put_class(connection, wanted.unit_code, wanted.class_code)
        if before is None:
            return self._add(connection, wanted, now_ms), "added"
        changes: dict[str, Any] = {
            name: value for name, value in _plain(wanted).items() if value != getattr(before, name)
        }
        if wanted.name != self.name(before):
            changes["locked"] = self._locked(before.pupil_id, {"name": wanted.name})
        moved = self._put_guardians(connection, before.pupil_id, wanted.guardians)
        if changes:
            pupils.change(connection, before.pupil_id, changed_at=now_ms, **changes)
        return before.pupil_id, "changed" if changes or moved else "unchanged"

    def _add(self, connection: Connection, wanted: PupilWanted, now_ms: int) -> str:
        pupil_id = str(uuid7())
        key = self.keys.of_or_new(key_id(pupil_id))
        pupil = Pupil(
            pupil_id, wanted.unit_code, **_plain(wanted), school_no=wanted.school_no,
            locked=self._locked(pupil_id, {"name": wanted.name}), key_digest=digest_of(key),
            created_at=now_ms, changed_at=now_ms,
        )  # fmt: skip
        pupils.insert(connection, pupil)
        self._put_guardians(connection, pupil_id, wanted.guardians)
        return pupil_id

    def _put_guardians(
        self, connection: Connection, pupil_id: str, wanted: Sequence[GuardianWanted] | None
    ) -> bool:
        """Make a pupil's guardians those wanted, each keeping its id; tell whether any differ."""
        if wanted is None:
            return False
        rows = pupils.guardians(connection, pupil_id)
        before = [one for row in rows if (one := self.guardian(row))]
        ids = {one.name: one.guardian_id for one in before}
        after = [Guardian(ids.get(one.name, str(uuid7())), **one.model_dump()) for one in wanted]
        if sorted(before, key=_by_id) == sorted(after, key=_by_id):
            return False
        pupils.put_guardians(connection, pupil_id, [self._row(pupil_id, one) for one in after])
        return True

    def _row(self, pupil_id: str, one: Guardian) -> GuardianRow:
        content = {"name": one.name, "phone": one.phone, "zlb": one.zlb}
        locked = self._locked(pupil_id, content, f"guardian:{one.guardian_id}")
        return GuardianRow(
            one.guardian_id, pupil_id, locked, one.relation, one.told_by_sms, one.told_by_zlb
        )

    def name(self, pupil: Pupil) -> str:
        """Open a pupil's name; whoever calls this keeps in the audit log what for.

        Raises:
            UnknownPupilError: erased.
        """
        try:
            if pupil.locked is not None:
                return self._unlocked(pupil.pupil_id, pupil.locked, key_id(pupil.pupil_id))["name"]
        except KeyGoneError as error:
            raise unknown_pupil(pupil.pupil_id) from error
        raise unknown_pupil(pupil.pupil_id)

    def _locked(self, pupil_id: str, content: dict[str, str], place: str | None = None) -> bytes:
        key = self.keys.of(key_id(pupil_id))
        packed = json.dumps(content, ensure_ascii=False).encode()
        return lock(key, packed, place or key_id(pupil_id))

    def _unlocked(self, pupil_id: str, locked: bytes, place: str) -> dict[str, str]:
        packed = unlock(self.keys.of(key_id(pupil_id)), locked, place)
        return dict(json.loads(packed))


def key_id(pupil_id: str) -> str:
    """Give the name of a pupil's key, and the place to which the locked name is bound."""
    return f"pupil:{pupil_id}"


def unknown_pupil(pupil_id: str) -> UnknownPupilError:
    """Say that there is no such pupil (any more)."""
    return UnknownPupilError(f"没有这名学生:{pupil_id}", f"no such pupil: {pupil_id}")


def _by_id(one: Guardian) -> str:
    return one.guardian_id


def _plain(wanted: PupilWanted) -> dict[str, Any]:
    return {
        "class_code": wanted.class_code,
        "birth_year": wanted.birth_year,
        "is_boarder": wanted.is_boarder,
        "dormitory_room": wanted.dormitory_room or None,
    }
