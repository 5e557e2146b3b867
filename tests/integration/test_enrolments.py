"""An enrolment has its ground, reaches the devices of its place, and is erased for good."""

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import GalleryKeys, KeyGoneError, digest_of, unlock
from central.adapters.store import audit, enrolments, galleries
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT, DEVICE, ENROLMENT
from central.core.enrolment import EnrolmentError
from central.core.people import Actor
from central.core.refusals import CaseError, NotAllowedError
from contract.sealing import as_text, make_sealing_key
from tests.integration import case_district
from tests.integration.case_district import ADMIN, AUDITOR, DUTY, NOON, SCHOOL, STATION, TOWN
from tests.integration.enrolling_kit import DISPOSITION, Ears, a_keeper, a_request, queued

DAY = 24 * 3600 * 1000
MINUTE = 60_000


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return a_keeper(tmp_path)


@pytest.fixture
def district(store: Store) -> Store:
    with store.transaction() as connection:
        case_district.settle(connection)
    return store


@pytest.fixture
def ears(district: Store, keeper: Keeper) -> Ears:
    ears = Ears(district, keeper)
    ears.tended()
    return ears


def enrol(store: Store, keeper: Keeper, entry_id: str = "p1", **changes: Any) -> None:
    who: Actor = changes.pop("by", SCHOOL)
    now_ms = changes.pop("now_ms", NOON)
    with store.transaction() as connection:
        keeper.enrol(connection, who, a_request(keeper.keys, entry_id, **changes), now_ms)


def withdraw(store: Store, keeper: Keeper, entry_id: str = "p1", now_ms: int = NOON) -> list[str]:
    with store.transaction() as connection:
        devices = keeper.withdraw(connection, entry_id, "account:anquan", now_ms)
    keeper.erase(store, now_ms)
    return devices


def row_of(store: Store, entry_id: str = "p1") -> dict[str, Any]:
    with store.reading() as connection:
        row = enrolments.found(connection, entry_id)
        assert row is not None
        return dict(row)


