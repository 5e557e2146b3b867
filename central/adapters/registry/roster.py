"""The roster: pupils are added, opened for a purpose, and erased with proof."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import GalleryKeys, KeyGoneError
from central.adapters.registry.comparing import Before, Change, Difference, Known, difference
from central.adapters.registry.locking import guardian_place, key_id, unlocked
from central.adapters.registry.putting import Putting
from central.adapters.store import audit, consents, pupils, tasks
from central.adapters.store.engine import Store
from central.adapters.store.pupils import GuardianRow, Pupil
from central.core.pupils import (
    Guardian,
    PupilWanted,
    RosterError,
    UnknownPupilError,
)

__all__ = ["Change", "Opened", "Roster", "key_id", "unknown_pupil"]


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
        self, connection: Connection, wanted: Sequence[PupilWanted], by: str, now_ms: int,
        spare: Sequence[str] = (),
    ) -> list[tuple[str, Change]]:  # fmt: skip
        """Add pupils or change what is different; give each one's id and what became of it.

        `spare`: ids whose keys lie ready, see `make_ready`.

        Raises:
            RosterError: a school that does not exist.
        """
        for code in sorted({one.unit_code for one in wanted}):
            if tasks.unit(connection, code) is None:
                zh = f"没有这所学校：{code}"
                raise RosterError(zh, f"no such school: {code}")
        done = Putting(self, connection, by, now_ms, list(spare)).put(wanted)
        touched = [pupil_id for pupil_id, change in done if change != "unchanged"]
        if touched:
            audit.append(connection, now_ms, by, "pupil.put", "roster", {"pupils": touched})
        return done

    def make_ready(self, connection: Connection, wanted: Sequence[PupilWanted]) -> list[str]:
        """Make keys for those of a batch who are new, while nothing is being written."""
        known = pupils.by_numbers(connection, ((one.unit_code, one.school_no) for one in wanted))
        fresh = [str(uuid7()) for _ in range(len(wanted) - len(known))]
        if fresh:
            self.keys.make(map(key_id, fresh))
        return fresh

    def compared(
        self, connection: Connection, wanted: Sequence[PupilWanted], now_ms: int
    ) -> list[Difference]:
        """Tell what `put` would change; opens names to compare them, and shows none."""
        pairs = ((one.unit_code, one.school_no) for one in wanted)
        found = pupils.by_numbers(connection, pairs)
        ids = [one.pupil_id for one in found.values()]
        known = Known(
            found,
            pupils.families(connection, ids),
            consents.of_pupils(connection, ids, now_ms),
        )
        return [difference(one, self._open(known, one)) for one in wanted]

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
            return _guardian(row, self.keys.of(key_id(row.pupil_id)))
        except KeyGoneError:
            return None

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
            zh = f"本校没有这个人脸登记：{entry_id}"
            raise RosterError(zh, f"the school has no such enrolment: {entry_id}")
        if pupils.link(connection, entry_id, pupil.pupil_id) != pupil.pupil_id:
            zh = f"这个人脸登记已属于另一名学生：{entry_id}"
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
        given = [row["consent_id"] for row in consents.history(connection, pupil_id)]
        consents.end(connection, given, by, now_ms, reason or "pupil withdrawn")
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

    def name(self, pupil: Pupil) -> str:
        """Open a pupil's name; whoever calls this keeps in the audit log what for.

        Raises:
            UnknownPupilError: erased.
        """
        try:
            if pupil.locked is not None:
                return _name(pupil, self.keys.of(key_id(pupil.pupil_id)))
        except KeyGoneError as error:
            raise unknown_pupil(pupil.pupil_id) from error
        raise unknown_pupil(pupil.pupil_id)

    def _open(self, known: Known, wanted: PupilWanted) -> Before | None:
        pupil = known.of(wanted)
        if pupil is None or pupil.locked is None:
            return None
        try:
            key = self.keys.of(key_id(pupil.pupil_id))
            rows = known.families.get(pupil.pupil_id, ())
            family = tuple(_guardian(row, key) for row in rows)
            given = {what: row for (pupil_id, what), row in known.consents.items()
                     if pupil_id == pupil.pupil_id}  # fmt: skip
            return Before(pupil, _name(pupil, key), family, given)
        except KeyGoneError as error:
            raise unknown_pupil(pupil.pupil_id) from error


def unknown_pupil(pupil_id: str) -> UnknownPupilError:
    """Say that there is no such pupil (any more)."""
    return UnknownPupilError(f"没有这名学生：{pupil_id}", f"no such pupil: {pupil_id}")


def _name(pupil: Pupil, key: bytes) -> str:
    return unlocked(key, pupil.locked or b"", key_id(pupil.pupil_id))["name"]


def _guardian(row: GuardianRow, key: bytes) -> Guardian:
    content = unlocked(key, row.locked, guardian_place(row.guardian_id))
    return Guardian(
        row.guardian_id, content["name"], content["phone"], content["zlb"],
        row.relation, row.told_by_sms, row.told_by_zlb,
    )  # fmt: skip
