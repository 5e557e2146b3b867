"""A device's commissioning report reaches central once, and central says whose word it is."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from central.adapters.certificates import Authority
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import commissioning
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT, QUARANTINE
from central.reception import Reception, Verdict
from contract.topics import Up, up
from edge_agent.adapters.commissioning import signed_report
from tests.integration import case_district
from tests.integration.case_district import NOON

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
STEPS = [{"step": "voice", "camera_id": "", "at": "2026-11-23T03:50:00+00:00", "who": "安装员 李强",
          "result": "passed", "note": ""}]  # fmt: skip


class Ground:
    """A district's authority, and a device with its key."""

    def __init__(self, folder: Path, device_id: str = "water-001") -> None:
        self.authority = Authority.make(NOW)
        issued = self.authority.for_client(device_id)
        self.key, self.cert = folder / "device.key", folder / "device.crt"
        self.key.write_bytes(issued.key)
        self.cert.write_bytes(issued.certificate)
        self.reception = Reception(EvidenceFiles(folder), None, self.authority.certificate)

    def report(self, **changes: Any) -> bytes:
        fields = {"v": 1, "device_id": "water-001", "at": NOW.isoformat(), "passed": True,
                  "steps": STEPS, "site_name": "月湖"}  # fmt: skip
        return signed_report({**fields, **changes}, self.key, self.cert)

    def hear(self, connection: Connection, report: bytes) -> Verdict:
        return self.reception.take(connection, up("water-001", Up.COMMISSIONING), report, NOON)


def test_a_report_is_kept_once_however_often_it_comes(store: Store, tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with store.transaction() as connection:
        case_district.settle(connection)
        report = ground.report()
        for _ in range(3):
            ground.hear(connection, report)
        (kept,) = commissioning.of_device(connection, "water-001")
        entries = connection.execute(
            select(AUDIT).where(AUDIT.c.action == "device.commissioned")
        ).all()
    assert kept["passed"]
    assert kept["is_trusted"]
    assert kept["body"].encode() == report
    assert len(entries) == 1


def test_a_report_under_a_foreign_certificate_is_kept_and_not_trusted(
    store: Store, tmp_path: Path
) -> None:
    ground, other = Ground(tmp_path), tmp_path / "other"
    other.mkdir()
    foreign = Ground(other)
    forged = ground.report(passed=False).replace("月湖".encode(), "山塘".encode())
    with store.transaction() as connection:
        case_district.settle(connection)
        ground.hear(connection, foreign.report())
        ground.hear(connection, forged)
        kept = commissioning.of_device(connection, "water-001")
        newest = commissioning.newest(connection, ["water-001", "water-002"])
    assert [row["is_trusted"] for row in kept] == [False, False]
    assert set(newest) == {"water-001"}


def test_a_neighbours_certificate_does_not_speak_for_a_device(store: Store, tmp_path: Path) -> None:
    ground = Ground(tmp_path, device_id="water-002")
    with store.transaction() as connection:
        case_district.settle(connection)
        ground.hear(connection, ground.report())
        (kept,) = commissioning.of_device(connection, "water-001")
    assert not kept["is_trusted"]


def test_what_is_no_report_is_put_aside(store: Store, tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with store.transaction() as connection:
        case_district.settle(connection)
        for bad in (b"", b"{}", b"\xff\xfe", b"x" * 70_000, ground.report(device_id="water-002")):
            ground.hear(connection, bad)
        assert commissioning.of_device(connection, "water-001") == []
        assert len(connection.execute(select(QUARANTINE)).all()) == 5


def test_a_device_is_told_that_its_report_is_kept_each_time_it_asks(
    store: Store, tmp_path: Path
) -> None:
    ground = Ground(tmp_path)
    report = ground.report()
    with store.transaction() as connection:
        case_district.settle(connection)
        verdicts = [ground.hear(connection, report) for _ in range(2)]
    name = sha256(report).hexdigest()
    assert verdicts == [Verdict("water-001", report=name)] * 2


def test_a_device_is_told_why_its_report_never_can_be_kept(store: Store, tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    bad = ground.report(steps="all of them")
    with store.transaction() as connection:
        case_district.settle(connection)
        verdict = ground.hear(connection, bad)
    assert verdict.report == sha256(bad).hexdigest()
    assert "steps" in verdict.refused


def test_a_device_that_nobody_knows_yet_sends_again_later(store: Store, tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with store.transaction() as connection:
        assert ground.hear(connection, ground.report()) == Verdict()
