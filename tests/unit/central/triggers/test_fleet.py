"""How a device does, in words, with what to do."""

from datetime import UTC, datetime
from typing import Any

import pytest

from central.core.fleet import DAY_MS, Health, Trouble, box_of, certificate_days, health_of, remarks
from contract.messages import CameraHealth, Heartbeat
from contract.scenarios import Clock

NOW = 1_795_406_400_000
CAMERA = CameraHealth(camera_id="cam1", state="running", fps=10)


def beat(**changes: Any) -> dict[str, Any]:
    said = Heartbeat(device_id="water-001", boot_id="b", at=datetime(2026, 11, 23, tzinfo=UTC),
                     uptime_s=1, outbox_depth=0, cameras=(CAMERA,))  # fmt: skip
    return said.model_copy(update=changes).model_dump(mode="json")


def row(**changes: Any) -> dict[str, Any]:
    usual = {
        "device_id": "water-001", "is_revoked": False, "is_online": True, "availability_at": NOW,
        "heartbeat_at": NOW, "heartbeat": beat(), "reported": None, "has_passed": True,
        "certificate_expires_at": NOW + 200 * DAY_MS,
    }  # fmt: skip
    return usual | changes


def troubles(**changes: Any) -> list[Trouble]:
    return [one.trouble for one in remarks(box_of(row(**changes)), NOW)]


def test_a_device_that_is_well_has_no_remark() -> None:
    assert health_of(box_of(row()), NOW) is Health.WELL
    assert troubles() == []


@pytest.mark.parametrize(
    ("changes", "health"),
    [
        ({"is_online": False}, Health.OFFLINE),
        ({"is_online": False, "availability_at": None}, Health.NEVER),
        ({"heartbeat_at": NOW - 200_000}, Health.SILENT),
        ({"heartbeat_at": None}, Health.SILENT),
        ({"is_revoked": True, "is_online": False}, Health.REVOKED),
        ({"heartbeat": beat(cameras=(CAMERA.model_copy(update={"faults": ("dark",)}),))},
         Health.CAMERA),
    ],
)  # fmt: skip
def test_the_worst_is_said_in_one_word(changes: dict[str, Any], health: Health) -> None:
    assert health_of(box_of(row(**changes)), NOW) is health


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"is_online": False}, Trouble.AWAY),
        ({"heartbeat_at": None}, Trouble.AWAY),
        ({"certificate_expires_at": NOW + 29 * DAY_MS}, Trouble.CERTIFICATE),
        ({"has_passed": False}, Trouble.UNCOMMISSIONED),
        ({"heartbeat": beat(temperature_c=85.0)}, Trouble.MACHINE),
        ({"heartbeat": beat(disk_free_bytes=1000)}, Trouble.MACHINE),
        ({"heartbeat": beat(faults=("speaker",))}, Trouble.MACHINE),
        ({"heartbeat": beat(faults=("of a later version",))}, Trouble.MACHINE),
        ({"heartbeat": beat(clock=Clock.FLOOR)}, Trouble.CLOCK),
        ({"heartbeat": beat(outbox_depth=500)}, Trouble.BACKLOG),
    ],
)
def test_each_trouble_is_said_once_with_what_to_do(
    changes: dict[str, Any], trouble: Trouble
) -> None:
    (one,) = remarks(box_of(row(**changes)), NOW)
    assert one.trouble is trouble
    assert all(one.what)
    assert all(one.todo)


def test_a_blind_zone_is_named_and_comes_before_what_can_wait() -> None:
    blind = CAMERA.model_copy(update={"blind_zones": ("edge",), "faults": ("covered",)})
    found = remarks(box_of(row(heartbeat=beat(cameras=(blind,), clock=Clock.FLOOR))), NOW)
    assert [one.trouble for one in found] == [Trouble.CAMERA, Trouble.BLIND, Trouble.CLOCK]
    assert "edge" in found[1].what[0]


def test_a_certificate_that_is_over_is_urgent_and_its_days_are_whole() -> None:
    box = box_of(row(certificate_expires_at=NOW - 1))
    (one,) = remarks(box, NOW)
    assert one.is_urgent
    assert certificate_days(box, NOW) == -1
    assert certificate_days(box_of(row(certificate_expires_at=NOW + DAY_MS - 1)), NOW) == 0


def test_nothing_is_said_of_a_revoked_device() -> None:
    assert troubles(is_revoked=True, is_online=False, certificate_expires_at=1) == []
