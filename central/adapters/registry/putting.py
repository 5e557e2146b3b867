"""A batch of a roster is kept: few statements for many pupils, one key for each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.galleries.keys import GalleryKeys, digest_of
from central.adapters.registry.comparing import Change, Difference, plain
from central.adapters.registry.consent_rows import row_of
from central.adapters.registry.locking import guardian_place, key_id, locked
from central.adapters.store import consents, pupils
from central.adapters.store.pupils import GuardianRow, Pupil
from central.core.pupils import GuardianWanted, PupilWanted


class Compares(Protocol):
    """What opens pupils and tells what would change."""

    @property
    def keys(self) -> GalleryKeys:
        """One key a child."""

    def compared(
        self, connection: Connection, wanted: Sequence[PupilWanted], now_ms: int
    ) -> list[Difference]:
        """Tell what would change."""


@dataclass(frozen=True, slots=True)
class Putting:
    """Keeps what is different. `spare`: ids whose keys lie ready."""

    roster: Compares
    connection: Connection
    by: str
    now_ms: int
    spare: list[str]

    def put(self, wanted: Sequence[PupilWanted]) -> list[tuple[str, Change]]:
        """Keep them; the same number twice is first the one, then the other."""
        return [done for run in _runs(wanted) for done in self._run(run)]

    def _run(self, wanted: Sequence[PupilWanted]) -> list[tuple[str, Change]]:
        found = self.roster.compared(self.connection, wanted, self.now_ms)
        changing = [one for one in found if one.change != "unchanged"]
        codes = {(one.wanted.unit_code, one.wanted.class_code) for one in changing}
        pupils.put_classes(self.connection, codes)
        done: list[tuple[str, Change]] = []
        added: list[Pupil] = []
        families: dict[str, list[GuardianRow]] = {}
        given: list[dict[str, object]] = []
        renewed: list[str] = []
        for one in found:
            if one.before is None:
                pupil = self._new(one.wanted)
                added.append(pupil)
            else:
                pupil = one.before.pupil
                self._change(one, pupil.pupil_id)
                renewed += [row["consent_id"] for consent in one.consents
                            if (row := one.before.consents.get(consent.what))]  # fmt: skip
            pupil_id = pupil.pupil_id
            given += [row_of(pupil, consent, self.by, self.now_ms) for consent in one.consents]
            if one.family is not None:
                families[pupil_id] = list(self._rows(pupil_id, one, one.family))
            done.append((pupil_id, one.change))
        pupils.insert(self.connection, *added)
        if families:
            rows = [row for family in families.values() for row in family]
            pupils.put_guardians(self.connection, families.keys(), rows)
        consents.end(self.connection, renewed, self.by, self.now_ms, "renewed")
        consents.put(self.connection, given)
        return done

    def _new(self, wanted: PupilWanted) -> Pupil:
        pupil_id = self.spare.pop() if self.spare else str(uuid7())
        key = self.roster.keys.of_or_new(key_id(pupil_id))
        return Pupil(
            pupil_id, wanted.unit_code, **plain(wanted), school_no=wanted.school_no,
            locked=locked(key, {"name": wanted.name}, key_id(pupil_id)),
            key_digest=digest_of(key), created_at=self.now_ms, changed_at=self.now_ms,
        )  # fmt: skip

    def _change(self, one: Difference, pupil_id: str) -> None:
        changes = dict(one.plain)
        if one.is_renamed:
            key = self.roster.keys.of(key_id(pupil_id))
            changes["locked"] = locked(key, {"name": one.wanted.name}, key_id(pupil_id))
        if changes:
            pupils.change(self.connection, pupil_id, changed_at=self.now_ms, **changes)

    def _rows(
        self, pupil_id: str, one: Difference, family: Sequence[GuardianWanted]
    ) -> Iterator[GuardianRow]:
        """Lock a family's contacts; who was there keeps the id."""
        key = self.roster.keys.of(key_id(pupil_id))
        ids = {g.name: g.guardian_id for g in one.before.family} if one.before else {}
        for guardian in family:
            guardian_id = ids.pop(guardian.name, None) or str(uuid7())
            content = {"name": guardian.name, "phone": guardian.phone, "zlb": guardian.zlb}
            box = locked(key, content, guardian_place(guardian_id))
            yield GuardianRow(
                guardian_id, pupil_id, box, guardian.relation,
                guardian.told_by_sms, guardian.told_by_zlb,
            )  # fmt: skip


def _runs(wanted: Sequence[PupilWanted]) -> Iterator[list[PupilWanted]]:
    """Cut where a number comes again."""
    run: list[PupilWanted] = []
    seen: set[tuple[str, str]] = set()
    for one in wanted:
        number = one.unit_code, one.school_no
        if number in seen:
            yield run
            run, seen = [], set()
        run.append(one)
        seen.add(number)
    yield run
