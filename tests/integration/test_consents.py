"""Consents carry what is enrolled: withdrawn, it ends at once, with proof; each thing apart."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection, RowMapping

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keys import KeyGoneError, unlock
from central.adapters.registry.consenting import Consenting
from central.adapters.registry.roster import Roster
from central.adapters.store import consents, enrolments, pupils, registers
from central.adapters.store.engine import Store
from central.adapters.store.pupils import Pupil
from central.adapters.store.tables import AUDIT
from central.core.consents import Consented, Given
from central.core.consents_wanted import ConsentsWanted, today_of
from central.core.enrolment import EnrolmentError
from central.core.pupils import PupilWanted, RosterError
from contract.gallery import Likeness
from tests.integration.case_district import NOON, SCHOOL, rows, settle
from tests.integration.enrolling_kit import a_keeper, a_request, at

TODAY = today_of(NOON)
DAY_MS = 24 * 3600 * 1000
WATER, VENUE, ALOUD = Consented.MATCH_WATER, Consented.MATCH_VENUE, Consented.NAMED_ALOUD


class Desk:
    """A school's desk with one pupil."""

    def __init__(self, store: Store, folder: Path) -> None:
        keeper = a_keeper(folder)
        self.store, self.keeper, self.roster = store, keeper, Roster(keeper.keys)
        self.consenting = Consenting(keeper, EvidenceFiles(folder / "forms"))
        with store.transaction() as connection:
            settle(connection)
            ((self.pupil_id, _change),) = self.roster.put(connection, [self.a_row()], "cli", NOON)

    def a_row(self, **more: Any) -> PupilWanted:
        return PupilWanted.model_validate({
            "unit_code": "school:shiyan", "class_code": "3-2", "school_no": "1", "name": "张小明",
            "birth_year": 2017,
        } | more)  # fmt: skip

    def pupil(self, connection: Connection) -> Pupil:
        found = pupils.found(connection, self.pupil_id)
        assert found is not None
        return found

    def record(self, *what: Consented, **changes: Any) -> list[str]:
        given = [a_consent(one, **changes) for one in what]
        with self.store.transaction() as connection:
            pupil = self.pupil(connection)
            return self.consenting.record(connection, pupil, given, "account:anquan", NOON)

    def row(self, consent_id: str) -> RowMapping:
        with self.store.reading() as connection:
            row = consents.found(connection, consent_id)
        assert row is not None
        return row

    def enrol(self, entry_id: str, consent_id: str, **changes: Any) -> None:
        number = self.row(consent_id)["number"]
        until = at(NOON) + timedelta(days=100)
        given: dict[str, Any] = {"consent": number, "expires_at": until} | changes
        with self.store.transaction() as connection:
            wanted = a_request(self.keeper.keys, entry_id, **given)
            self.keeper.enrol(connection, SCHOOL, wanted, NOON)

    def withdraw(self, consent_id: str) -> list[str]:
        row = self.row(consent_id)
        with self.store.transaction() as connection:
            touched = self.consenting.withdraw(connection, row, "account:anquan", NOON, "family")
        self.keeper.erase(self.store, NOON)
        return touched

    def entry(self, entry_id: str) -> RowMapping:
        with self.store.reading() as connection:
            row = enrolments.found(connection, entry_id)
        assert row is not None
        return row


def a_consent(what: Consented, **changes: Any) -> Given:
    given: dict[str, Any] = {"given_by": "guardian", "form": "2026-15", "given_on": TODAY,
                             "expires_on": TODAY + timedelta(days=365)} | changes  # fmt: skip
    return Given(what, **given)


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path)


def test_withdrawing_a_consent_destroys_what_was_enrolled_for_it_and_nothing_else(
    desk: Desk,
) -> None:
    water, venue = desk.record(WATER, VENUE)
    desk.enrol("w1", water)
    desk.enrol("v1", venue, purpose="venue_minor")
    assert desk.withdraw(water) == ["w1"]
    gone = desk.entry("w1")
    assert (gone["likeness"], gone["key_destroyed_at"]) == (None, NOON)
    with pytest.raises(KeyGoneError):
        desk.keeper.keys.of("w1")
    assert desk.entry("v1")["withdrawn_at"] is None
    assert desk.withdraw(water) == []
    with desk.store.reading() as connection:
        actions = [row["action"] for row in rows(connection, AUDIT)]
    assert actions.count("consent.withdraw") == 1
    assert "enrolment.key_destroyed" in actions