def test_who_is_enrolled_is_known_to_the_devices_of_the_school_and_to_no_other(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    elsewhere = Ears(district, keeper, "bare-1")
    elsewhere.tended()
    enrol(district, keeper, may_be_named=True, name="张小明", class_name="三年级二班")
    assert (ears.hear(), elsewhere.hear()) == (1, 0)
    entry = ears.held["p1"]
    assert (entry.name, entry.class_name, entry.consent) == ("张小明", "三年级二班", "2026-015")
    assert elsewhere.held == {}


def test_a_named_place_beside_the_schools_own_knows_it_too(district: Store, keeper: Keeper) -> None:
    bare = Ears(district, keeper, "bare-1")
    bare.tended()
    enrol(district, keeper, site_ids=("bare",))
    bare.hear()
    assert set(bare.held) == {"p1"}
    enrol(district, keeper)  # renewed without that place
    bare.hear()
    assert bare.held == {}


def test_neither_name_nor_template_lies_open_in_the_database(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    enrol(district, keeper, may_be_named=True, name="张小明")
    row = row_of(district)
    assert "张小明".encode() not in row["likeness"]
    assert "张小明" not in queued(district) + json.dumps(row, default=str, ensure_ascii=False)
    ears.hear()
    assert "张小明" not in queued(district)


def test_two_devices_hold_a_person_under_two_keys(district: Store, keeper: Keeper) -> None:
    both = [Ears(district, keeper, name) for name in ("water-001", "water-002")]
    for ears in both:
        ears.tended()
    enrol(district, keeper)
    for ears in both:
        ears.hear()
    assert both[0].held["p1"].key != both[1].held["p1"].key


def test_the_same_device_gets_the_same_key_again(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    enrol(district, keeper)
    ears.hear()
    before = ears.held["p1"].key
    enrol(district, keeper)
    ears.hear()
    assert ears.held["p1"].key == before


def test_a_withdrawal_reaches_the_device_and_leaves_proof(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    enrol(district, keeper)
    ears.hear()
    digest = digest_of(keeper.keys.of("p1"))
    assert withdraw(district, keeper) == ["water-001", "water-002"]
    ears.hear()
    assert ears.held == {}
    row = row_of(district)
    assert (row["likeness"], row["withdrawn_at"], row["key_destroyed_at"]) == (None, NOON, NOON)
    with district.reading() as connection:
        assert audit.verify(connection) is None
        last = connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc())).mappings().first()
    assert last is not None
    assert (last["action"], last["detail"]) == ("enrolment.key_destroyed", {"key_digest": digest})


def test_a_backup_taken_before_the_withdrawal_opens_no_more(
    district: Store, keeper: Keeper
) -> None:
    enrol(district, keeper)
    backup = row_of(district)
    assert unlock(keeper.keys.of("p1"), backup["likeness"], "p1")
    withdraw(district, keeper)
    with district.transaction() as connection:  # restored
        connection.execute(update(ENROLMENT).values(**backup))
    with pytest.raises(KeyGoneError):
        keeper.keys.of("p1")
    ears = Ears(district, keeper)
    ears.tended()
    ears.hear()
    assert ears.held == {}


def test_who_is_withdrawn_while_a_letter_waits_is_not_in_it(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    enrol(district, keeper, "p1")
    enrol(district, keeper, "p2")
    withdraw(district, keeper, "p1")
    ears.hear()
    assert set(ears.held) == {"p2"}
    assert [one.removed for one in ears.updates] == [("p1",), (), ("p1",)]


def test_a_withdrawal_that_is_undone_destroys_nothing(district: Store, keeper: Keeper) -> None:
    enrol(district, keeper)

    def break_off() -> None:
        with district.transaction() as connection:
            keeper.withdraw(connection, "p1", "x", NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    keeper.erase(district, NOON)
    assert keeper.keys.of("p1")
    assert row_of(district)["withdrawn_at"] is None


def test_an_erasure_that_was_cut_off_is_finished_by_the_next_tick(
    district: Store, keeper: Keeper
) -> None:
    enrol(district, keeper)
    with district.transaction() as connection:
        keeper.withdraw(connection, "p1", "x", NOON)
    keeper.tend(district, NOON + 1)
    with pytest.raises(KeyGoneError):
        keeper.keys.of("p1")
    assert row_of(district)["key_destroyed_at"] == NOON + 1


def test_what_expires_is_withdrawn_by_itself(district: Store, keeper: Keeper, ears: Ears) -> None:
    enrol(district, keeper)
    ears.hear()
    keeper.tend(district, NOON + 301 * DAY)
    ears.hear(NOON + 301 * DAY)
    assert ears.held == {}
    assert row_of(district)["withdrawn_by"] == "central:expiry"
    with pytest.raises(KeyGoneError):
        keeper.keys.of("p1")


def test_a_withdrawn_id_never_comes_back(district: Store, keeper: Keeper) -> None:
    enrol(district, keeper)
    withdraw(district, keeper)
    with pytest.raises(EnrolmentError, match="withdrawn"):
        enrol(district, keeper)


def test_a_device_that_lost_its_gallery_gets_all_of_it_again(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    for number in range(70):
        enrol(district, keeper, f"p{number:02}")
    ears.hear()
    ears.held, ears.revision = {}, 0  # a power cut
    later = NOON + 2 * MINUTE
    ears.tended(later)
    assert ears.hear(later) == 3
    assert len(ears.held) == 70
    ears.tended(later + 10 * MINUTE)
    assert ears.hear() == 0


def test_a_device_with_a_new_key_is_begun_anew_at_once(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    enrol(district, keeper)
    ears.hear()
    ears.key, ears.revision, ears.held = make_sealing_key(), 0, {}
    ears.tended()
    ears.hear()
    assert set(ears.held) == {"p1"}


def test_a_device_that_never_confirms_is_told_ever_more_seldom(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    enrol(district, keeper)
    now, told = NOON, []
    for _ in range(120):
        now += MINUTE
        ears.report()  # still at 0
        keeper.tend(district, now)
        if ears.waiting():
            told.append(now)
            ears.hear(now)
            ears.revision = 0
    gaps = [after - before for before, after in pairwise(told)]
    assert gaps == sorted(gaps)
    assert len(told) <= 8


def test_a_revoked_device_is_told_nothing_more_not_even_what_waits(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    enrol(district, keeper)
    with district.transaction() as connection:
        connection.execute(
            update(DEVICE).where(DEVICE.c.device_id == "water-001").values(is_revoked=True)
        )
    assert ears.waiting()
    assert ears.hear() == 0
    ears.tended(NOON + 10 * MINUTE)
    enrol(district, keeper, "p2")
    assert ears.hear() == 0


def test_a_device_with_a_key_that_is_none_keeps_nobody_else_from_being_told(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    broken = Ears(district, keeper, "water-002")
    with district.transaction() as connection:
        connection.execute(
            update(DEVICE)
            .where(DEVICE.c.device_id == "water-002")
            .values(gallery_key=as_text(bytes(32)))
        )
    enrol(district, keeper)
    assert [broken.letter(row) for row in broken.waiting()] == [None]
    assert ears.hear() == 1


def test_by_its_own_word_a_device_has_confirmed(
    district: Store, keeper: Keeper, ears: Ears
) -> None:
    enrol(district, keeper)
    with district.reading() as connection:
        assert not galleries.confirmed(connection, "water-001")
    ears.hear()
    with district.reading() as connection:
        assert galleries.confirmed(connection, "water-001")


def test_a_watchlist_entry_goes_to_the_named_gates_with_what_to_do(
    district: Store, keeper: Keeper
) -> None:
    with district.transaction() as connection:
        connection.execute(
            update(DEVICE).where(DEVICE.c.device_id == "bare-1").values(profile="gate")
        )
    gate = Ears(district, keeper, "bare-1")
    gate.tended()
    watched = {
        "kind": "watchlist", "purpose": "person_of_concern", "unit_code": "station:yuelin",
        "site_ids": ("bare",), "disposition": DISPOSITION, "consent": "", "guardian_consent": False,
    }  # fmt: skip
    enrol(district, keeper, "w1", by=STATION, **watched)
    gate.hear()
    disposition = gate.held["w1"].disposition
    assert disposition is not None
    assert disposition.action == "请核实身份"
    for missing in ("disposition", "site_ids"):
        without = {key: value for key, value in watched.items() if key != missing}
        with pytest.raises(EnrolmentError, match="disposition"):
            enrol(district, keeper, "w2", by=STATION, **without)
    for other in (SCHOOL, ADMIN, DUTY):
        with pytest.raises(NotAllowedError):
            enrol(district, keeper, "w2", by=other, **watched)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"consent": ""}, "no consent"),
        ({"guardian_consent": False}, "guardian"),
        ({"guardian_consent": False, "birth_year": 2012}, "guardian"),
        ({"guardian_consent": False, "birth_year": 2010, "may_be_named": True}, "named"),
        ({"purpose": "mind_care"}, "purpose"),
        ({"purpose": "person_of_concern"}, "purpose"),
        ({"expires_at": "2026-11-23T00:00:00Z"}, "expired"),
        ({"expires_at": "2029-11-23T00:00:00Z"}, "at most"),
        ({"site_ids": ("nowhere",)}, "no such sites"),
        ({"sealed_for": "p2"}, "does not open"),
        ({"sealed_to": make_sealing_key()}, "does not open"),
    ],
)
def test_an_enrolment_without_its_ground_is_refused_and_leaves_nothing(
    district: Store, keeper: Keeper, tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(CaseError, match=why):
        enrol(district, keeper, **change)
    with district.reading() as connection:
        assert enrolments.found(connection, "p1") is None
    assert list((tmp_path / "galleries" / "keys").iterdir()) == []


def test_a_pupil_surely_fourteen_may_consent_alone(district: Store, keeper: Keeper) -> None:
    enrol(district, keeper, guardian_consent=False, birth_year=2011)
    assert row_of(district)["birth_year"] == 2011


@pytest.mark.parametrize("who", [TOWN, DUTY, STATION, AUDITOR])
def test_only_the_school_and_the_district_enrol_pupils(
    district: Store, keeper: Keeper, who: Actor
) -> None:
    with pytest.raises(NotAllowedError):
        enrol(district, keeper, by=who)
    enrol(district, keeper, by=ADMIN)


def test_an_id_of_one_school_is_never_anothers(district: Store, keeper: Keeper) -> None:
    enrol(district, keeper)
    with pytest.raises(NotAllowedError):
        enrol(district, keeper, by=ADMIN, unit_code="town:yuelin")


def test_keys_are_in_no_backup_of_the_database_and_each_is_its_owners_alone(
    keeper: Keeper, tmp_path: Path
) -> None:
    keeper.keys.of_or_new("p1")
    folder = tmp_path / "galleries"
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*")} == {0}
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "master.key").write_bytes(bytes(32))
    with pytest.raises(KeyGoneError):
        GalleryKeys(copy).of("p1")


def test_a_key_is_made_once_and_preparing_again_changes_nothing(
    keeper: Keeper, tmp_path: Path
) -> None:
    first = keeper.keys.of_or_new("p1")
    again = GalleryKeys(tmp_path / "galleries").prepare()
    assert again.of_or_new("p1") == first
    again.destroy("p1")
    again.destroy("p1")
    with pytest.raises(KeyGoneError):
        keeper.keys.of("p1")
