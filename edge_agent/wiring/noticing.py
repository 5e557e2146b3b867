"""How the device does, for the local page: what is known at once, and what is checked slowly."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from contract.messages import CameraHealth, DutyShare
from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.drawings import DrawingError
from edge_agent.adapters.duty_book import PREFIX, shares_of
from edge_agent.adapters.health import MEMORY, camera_health
from edge_agent.adapters.machine import temperature_c
from edge_agent.adapters.notes import HealthRow
from edge_agent.config import ConfigError, EdgeConfig
from edge_agent.core.checks import Finding, State
from edge_agent.ports import OutboxError
from edge_agent.wiring.checking.alarm import of_alarm
from edge_agent.wiring.checking.machine import check_clock, check_disk, check_outbox
from edge_agent.wiring.checking.network import check_certificates
from edge_agent.wiring.checking.senses import check_models
from edge_agent.wiring.checking.wear import check_signal, check_wear
from edge_agent.wiring.cooling import said_of
from edge_agent.wiring.linking import has_outbox, opened_outbox

HOT_C = 80.0
LINK_FRESH = timedelta(minutes=3)
CAMERA = "camera:"

_STATES: dict[str, tuple[State, str, str]] = {
    "running": ("ok", "有画面 (has a picture)", ""),
    "starting": ("warn", "等待画面 (waiting for a picture)", "systemctl status huxiao-watch"),
    "stalled": (
        "fail",
        "画面停住 (the picture stands still)",
        "请检查摄像头的电源和网线 (check the camera's power and cable)",
    ),
    "failed": (
        "fail",
        "没有画面 (no picture)",
        "请检查电源、网线和地址 (check power, cable, address); systemctl status huxiao-watch",
    ),
    "ended": ("warn", "录像播放完毕 (the recording has ended)", ""),
}

Checks = Callable[[EdgeConfig], Iterator[Finding]]


def slow_checks(config: EdgeConfig) -> Iterator[Finding]:
    """Look at what takes seconds: models and certificates.

    Not at the sound card: whoever plays on it now could hold a warning back. The watch says.
    """
    yield from check_models()
    yield from check_certificates(config)


class PageHealth:
    """Answers at once; the slow checks run in a thread, at the start and when asked."""

    def __init__(self, config: Callable[[], EdgeConfig], slow: Checks = slow_checks) -> None:
        self._config = config
        self._slow = slow
        self._found: Sequence[Finding] = ()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def findings(self) -> Sequence[Finding]:
        """Give what is known now. The camera is never opened: the watch says how it does."""
        try:
            config = self._config()
        except ConfigError as error:
            said = [one.in_words() for one in error.problems]
            return [Finding("config", "fail", one, "huxiao-edge config check") for one in said]
        except DrawingError as error:
            return [Finding("config", "fail", str(error))]
        return [*quick_checks(config), *self._found]

    def check_again(self) -> None:
        """Begin the slow checks, unless they run already."""
        with self._lock:
            if not self.is_checking():
                self._thread = threading.Thread(target=self._check, name="checks", daemon=True)
                self._thread.start()

    def is_checking(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def close(self, most_s: float = 5.0) -> None:
        """Wait for what is being checked, but not long."""
        if self._thread is not None:
            self._thread.join(most_s)

    def _check(self) -> None:
        try:
            self._found = list(self._slow(self._config()))
        except (ConfigError, DrawingError):
            self._found = ()  # the quick ones say it


def quick_checks(config: EdgeConfig) -> Iterator[Finding]:
    """Look at what is known at once."""
    rows = _rows(config)
    now = SystemTime().now()
    for camera in config.cameras:
        found = camera_health(camera.camera_id, rows.get(f"{CAMERA}{camera.camera_id}"), now)
        yield of_camera(found)
    if not config.cameras:
        advice = "请在配置中添加 [[cameras]] (add one to the config)"
        yield Finding("cameras", "warn", "没有配置摄像头 (none configured)", advice)
    yield from of_speaker(rows.get("speaker"), now)
    yield of_link(rows.get("link"), now)
    yield from of_alarm(config, rows, now)
    yield from check_outbox(config)
    yield from check_disk(config)
    yield from check_wear()
    yield from check_signal()
    yield from check_clock()
    yield from of_temperature(temperature_c())
    yield from of_cooling(rows.get("cooling"), now)
    yield from of_memory(rows, now)


def told_by_processes(config: EdgeConfig) -> Iterator[Finding]:
    """Give what the running processes have left word of, and the heartbeat carries."""
    rows, now = _rows(config), SystemTime().now()
    for camera in config.cameras:
        row = rows.get(f"{CAMERA}{camera.camera_id}")
        if row is not None:
            found = of_camera(camera_health(camera.camera_id, row, now))
            yield replace(found, check=f"watch.{found.check}")
    if "link" in rows:
        yield of_link(rows["link"], now)
    yield from of_temperature(temperature_c())
    yield from of_cooling(rows.get("cooling"), now)
    yield from of_memory(rows, now)
    for name, row in rows.items():
        if name.startswith(PREFIX):
            yield from of_shares(shares_of(row))


def of_shares(shares: Sequence[DutyShare]) -> Iterator[Finding]:
    """Say how far each of a gate's duties is met: never a failure of the device itself."""
    for share in shares:
        unit = "秒 (s)" if share.unit == "s" else "次 (times)"
        said = f"{share.day}: {share.numerator:.0f} / {share.denominator:.0f} {unit}"
        yield Finding(f"duty.{share.duty}.{share.day}", "ok", said)


