"""Pupils at central: locked, found, opened with a trace, erased for good."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from central.adapters.galleries.keeping import Keeper
from central.adapters.galleries.keys import KeyGoneError
from central.adapters.registry.roster import Roster, key_id
from central.adapters.store import audit, enrolments, pupils
from central.adapters.store.engine import Store
from central.adapters.store.schema.pupils import GUARDIAN, PUPIL
from central.adapters.store.tables import AUDIT
from central.core.people import Actor, Role
from central.core.pupils import PupilWanted, RosterError, UnknownPupilError
from tests.integration.case_district import NOON, SCHOOL, add_person, rows, settle
from tests.integration.enrolling_kit import a_keeper, a_request

NAME, PHONE, PARENT = "张小明", "13800000001", "张大明"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return a_keeper(tmp_path)


@pytest.fixture
def roster(keeper: Keeper) -> Roster:
    return Roster(keeper.keys)


def a_pupil(number: str = "20230001", **changes: Any) -> PupilWanted:
    given: dict[str, Any] = {
        "unit_code": "school:shiyan", "class_code": "3-2", "school_no": number, "name": NAME,
        "birth_year": 2017, "is_boarder": True, "dormitory_room": "301",
        "guardians": [{"name": PARENT, "phone": PHONE, "zlb": "zlb-1", "relation": "父亲"}],
    }  # fmt: skip
    return PupilWanted.model_validate(given | changes)


def added(store: Store, roster: Roster, *wanted: PupilWanted) -> list[str]:
    with store.transaction() as connection:
        settle(connection)
        done = roster.put(connection, wanted or [a_pupil()], "cli", NOON)
    return [pupil_id for pupil_id, _ in done]


def trace(store: Store, action: str) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [row for row in rows(connection, AUDIT) if row["action"] == action]


def test_nothing_personal_lies_in_the_database_in_clear(store: Store, roster: Roster) -> None:
    added(store, roster)
    with store.reading() as connection:
        whole = repr([rows(connection, table) for table in (PUPIL, GUARDIAN, AUDIT)])
        blobs = [
            *connection.execute(select(PUPIL.c.locked)).scalars(),
            *connection.execute(select(GUARDIAN.c.locked)).scalars(),
        ]
    for secret in (NAME, PARENT, PHONE, "zlb-1"):
        assert secret not in whole
        assert all(secret.encode() not in bytes(blob or b"") for blob in blobs)


def test_a_pupil_is_found_by_number_and_opened_for_a_purpose(store: Store, roster: Roster) -> None:
    (pupil_id,) = added(store, roster)
    with store.transaction() as connection:
        pupil = pupils.by_school_no(connection, "school:shiyan", "20230001")
        assert pupil is not None
        opened = roster.opened(connection, pupil, SCHOOL.actor_id, "roll call", NOON)
    assert (opened.pupil.pupil_id, opened.name, opened.class_name) == (
        pupil_id, NAME, "3年级2班",
    )  # fmt: skip
    (guardian,) = opened.guardians
    assert (guardian.name, guardian.phone, guardian.zlb) == (PARENT, PHONE, "zlb-1")
    (kept,) = trace(store, "pupil.opened")
    assert (kept["actor"], kept["subject"]) == (SCHOOL.actor_id, f"pupil:{pupil_id}")
    assert kept["detail"] == {"why": "roll call"}


def test_the_same_again_changes_nothing(store: Store, roster: Roster) -> None:
    added(store, roster)
    with store.transaction() as connection:
        before = rows(connection, PUPIL), rows(connection, GUARDIAN)
        assert [what for _, what in roster.put(connection, [a_pupil()], "cli", NOON + 1)] == [
            "unchanged"
        ]
        assert (rows(connection, PUPIL), rows(connection, GUARDIAN)) == before
    assert len(trace(store, "pupil.put")) == 1


def test_what_differs_is_changed_and_a_guardian_keeps_the_id(store: Store, roster: Roster) -> None:
    (pupil_id,) = added(store, roster)
    with store.transaction() as connection:
        (before,) = pupils.guardians(connection, pupil_id)
        moved = a_pupil(class_code="4-2", guardians=[{"name": PARENT, "phone": "13900000000"}])
        assert roster.put(connection, [moved], "cli", NOON + 1) == [(pupil_id, "changed")]
        (after,) = pupils.guardians(connection, pupil_id)
        opened = roster.guardian(after)
    assert before.guardian_id == after.guardian_id
    assert opened is not None
    assert opened.phone == "13900000000"


def test_a_file_without_guardians_leaves_them_alone(store: Store, roster: Roster) -> None:
    (pupil_id,) = added(store, roster)
    with store.transaction() as connection:
        roster.put(connection, [a_pupil(guardians=None, birth_year=2016)], "cli", NOON + 1)
        assert len(pupils.guardians(connection, pupil_id)) == 1


def test_a_school_that_does_not_exist_is_named(store: Store, roster: Roster) -> None:
    with pytest.raises(RosterError) as refused:
        added(store, roster, a_pupil(unit_code="school:none"))
    assert "school:none" in refused.value.message_zh


def test_an_enrolment_of_the_own_school_is_linked_once(
    store: Store, roster: Roster, keeper: Keeper
) -> None:
    first, second = added(store, roster, a_pupil(), a_pupil("20230002", name="李小红"))
    with store.transaction() as connection:
        keeper.enrol(connection, SCHOOL, a_request(keeper.keys), NOON)
        one, other = (pupils.found(connection, pupil_id) for pupil_id in (first, second))
        assert one is not None
        assert other is not None
        roster.link(connection, one, "p1", "cli", NOON)
        roster.link(connection, one, "p1", "cli", NOON)
        assert pupils.of_entries(connection, ["p1", "p2"]) == {"p1": first}
        with pytest.raises(RosterError):
            roster.link(connection, other, "p1", "cli", NOON)
        with pytest.raises(RosterError):
            roster.link(connection, other, "p2", "cli", NOON)


def test_erasing_destroys_key_and_enrolments_and_proves_it(
    store: Store, roster: Roster, keeper: Keeper
) -> None:
    (pupil_id,) = added(store, roster)
    with store.transaction() as connection:
        keeper.enrol(connection, SCHOOL, a_request(keeper.keys), NOON)
        pupil = pupils.found(connection, pupil_id)
        assert pupil is not None
        roster.link(connection, pupil, "p1", "cli", NOON)
        roster.withdraw(connection, pupil_id, "account:dpo", NOON, "left the school")
    assert roster.erase(store, NOON) == 1
    assert roster.erase(store, NOON) == 0
    with store.transaction() as connection:
        row = pupils.found(connection, pupil_id)
        entry = enrolments.found(connection, "p1")
        assert row is not None
        assert entry is not None
        assert entry["withdrawn_at"] == NOON
        assert (row.locked, row.school_no, row.class_code) == (None, None, None)
        assert pupils.guardians(connection, pupil_id) == []
        with pytest.raises(UnknownPupilError):  # also with the row of a backup
            roster.opened(connection, pupil, "cli", "a backup", NOON)
        assert audit.verify(connection) is None
    (proof,) = trace(store, "pupil.key_destroyed")
    assert proof["detail"] == {"key_digest": pupil.key_digest}
    with pytest.raises(KeyGoneError):
        roster.keys.of(key_id(pupil_id))


def test_an_erased_pupils_number_may_be_another_childs(store: Store, roster: Roster) -> None:
    (pupil_id,) = added(store, roster)
    with store.transaction() as connection:
        roster.withdraw(connection, pupil_id, "cli", NOON)
        ((again, what),) = roster.put(connection, [a_pupil(name="李小红")], "cli", NOON)
    assert (what, again != pupil_id) == ("added", True)


def test_class_teachers_are_found_by_class(store: Store, roster: Roster) -> None:
    added(store, roster)
    teacher = Actor("account:banzhuren", "班主任 李芳", Role.CLASS_TEACHER, "school:shiyan")
    with store.transaction() as connection:
        add_person(connection, teacher)
        pupils.teach(connection, teacher.actor_id, "school:shiyan", "3-2")
        assert pupils.teachers(connection, "school:shiyan", "3-2") == ["banzhuren"]
        assert pupils.teachers(connection, "school:shiyan", "3-1") == []
        assert pupils.classes_of(connection, teacher.actor_id, "school:shiyan") == {"3-2"}
