"""Central killed, the broker gone: every alert becomes exactly one row of one incident after all.

`HUXIAO_OUTAGE_S=600 ./scripts/test tests/integration/test_outage.py` plays the ten minutes of the
acceptance; the default is short enough for every run.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from contract.messages import AlertBody
from contract.scenarios import Kind, Scenario, Severity
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.ports import EvidenceFile
from edge_agent.wiring.linking import opened_outbox
from scripts.demonstration.district import DEVICE_ID
from tests.integration.whole_line import Line, whole_line
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1500)]

ALERTS = 500
OUTAGE_S = float(os.environ.get("HUXIAO_OUTAGE_S", "6"))


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[Line]:
    with whole_line(tmp_path, database_url) as made:
        yield made


def raised(outbox: SqliteOutbox, count: int) -> list[int]:
    """Raise alerts as the watch would: in several zones, some critical, some with a picture."""
    numbers = []
    for index in range(count):
        critical = index % 3 == 0
        body = AlertBody(
            alert_id=str(uuid7()),
            device_id=DEVICE_ID,
            boot_id="boot-1",
            scenario=Scenario.DROWNING_RISK,
            kind=Kind.LINE_CROSSED if critical else Kind.OVERSTAY,
            severity=Severity.CRITICAL if critical else Severity.WARNING,
            occurred_at=datetime.now(UTC),
            camera_id="cam1",
            zone_id=f"zone-{index % 7}",
        )
        picture = EvidenceFile("image/jpeg", f"picture {body.alert_id}".encode())
        numbers.append(outbox.put(body, [picture] if index % 10 == 0 else []).seq)
    return numbers


def test_every_alert_of_an_outage_becomes_exactly_one_row_of_one_incident(line: Line) -> None:
    with opened_outbox(line.state) as outbox:
        line.start("broker", "central", "link")
        numbers = raised(outbox, 100)
        wait_until(lambda: line.stored() > 20, 60, "the first alerts")
        line.parts.kill("central")
        numbers += raised(outbox, 200)
        line.parts.kill("broker")
        began = time.monotonic()
        numbers += raised(outbox, ALERTS - 300)
        wait_until(lambda: time.monotonic() - began > OUTAGE_S, OUTAGE_S + 5, "the outage")
        assert outbox.depth() >= ALERTS - 300

        line.start("broker", "central")
        wait_until(lambda: outbox.depth() == 0, 180, "the outbox to run empty")
        wait_until(lambda: outbox.files_waiting() == 0, 60, "the pictures to arrive")

    assert sorted(numbers) == [seq for (seq,) in line.rows("select seq from alert order by seq")]
    assert line.rows("select count(*) from alert where incident_id is null") == [(0,)]
    assert line.rows("select sum(alert_count) from incident") == [(ALERTS,)]
    assert line.rows("select count(*) from quarantine") == [(0,)]
    assert line.rows("select count(*) from evidence where received_at is null") == [(0,)]
