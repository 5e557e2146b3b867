"""Pictures end by age once their cases are closed; what remains says so, and nothing else goes."""

import hashlib
import os
from pathlib import Path

from sqlalchemy import Connection, select, update

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import audit, retention
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT, EVIDENCE, INCIDENT
from central.core.workflow import Status
from central.incidents import take_alert
from central.reception import Reception
from central.retention import DAY_MS, HOUR_MS, Retention, Terms
from contract.messages import EvidenceRef
from contract.topics import Up, up
from tests.integration import case_district
from tests.integration.case_district import HOUR, NOON, an_alert


def picture(number: int) -> bytes:
    return b"\xff\xd8 picture %d \xff\xd9" % number


def name(number: int) -> str:
    return hashlib.sha256(picture(number)).hexdigest()


def open_with(connection: Connection, files: EvidenceFiles, number: int, *pictures: int) -> str:
    """Open a case with pictures that have come."""
    refs = tuple(
        EvidenceRef(sha256=name(one), media_type="image/jpeg", size_bytes=len(picture(one)))
        for one in pictures
    )
    at_ms = NOON + number * HOUR
    incident_id = take_alert(connection, an_alert(number, at_ms, evidence=refs), at_ms).incident_id
    reception = Reception(files)
    for one in pictures:
        topic = up("water-001", Up.EVIDENCE, name(one))
        reception.take(connection, topic, picture(one), at_ms)
    return incident_id


def close(connection: Connection, incident_id: str, at_ms: int) -> None:
    closed = update(INCIDENT).where(INCIDENT.c.incident_id == incident_id)
    connection.execute(closed.values(status=Status.CLOSED, closed_at=at_ms))


def test_pictures_end_thirty_days_after_their_last_case_was_closed(
    store: Store, tmp_path: Path
) -> None:
    files = EvidenceFiles(tmp_path / "evidence")
    with store.transaction() as connection:
        case_district.settle(connection)
        closed = open_with(connection, files, 1, 1, 2)
        still_open = open_with(connection, files, 3, 2, 3)
        close(connection, closed, NOON)
        assert closed != still_open
    old = Retention(store, files, Terms(evidence_days=30))
    old.look(NOON + 29 * DAY_MS)
    assert all(files.read(name(n)) for n in (1, 2, 3))
    old.look(NOON + 31 * DAY_MS)
    assert files.read(name(1)) is None
    assert files.read(name(2)) == picture(2)  # an open case needs it too
    assert files.read(name(3)) == picture(3)
    with store.transaction() as connection:
        rows = {r.sha256: r.deleted_at for r in connection.execute(select(EVIDENCE))}
        told = connection.execute(select(AUDIT).where(AUDIT.c.action == "evidence.deleted")).all()
        assert audit.verify(connection) is None
    assert rows == {name(1): NOON + 31 * DAY_MS, name(2): None, name(3): None}
    assert [row.subject for row in told] == [name(1)]


def test_two_workers_delete_it_once(store: Store, tmp_path: Path) -> None:
    files = EvidenceFiles(tmp_path / "evidence")
    with store.transaction() as connection:
        case_district.settle(connection)
        close(connection, open_with(connection, files, 1, 1), NOON)
    later = NOON + 40 * DAY_MS
    for _ in range(2):
        Retention(store, files, Terms()).look(later)
    with store.reading() as connection:
        told = connection.execute(select(AUDIT).where(AUDIT.c.action == "evidence.deleted")).all()
    assert len(told) == 1


def test_one_that_comes_again_after_its_end_is_confirmed_and_not_kept(
    store: Store, tmp_path: Path
) -> None:
    files = EvidenceFiles(tmp_path / "evidence")
    with store.transaction() as connection:
        case_district.settle(connection)
        close(connection, open_with(connection, files, 1, 1), NOON)
    later = NOON + 40 * DAY_MS
    Retention(store, files, Terms()).look(later)
    with store.transaction() as connection:
        topic = up("water-001", Up.EVIDENCE, name(1))
        verdict = Reception(files).take(connection, topic, picture(1), later)
        assert retention.is_deleted(connection, name(1))
    assert verdict.sha256 == name(1)
    assert not verdict.refused
    assert files.read(name(1)) is None


def test_what_a_power_cut_left_over_goes_a_day_later(store: Store, tmp_path: Path) -> None:
    files = EvidenceFiles(tmp_path / "evidence")
    with store.transaction() as connection:
        case_district.settle(connection)
        open_with(connection, files, 1, 1)
    for orphan in (7, 8):
        files.put(name(orphan), picture(orphan))
    now_ms = NOON + 50 * DAY_MS
    for number, age_ms in ((1, 9 * DAY_MS), (7, 2 * DAY_MS), (8, HOUR_MS)):
        seconds = (now_ms - age_ms) / 1000
        os.utime(files.path(name(number)), (seconds, seconds))
    Retention(store, files, Terms()).look(now_ms)
    assert [n for n in (1, 7, 8) if files.read(name(n))] == [1, 8]
