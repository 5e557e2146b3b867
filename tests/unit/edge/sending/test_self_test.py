"""The alarm tests itself once a day, and its share is counted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.config import EdgeConfig
from edge_agent.wiring.self_testing import SelfTest
from tests.unit.edge.sending.sending_kit import an_outbox

CONFIG = EdgeConfig.model_validate_json('{"device_id": "gate-001", "profile": "gate"}')
MORNING, NIGHT = datetime(2026, 9, 1, 7, tzinfo=UTC), datetime(2026, 9, 1, 3, tzinfo=UTC)


def shares(box: SqliteOutbox) -> list[tuple[str, float, float]]:
    row = box.health().get("duties:button")
    rows = row.body["shares"] if row else []
    return [(one["day"], one["numerator"], one["denominator"]) for one in rows]


def look_on(box: SqliteOutbox, wrong: list[str], *moments: datetime) -> None:
    now = list(moments)
    test = SelfTest(CONFIG, box, lambda: wrong, lambda: now.pop(0))
    try:
        for _ in moments:
            test.look()
    finally:
        test.close()


def test_once_a_day_all_well_counts_one_of_one(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        box.record_health("link", {"is_connected": True})
        look_on(box, [], MORNING, MORNING.replace(hour=20))
        assert shares(box) == [("2026-09-01", 1.0, 1.0)]


def test_it_waits_for_its_hour(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        look_on(box, [], NIGHT)
        assert shares(box) == []


@pytest.mark.parametrize(
    ("wrong", "link"),
    [(["button_stuck"], {"is_connected": True}), ([], {"is_connected": False}), ([], None)],
)
def test_what_would_keep_an_alarm_from_being_heard_counts_none_of_one(
    tmp_path: Path, wrong: list[str], link: dict[str, bool] | None
) -> None:
    with an_outbox(tmp_path) as box:
        if link is not None:
            box.record_health("link", link)
        look_on(box, wrong, MORNING)
        assert shares(box) == [("2026-09-01", 0.0, 1.0)]
        assert box.health()["self_test"].body["wrong"]


def test_a_restart_does_not_count_the_same_day_twice(tmp_path: Path) -> None:
    with an_outbox(tmp_path) as box:
        box.record_health("link", {"is_connected": True})
        look_on(box, [], MORNING)
        look_on(box, [], MORNING.replace(hour=9))
        look_on(box, [], MORNING.replace(day=2))
        assert shares(box) == [("2026-09-01", 1.0, 1.0), ("2026-09-02", 1.0, 1.0)]
