"""Whatever happens to an update, something that works runs, and central is told why."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from contract.messages import UpdateReport
from contract.releases import Manifest, ReleaseError, ReleaseOrder, Why
from edge_agent.adapters import update_guard as guard
from edge_agent.adapters.slots import Slots
from edge_agent.adapters.update_files import UpdateFolder
from edge_agent.core.schedules import Window
from edge_agent.core.updating import HEALTHY_CHECKS, Moment
from edge_agent.wiring.updating import Hands, Updater
from tests.unit.edge.updating.bundles import TRUSTED, bundle

NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
NIGHT = datetime(2026, 12, 1, 2, 0)  # noqa: DTZ001 - the site's own clock
GUARDED = (Window(time(6), time(22)),)


class PowerCutError(BaseException):
    """The plug was pulled."""


@dataclass
class Device:
    """A device on a disk of its own: whatever is not in its files is lost with the power."""

    folder: Path
    bundle: Path = field(init=False)
    cut_at: str = ""
    broken: str = ""
    local: datetime | None = NIGHT
    alarm: bool = False
    restarts: int = 0
    health: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        slot = self.root / "slots" / "0.1.0"
        slot.mkdir(parents=True)
        (slot / ".complete").write_text(json.dumps({"version": "0.1.0", "seq": 1}))
        guard.point(self.root, "0.1.0")
        self.bundle = bundle(self.folder)
        self.well()

    @property
    def root(self) -> Path:
        return self.folder / "opt"

    def well(self) -> None:
        self.health = {
            "link": {"is_connected": True, "is_acked": True},
            "camera:cam1": {"state": "running"},
            "camera:cam2": {"state": "failed"},
            "memory:watch": {},
        }

    @property
    def reports(self) -> UpdateFolder:
        return UpdateFolder(self.folder / "update")

    def updater(self) -> Updater:
        hands = Hands(
            self._fetch,
            self._restart,
            lambda: {name: (NOW, body) for name, body in self.health.items()},
            lambda: Moment(self.local, self.alarm, 0),
            lambda: NOW,
        )
        slots = Slots(self.root, self._make, self._step)
        return Updater(slots, self.reports, TRUSTED, GUARDED, hands)

    def turn(self, action: str = "install", **changes: Any) -> UpdateReport:
        fields = {"device_id": "water-001", "order": 7, "action": action, "version": "0.2.0",
                  "seq": 2, "sha256": "0" * 64, "size_bytes": 9, "at": NOW}  # fmt: skip
        order = ReleaseOrder.model_validate({**fields, **changes})
        report = self.updater().turn(order)
        assert report is not None
        return report

    def starts(self, process: str = "watch") -> str:
        """Start a process as systemd does, and tell what runs."""
        guard.start(self.root, process)
        return self.runs

    @property
    def runs(self) -> str:
        return (self.root / "current").readlink().name

    def _fetch(self, _order: ReleaseOrder, target: Path) -> None:
        if self.broken == "line":
            raise ReleaseError(Why.FETCH, "the line is down")
        self._step("fetch")
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(self.bundle.read_bytes())

    def _make(self, slot: Path, _wheels: Path, _manifest: Manifest) -> None:
        slot.mkdir()
        (slot / "half").touch()
        self._step("make")
        if self.broken == "full":
            raise OSError(28, "No space left on device")
        if self.broken == "smoke":
            raise ReleaseError(Why.INSTALL, "新版本启动不了")

    def _restart(self) -> None:
        self.restarts += 1

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name == self.cut_at:
            self.cut_at = ""
            raise PowerCutError


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_a_release_is_tried_and_confirmed_after_five_healthy_looks(device: Device) -> None:
    assert device.turn().phase == "trial"
    assert device.restarts == 1
    assert device.starts() == "0.2.0"
    phases = [device.turn().phase for _ in range(HEALTHY_CHECKS)]
    assert phases == ["trial"] * (HEALTHY_CHECKS - 1) + ["confirmed"]
    assert device.turn().phase == "confirmed"
    assert device.starts() == "0.2.0"
    assert device.updater().status()["previous"] == "0.1.0"
    assert not device.reports.bundle.exists()


@pytest.mark.parametrize(
    "sign",
    [
        {"link": {"is_connected": False, "is_acked": True}},
        {"link": {"is_connected": True, "is_acked": False}},
        {"camera:cam1": {"state": "failed"}},
        {"memory:watch": None},
    ],
)
def test_a_release_that_does_not_deliver_goes_back(device: Device, sign: dict[str, Any]) -> None:
    device.turn()
    device.starts()
    for name, body in sign.items():
        device.health.pop(name)
        if body is not None:
            device.health[name] = body
    for _ in range(guard.MOST_CHECKS):
        assert guard.check(device.root)[0] == "trial"
        assert device.turn().phase == "trial"
    assert guard.check(device.root) == ("back", "0.2.0")
    report = device.turn()
    assert (report.phase, report.code) == ("rolled_back", "broken")
    assert device.starts() == "0.1.0"


def test_a_release_that_crashes_goes_back_though_nothing_of_it_runs(device: Device) -> None:
    device.turn()
    assert [device.starts() for _ in range(4)] == ["0.2.0"] * 3 + ["0.1.0"]
    report = device.turn()
    assert report.phase == "rolled_back"
    assert "watch" in report.reason
    again = device.turn(order=8)
    assert (again.phase, again.code) == ("refused", "failed_before")
    assert device.starts() == "0.1.0"


def test_each_process_has_its_own_starts(device: Device) -> None:
    device.turn()
    for process in guard.PROCESSES:
        assert [device.starts(process) for _ in range(3)] == ["0.2.0"] * 3
    assert device.starts("page") == "0.1.0"


@pytest.mark.parametrize(
    "step", ["fetch", "unpack", "install", "make", "sync", "activate", "restart"]
)
def test_a_power_cut_at_any_step_leaves_something_that_runs(device: Device, step: str) -> None:
    device.cut_at = step
    with pytest.raises(PowerCutError):
        device.turn()
    assert step in device.steps
    ran = device.starts()
    assert ran == ("0.2.0" if step == "restart" else "0.1.0")
    assert (device.root / "slots" / ran / ".complete").exists()
    for _ in range(HEALTHY_CHECKS + 2):
        report = device.turn()
    device.starts("link")
    assert report.phase == "confirmed"
    assert device.starts() == "0.2.0"


def test_a_torn_state_does_not_stop_a_start(device: Device) -> None:
    device.turn()
    device.starts()
    (device.root / "state.json").write_text('{"good": "0.')
    assert device.starts() in {"0.1.0", "0.2.0"}
    (device.root / "state.json.old").write_text("")
    (device.root / "state.json").write_text("")
    assert device.starts() in {"0.1.0", "0.2.0"}


@pytest.mark.parametrize(("broken", "code"), [("full", "disk"), ("smoke", "install")])
def test_what_cannot_be_installed_is_told_and_leaves_nothing(
    device: Device, broken: str, code: str
) -> None:
    device.broken = broken
    report = device.turn()
    assert (report.phase, report.code) == ("failed", code)
    assert [one.name for one in (device.root / "slots").iterdir()] == ["0.1.0"]
    assert not device.reports.bundle.exists()
    assert device.starts() == "0.1.0"


@pytest.mark.parametrize(
    ("spoil", "changes", "code"),
    [("wheel", {}, "hash"), ("manifest", {}, "signature"), ("", {"seq": 1}, "downgrade"),
     ("", {"version": "0.3.0", "seq": 3}, "manifest")],
)  # fmt: skip
def test_a_bundle_that_is_not_right_is_refused_and_told(
    device: Device, spoil: str, changes: dict[str, Any], code: str
) -> None:
    device.bundle = bundle(device.folder, spoil=spoil, **changes)
    report = device.turn()
    assert (report.phase, report.code) == ("refused", code)
    assert device.starts() == "0.1.0"
    assert device.restarts == 0


def test_nothing_is_touched_in_guarded_hours_or_with_an_open_alarm(device: Device) -> None:
    device.local = NIGHT.replace(hour=12)
    assert device.turn().phase == "waiting"
    device.local, device.alarm = NIGHT, True
    assert "报警" in device.turn().reason
    device.local, device.alarm = None, False
    assert "时钟" in device.turn().reason
    assert device.steps == []
    device.local = NIGHT
    assert device.turn().phase == "trial"


def test_a_line_that_is_down_is_tried_again(device: Device) -> None:
    device.broken = "line"
    assert (device.turn().phase, device.turn().code) == ("fetching", "fetch")
    device.broken = ""
    assert device.turn().phase == "trial"


def test_what_was_taken_back_goes_back_and_stays_away(device: Device) -> None:
    for _ in range(HEALTHY_CHECKS + 1):
        device.turn()
    assert device.starts() == "0.2.0"
    assert device.turn("return", order=8).phase == "returned"
    assert device.starts() == "0.1.0"
    again = device.turn(order=9)
    assert (again.phase, again.code) == ("refused", "failed_before")
    older = bundle(device.folder, version="0.1.9", seq=2)
    device.bundle = older
    assert device.turn(order=10, version="0.1.9").code == "downgrade"


def test_an_order_that_is_dropped_is_over(device: Device) -> None:
    device.local = NIGHT.replace(hour=12)
    device.turn()
    assert device.turn("drop", order=8).phase == "dropped"
    assert device.runs == "0.1.0"


def test_somebody_on_the_spot_may_install_at_any_hour(device: Device) -> None:
    device.local = NIGHT.replace(hour=12)
    assert device.updater().install(device.bundle).phase == "trial"
    with pytest.raises(ReleaseError):
        device.updater().install(device.bundle)
