"""systemd hears that a process is ready and alive; one whose loop hangs is silent."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.adapters.systemd import Watchdog
from edge_agent.wiring.running import keep_running
from tests.servers.mosquitto import free_port, wait_until

PLAZA = Path(__file__).resolve().parents[3] / "media" / "plaza.mp4"


class Manager:
    """The other end of NOTIFY_SOCKET, as systemd has it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(0.1)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def count(self, word: str) -> int:
        return self.said.count(word)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                self.said.append(self._socket.recv(1000).decode())
            except TimeoutError:
                continue


@contextmanager
def managed(folder: Path) -> Iterator[Manager]:
    manager = Manager(folder / "notify")
    try:
        yield manager
    finally:
        manager.close()


def config_of(folder: Path) -> Path:
    config = folder / "device.toml"
    config.write_text(f"""device_id = "water-001"
profile = "water"
data_dir = "{folder}/data"
[broker]
port = {free_port()}
[page]
port = {free_port()}
[voice]
sink = "file:{folder}/said"
[[cameras]]
camera_id = "cam1"
source = "{PLAZA}"
""")
    return config


@pytest.mark.stack
@pytest.mark.parametrize("process", ["watch", "button", "link", "page"])
def test_each_process_says_ready_alive_and_stopping(tmp_path: Path, process: str) -> None:
    edge = str(Path(sys.executable).with_name("huxiao-edge"))
    command = [edge, "run", process, "--simulate", "--config", str(config_of(tmp_path))]
    with managed(tmp_path) as manager:
        told = os.environ | {"NOTIFY_SOCKET": str(manager.path), "WATCHDOG_USEC": "1500000"}
        with (tmp_path / "log").open("wb") as log:
            running = subprocess.Popen(
                command, env=told, stdin=subprocess.PIPE, stdout=log, stderr=log
            )
        try:
            wait_until(lambda: manager.count("READY=1") == 1, 60, "ready")
            wait_until(lambda: manager.count("WATCHDOG=1") >= 3, 60, "three signs of life")
        finally:
            running.terminate()
            running.communicate(timeout=30)
        assert manager.said[-1] == "STOPPING=1", (tmp_path / "log").read_text()


def test_a_loop_that_hangs_gives_no_sign_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    hangs, stop = threading.Event(), threading.Event()
    with managed(tmp_path) as manager:
        watchdog = Watchdog(str(manager.path))

        def once() -> bool:
            watchdog.alive()
            hangs.wait(20)
            return True

        running = threading.Thread(target=keep_running, args=("watch", once, stop, watchdog))
        running.start()
        wait_until(lambda: manager.count("WATCHDOG=1") == 1, 10, "the first sign of life")
        assert not stop.wait(1.5)
        assert manager.count("WATCHDOG=1") == 1
        hangs.set()
        running.join()


def test_what_is_missing_is_waited_for_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    stop = threading.Event()
    with managed(tmp_path) as manager:
        watchdog = Watchdog(str(manager.path))

        def once() -> bool:
            msg = "no camera"
            raise RuntimeError(msg)

        running = threading.Thread(target=keep_running, args=("watch", once, stop, watchdog))
        running.start()
        wait_until(lambda: manager.count("WATCHDOG=1") >= 2, 30, "signs of life while waiting")
        stop.set()
        running.join()