def of_camera(health: CameraHealth) -> Finding:
    """Say how a camera does, and what to do."""
    state, said, advice = _STATES[health.state]
    faults = " ".join(health.faults)
    blind = f"看不见的区域 (blind zones): {', '.join(health.blind_zones)}"
    parts = [said, f"{health.fps:.1f} fps" if health.state == "running" else "", health.detail]
    parts += [faults, blind if health.blind_zones else ""]
    if state == "ok" and (faults or health.blind_zones):
        state = "fail"
        advice = "请看实时画面,擦净镜头,检查位置 (look at the picture, clean and align the lens)"
    words = ";".join(part for part in parts if part)
    return Finding(f"camera.{health.camera_id}", state, words, advice)


def of_speaker(row: HealthRow | None, now: datetime) -> Iterator[Finding]:
    """Say how the voice did when the watch last spoke; nothing where no watch runs."""
    if row is None or now - row.at > LINK_FRESH:
        return
    if row.body.get("state") == "ok":
        yield Finding("speaker", "ok", "扬声器可用 (the loudspeaker works)")
    else:
        advice = "请检查声卡和接线 (check sound card and wiring); huxiao-edge doctor"
        yield Finding("speaker", "fail", str(row.body.get("detail", "")), advice)


def of_link(row: HealthRow | None, now: datetime) -> Finding:
    """Say whether the link to the district holds."""
    if row is None or now - row.at > LINK_FRESH:
        said = "上报进程没有运行 (the link does not run)"
        return Finding("link", "fail", said, "systemctl start huxiao-link")
    if row.body.get("is_connected"):
        return Finding("link", "ok", str(row.body.get("said", "")))
    advice = "请检查网线、地址和防火墙 (check cable, address, firewall)"
    return Finding("link", "fail", str(row.body.get("said", "")), advice)


def of_temperature(warmest: float | None) -> Iterator[Finding]:
    """Say how warm the board is, where it has a thermometer."""
    if warmest is None:
        return
    said = f"{warmest:.0f} °C"
    if warmest < HOT_C:
        yield Finding("temperature", "ok", said)
    else:
        advice = "请改善散热或遮阳 (give it shade and air)"
        yield Finding("temperature", "warn", said, advice)


def of_cooling(row: HealthRow | None, now: datetime) -> Iterator[Finding]:
    """Say whether the watch looks more seldom because of the heat; nothing where it does not."""
    if row is None or now - row.at > LINK_FRESH or not row.body.get("step"):
        return
    said = said_of(int(row.body["step"]), row.body.get("most_fps"), row.body.get("temperature_c"))
    yield Finding("cooling", "warn", said, "请改善散热或遮阳 (give it shade and air)")


def of_memory(rows: Mapping[str, HealthRow], now: datetime) -> Iterator[Finding]:
    """Say how much memory each running process holds."""
    for name, row in rows.items():
        if not name.startswith(MEMORY) or now - row.at > LINK_FRESH:
            continue
        said = f"{int(row.body.get('bytes', 0)) / 1e6:.0f} MB"
        if row.body.get("is_high"):
            advice = "偏高,超过上限会自动重启 (high; over the ceiling it begins anew by itself)"
            yield Finding(f"memory.{name.removeprefix(MEMORY)}", "warn", said, advice)
        else:
            yield Finding(f"memory.{name.removeprefix(MEMORY)}", "ok", said)


def _rows(config: EdgeConfig) -> dict[str, HealthRow]:
    if not has_outbox(config.data_dir):
        return {}
    try:
        with opened_outbox(config.data_dir) as outbox:
            return outbox.health()
    except OutboxError:
        return {}  # the outbox's own check says it
