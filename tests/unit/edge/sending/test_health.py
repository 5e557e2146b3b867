from datetime import timedelta
from pathlib import Path

import pytest

from contract.messages import UpdateReport
from contract.scenarios import Clock
from edge_agent.adapters.clock import SystemTime, boot_id, clock_state
from edge_agent.adapters.health import DeviceVitals, Troubles, camera_health, faults_of
from edge_agent.adapters.machine import temperature_c
from edge_agent.adapters.notes import HealthRow
from edge_agent.simulated import ManualTime
from tests.unit.edge.sending.sending_kit import AT, a_body, an_outbox

RUNNING = {"state": "running", "fps": 9.5, "last_frame_age_s": 0.1, "detail": ""}


def test_a_camera_that_nobody_has_seen_yet_is_starting() -> None:
    assert camera_health("cam1", None, AT).state == "starting"


def test_a_camera_is_as_its_fresh_row_says() -> None:
    health = camera_health("cam1", HealthRow(AT, RUNNING), AT + timedelta(seconds=9))
    assert (health.state, health.fps, health.last_frame_age_s) == ("running", 9.5, 0.1)


def test_a_row_that_grows_old_says_that_nobody_watches() -> None:
    health = camera_health("cam1", HealthRow(AT, RUNNING), AT + timedelta(minutes=10))
    assert (health.state, health.fps) == ("failed", 0.0)
    assert health.last_frame_age_s == pytest.approx(600.1)


def test_a_row_that_makes_no_sense_is_a_failure_and_no_crash() -> None:
    health = camera_health("cam1", HealthRow(AT, {"state": "dancing"}), AT)
    assert health.state == "failed"
    assert "dancing" in health.detail


def test_the_warmest_sensor_counts(tmp_path: Path) -> None:
    for number, reading in enumerate(("45000", "61500", "not a number")):
        zone = tmp_path / f"thermal_zone{number}"
        zone.mkdir()
        (zone / "temp").write_text(reading)
    assert temperature_c(tmp_path) == 61.5


def test_a_machine_without_sensors_has_no_temperature(tmp_path: Path) -> None:
    assert temperature_c(tmp_path) is None


@pytest.mark.parametrize(
    ("warmth_c", "free_bytes", "clock", "faults"),
    [
        (45.0, 10**10, Clock.SYNCED, ()),
        (None, 10**10, Clock.SYNCED, ()),
        (80.0, 10**10, Clock.SYNCED, ("hot",)),
        (45.0, 10**8, Clock.FLOOR, ("disk", "clock")),
    ],
)
def test_a_machine_says_what_is_wrong_with_itself(
    warmth_c: float | None, free_bytes: int, clock: Clock, faults: tuple[str, ...]
) -> None:
    assert faults_of(warmth_c, free_bytes, clock) == faults


def test_the_heartbeat_tells_of_cameras_and_backlog(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        box.put(a_body())
        box.record_health("camera:cam1", RUNNING)
        vitals = DeviceVitals("water-001", "boot-1", ["cam1", "cam2"], box, time)
        heartbeat = vitals.heartbeat()
    assert [camera.state for camera in heartbeat.cameras] == ["running", "starting"]
    assert heartbeat.outbox_depth == 1
    assert heartbeat.versions["huxiao"]


def test_a_boot_keeps_its_name_and_its_clock_goes_on() -> None:
    time = SystemTime()
    assert boot_id() == boot_id()
    assert time.now().utcoffset() == timedelta()
    assert time.monotonic() <= time.monotonic()
    assert clock_state() in {"synced", "floor"}


def test_a_process_that_holds_too_much_and_a_dead_speaker_are_told(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        box.record_health("memory:watch", {"bytes": 800_000_000, "is_high": True})
        box.record_health("memory:link", {"bytes": 50_000_000, "is_high": False})
        box.record_health("speaker", {"state": "failed", "detail": "no such device"})
        heartbeat = DeviceVitals("water-001", "boot-1", [], box, time).heartbeat()
    assert heartbeat.memory_bytes == 850_000_000
    assert {"memory", "speaker"} <= set(heartbeat.faults)


def test_what_was_said_long_ago_is_not_told_as_of_now(tmp_path: Path) -> None:
    time = ManualTime()
    with an_outbox(tmp_path, time) as box:
        box.record_health("memory:watch", {"bytes": 800_000_000, "is_high": True})
        time.go_on(600)
        heartbeat = DeviceVitals("water-001", "boot-1", [], box, time).heartbeat()
    assert heartbeat.memory_bytes is None
    assert "memory" not in heartbeat.faults


def test_the_machine_names_the_troubles_of_its_processes() -> None:
    said = Troubles(is_speaker_dead=True, is_memory_high=True)
    assert set(faults_of(45.0, 10**10, Clock.SYNCED, said)) == {"speaker", "memory"}


def test_the_heartbeat_tells_how_far_an_update_is(tmp_path: Path) -> None:
    said = UpdateReport(order=7, version="0.2.0", phase="rolled_back", code="broken", reason="x")
    with an_outbox(tmp_path) as outbox:
        vitals = DeviceVitals("water-001", "b", [], outbox, ManualTime(AT), lambda: said)
        assert vitals.heartbeat().update == said
