"""A silent device is one case, which closes by itself; all at once are one case, not a storm."""

from typing import Any

import pytest
from sqlalchemy import Connection, update

from central.adapters.store.engine import Store
from central.adapters.store.schema.fleet import DEVICE_SILENCE
from central.adapters.store.tables import DEVICE, INCIDENT, NOTIFICATION
from central.silences import EVERY_MS, GRACE_MS, Silences
from tests.integration import case_district
from tests.integration.case_district import MINUTE, NOON, rows, story

SILENT_MS = 15 * MINUTE
DEVICES = ("water-001", "water-002", "bare-1")


@pytest.fixture
def district(store: Store) -> Store:
    with store.transaction() as connection:
        case_district.settle(connection)
        for device_id in DEVICES:
            beat(connection, device_id, NOON)
    return store


def beat(connection: Connection, device_id: str, at_ms: int) -> None:
    changed = update(DEVICE).where(DEVICE.c.device_id == device_id)
    connection.execute(changed.values(is_online=True, availability_at=NOON, heartbeat_at=at_ms))


class Watcher:
    """Looks at a district as the worker does, at times that a test gives."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.silences = Silences(store, None, SILENT_MS)
        self.silences.look(NOON - GRACE_MS - EVERY_MS)

    def at(self, now_ms: int, *beating: str) -> list[dict[str, Any]]:
        """Let some devices beat, look, and give the cases that there are."""
        with self.store.transaction() as connection:
            for device_id in beating:
                beat(connection, device_id, now_ms)
        self.silences.look(now_ms)
        with self.store.reading() as connection:
            return rows(connection, INCIDENT)


@pytest.fixture
def watcher(district: Store) -> Watcher:
    return Watcher(district)


OTHERS = DEVICES[1:]


def test_silence_beyond_the_limit_is_one_case_however_often_one_looks(watcher: Watcher) -> None:
    assert watcher.at(NOON + SILENT_MS, *OTHERS) == []
    for more in range(1, 4):
        cases = watcher.at(NOON + SILENT_MS + more * MINUTE, *OTHERS)
    (case,) = cases
    assert (case["kind"], case["device_id"], case["site_id"]) == (
        "device_fault", "water-001", "yuehu"
    )  # fmt: skip
    assert case["occurred_at"] == NOON
    with watcher.store.reading() as connection:
        told = [line["note"] for line in story(connection, case["incident_id"])]
        assert rows(connection, NOTIFICATION)
    assert any("water-001 已 16 分钟没有消息" in note for note in told)


def test_the_case_closes_by_itself_once_the_device_is_back(watcher: Watcher) -> None:
    watcher.at(NOON + 16 * MINUTE, *OTHERS)
    (case,) = watcher.at(NOON + 40 * MINUTE, *DEVICES)
    assert case["status"] == "closed"
    with watcher.store.reading() as connection:
        assert rows(connection, DEVICE_SILENCE) == []
        lines = story(connection, case["incident_id"])
    assert any("已恢复，失联约 40 分钟" in line["note"] for line in lines)


def test_silent_anew_is_a_case_anew(watcher: Watcher) -> None:
    watcher.at(NOON + 16 * MINUTE, *OTHERS)
    watcher.at(NOON + 20 * MINUTE, *DEVICES)
    cases = watcher.at(NOON + 36 * MINUTE, *OTHERS)
    assert sorted(case["status"] for case in cases) == ["closed", "dispatched"]


def test_what_people_have_closed_is_not_opened_again_while_it_stays_silent(
    watcher: Watcher,
) -> None:
    (case,) = watcher.at(NOON + 16 * MINUTE, *OTHERS)
    with watcher.store.transaction() as connection:
        connection.execute(update(INCIDENT).values(status="closed"))
    watcher.at(NOON + 20 * MINUTE, *OTHERS)
    (same,) = watcher.at(NOON + 25 * MINUTE, *DEVICES)
    assert same["incident_id"] == case["incident_id"]


def test_all_at_once_are_one_case_that_points_to_the_broker(watcher: Watcher) -> None:
    for more in range(3):
        cases = watcher.at(NOON + SILENT_MS + (1 + more) * MINUTE)
    (case,) = cases
    with watcher.store.reading() as connection:
        told = [line["note"] for line in story(connection, case["incident_id"])]
    assert any("3 台设备同时失联" in note for note in told)


def test_all_at_once_is_said_also_where_one_was_dead_before(watcher: Watcher) -> None:
    watcher.at(NOON + 16 * MINUTE, *OTHERS)
    cases = watcher.at(NOON + 32 * MINUTE)
    assert len(cases) == 2
    assert len(watcher.at(NOON + 34 * MINUTE)) == 2


def test_a_device_that_was_never_there_or_is_revoked_is_not_missed(watcher: Watcher) -> None:
    with watcher.store.transaction() as connection:
        changed = update(DEVICE).where(DEVICE.c.device_id == "water-001")
        connection.execute(changed.values(is_revoked=True))
        never = update(DEVICE).where(DEVICE.c.device_id == "water-002")
        connection.execute(never.values(availability_at=None, heartbeat_at=None))
    assert watcher.at(NOON + 60 * MINUTE, "bare-1") == []


def test_after_a_start_what_waits_at_the_broker_comes_first(district: Store) -> None:
    fresh = Silences(district, None, SILENT_MS)
    assert fresh.look(NOON + 60 * MINUTE) == 0
    assert fresh.look(NOON + 60 * MINUTE + GRACE_MS) == 1


def test_two_workers_open_one_case(district: Store) -> None:
    first, second = Watcher(district), Watcher(district)
    first.at(NOON + 16 * MINUTE, *OTHERS)
    assert len(second.at(NOON + 16 * MINUTE, *OTHERS)) == 1
    with district.transaction() as connection:
        assert len(rows(connection, DEVICE_SILENCE)) == 1