def test_withdrawing_the_name_leaves_the_warning_without_it(desk: Desk) -> None:
    water, aloud = desk.record(WATER, ALOUD)
    desk.enrol("w1", water, may_be_named=True, name="张小明", class_name="三年级二班")
    assert desk.withdraw(aloud) == ["w1"]
    entry = desk.entry("w1")
    assert (entry["withdrawn_at"], entry["may_be_named"]) == (None, False)
    opened = unlock(desk.keeper.keys.of("w1"), entry["likeness"], "w1")
    likeness = Likeness.model_validate_json(opened)
    assert (likeness.may_be_named, likeness.name, likeness.class_name) == (False, "", "")


def test_an_enrolment_is_held_to_the_consent_that_it_names(desk: Desk) -> None:
    (water,) = desk.record(WATER)
    for changes in (
        {"purpose": "venue_minor"},
        {"may_be_named": True, "name": "张小明"},
        {"expires_at": at(NOON) + timedelta(days=399)},
    ):
        with pytest.raises(EnrolmentError):
            desk.enrol("w1", water, **changes)
    desk.enrol("w1", water)
    with desk.store.reading() as connection:
        assert pupils.of_entries(connection, ["w1"]) == {"w1": desk.pupil_id}
        assert registers.persons_held(connection, NOON) == 1
        assert registers.unlinked_consents(connection, None) == 0
    desk.withdraw(water)
    with pytest.raises(EnrolmentError):
        desk.enrol("w2", water)


def test_a_consent_that_runs_out_ends_what_it_carried(desk: Desk) -> None:
    (water,) = desk.record(WATER, expires_on=TODAY + timedelta(days=120))
    desk.enrol("w1", water)
    later = NOON + 122 * DAY_MS
    desk.consenting.tend(desk.store, NOON)
    assert desk.entry("w1")["withdrawn_at"] is None
    desk.consenting.tend(desk.store, later)
    assert desk.entry("w1")["key_destroyed_at"] == later
    assert desk.row(water)["end_reason"] == "expired"


def test_what_is_renewed_stands_in_the_older_ones_place(desk: Desk) -> None:
    (old,) = desk.record(WATER)
    desk.enrol("w1", old)
    (new,) = desk.record(WATER, form="2027-1")
    assert (desk.row(old)["end_reason"], desk.row(new)["ended_at"]) == ("renewed", None)
    assert desk.entry("w1")["withdrawn_at"] is None
    assert desk.withdraw(new) == ["w1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"given_by": "pupil"},
        {"form": " "},
        {"given_on": TODAY + timedelta(days=1)},
        {"expires_on": TODAY},
        {"expires_on": TODAY + timedelta(days=2000)},
    ],
)
def test_what_cannot_be_a_consent_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    with pytest.raises(RosterError):
        desk.record(WATER, **changes)


def test_a_signed_form_lies_locked_and_is_unreadable_once_the_pupil_is_erased(desk: Desk) -> None:
    (water,) = desk.record(WATER)
    with desk.store.transaction() as connection:
        desk.consenting.attach(connection, desk.row(water), a_photo(), "account:anquan", NOON)
    kept = desk.row(water)
    assert kept["picture_sha256"]
    raw = desk.consenting.forms.read(kept["picture_sha256"]) or b""
    assert not raw.startswith(b"\xff\xd8")
    assert (desk.consenting.picture(kept) or b"").startswith(b"\xff\xd8")
    with desk.store.transaction() as connection:
        desk.roster.withdraw(connection, desk.pupil_id, "cli", NOON)
    desk.roster.erase(desk.store, NOON)
    ended = desk.row(water)
    assert desk.consenting.picture(ended) is None
    assert ended["ended_at"] == NOON


def test_a_roster_brings_consents_once_and_renews_what_has_changed(desk: Desk) -> None:
    signed = {"match_water": "是", "named_aloud": "是", "form": "A-1", "given_on": "2026/9/1"}

    def put(**changes: Any) -> str:
        said = ConsentsWanted.model_validate(signed | changes)
        with desk.store.transaction() as connection:
            ((_id, change),) = desk.roster.put(connection, [desk.a_row(consents=said)], "cli", NOON)
        return change

    assert put() == "changed"
    assert put() == "unchanged"
    assert put(form="A-2") == "changed"
    with desk.store.reading() as connection:
        living = consents.of_pupils(connection, [desk.pupil_id], NOON)
    assert {what: row["form"] for (_id, what), row in living.items()} == {
        WATER: "A-2", ALOUD: "A-2",
    }  # fmt: skip
    assert living[desk.pupil_id, WATER]["given_on"] == date(2026, 9, 1).isoformat()
