"""What a batch of a roster would change: read once for all, decided before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import RowMapping

from central.adapters.registry.consent_rows import expires_at, given_in
from central.adapters.store.pupils import GuardianRow, Pupil
from central.core.consents import Consented, Given
from central.core.pupils import Guardian, GuardianWanted, PupilWanted

Change = Literal["added", "changed", "unchanged"]
NAME, FAMILY, CONSENTS = "name", "guardians", "consents"


@dataclass(frozen=True, slots=True)
class Known:
    """What is on the roster already, of the pupils of one batch."""

    pupils: Mapping[tuple[str, str], Pupil]
    families: Mapping[str, Sequence[GuardianRow]]
    consents: Mapping[tuple[str, Consented], RowMapping]

    def of(self, wanted: PupilWanted) -> Pupil | None:
        """Give the pupil of this school and number."""
        return self.pupils.get((wanted.unit_code, wanted.school_no))


@dataclass(frozen=True, slots=True)
class Before:
    """A pupil on the roster, opened to be compared."""

    pupil: Pupil
    name: str
    family: tuple[Guardian, ...]
    consents: Mapping[Consented, RowMapping]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a file against the roster. `family` None: the guardians stay as they are."""

    wanted: PupilWanted
    before: Before | None
    plain: Mapping[str, Any] = field(default_factory=dict)
    is_renamed: bool = False
    family: tuple[GuardianWanted, ...] | None = None
    consents: tuple[Given, ...] = ()

    @property
    def change(self) -> Change:
        """Tell what would become of the pupil."""
        if self.before is None:
            return "added"
        return "changed" if self.columns else "unchanged"

    @property
    def columns(self) -> tuple[str, ...]:
        """Name what would change, without saying to what."""
        named = [*self.plain, *([NAME] if self.is_renamed else [])]
        named += [FAMILY] if self.family is not None else []
        return (*named, CONSENTS) if self.consents else tuple(named)


def difference(wanted: PupilWanted, before: Before | None) -> Difference:
    """Compare a row with what is kept."""
    given = given_in(wanted.consents)
    if before is None:
        return Difference(wanted, None, family=wanted.guardians, consents=given)
    changes = {
        name: value for name, value in plain(wanted).items() if value != getattr(before.pupil, name)
    }
    fresh = tuple(one for one in given if not _is_kept(one, before.consents.get(one.what)))
    renamed, moved = wanted.name != before.name, _moved(wanted, before)
    return Difference(wanted, before, changes, renamed, moved, fresh)


def plain(wanted: PupilWanted) -> dict[str, Any]:
    """Give what of a pupil is kept unlocked, as the table has it."""
    return {
        "class_code": wanted.class_code,
        "birth_year": wanted.birth_year,
        "is_boarder": wanted.is_boarder,
        "dormitory_room": wanted.dormitory_room or None,
    }


def _is_kept(one: Given, row: RowMapping | None) -> bool:
    if row is None:
        return False
    same = (one.form.strip()[:64], one.given_on.isoformat(), expires_at(one.expires_on))
    return same == (row["form"], row["given_on"], row["expires_at"])


def _moved(wanted: PupilWanted, before: Before) -> tuple[GuardianWanted, ...] | None:
    if wanted.guardians is None:
        return None
    kept = {_facts(one) for one in before.family}
    same = len(before.family) == len(wanted.guardians) and kept == {
        _facts(one) for one in wanted.guardians
    }
    return None if same else wanted.guardians


def _facts(one: Guardian | GuardianWanted) -> tuple[str, str, str, str, bool, bool]:
    return one.name, one.phone, one.zlb, one.relation, one.told_by_sms, one.told_by_zlb
