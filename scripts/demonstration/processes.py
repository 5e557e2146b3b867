"""Start what the line needs, notice when a part dies, stop all of it again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_WITHIN_S = 10.0


class DemoError(Exception):
    """Something the visitor must know; the text says what to do."""


@dataclass
class Processes:
    """The parts that were started, each with its own log file."""

    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(
        self, name: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None
    ) -> None:
        """Start a part in a session of its own, so that Ctrl-C reaches it through us only."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise `DemoError` when a part has ended by itself, with the end of its log."""
        for name, process in self.running.items():
            if process.poll() is not None:
                tail = (self.logs / f"{name}.log").read_text("utf-8", "replace")[-1500:]
                msg = f"{name} 意外退出 ended by itself ({process.returncode}):\n{tail}"
                raise DemoError(msg)

    def kill(self, name: str) -> None:
        """End a part as a power cut would."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End every part, last started first; whoever does not listen is killed."""
        for process in reversed(self.running.values()):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_WITHIN_S
        for process in reversed(self.running.values()):
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()


def wait_for(
    what: str, ready: Callable[[], bool], parts: Processes, within_s: float = 60.0
) -> None:
    """Wait until `ready`, watching that no part dies meanwhile."""
    until = time.monotonic() + within_s
    while not ready():
        parts.check()
        if time.monotonic() > until:
            msg = (
                f"等待超时 gave up waiting after {within_s:.0f} s: {what}(日志 logs: {parts.logs})"
            )
            raise DemoError(msg)
        time.sleep(0.05)


def is_listening(port: int) -> bool:
    """Tell whether something answers on this machine's port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port(wish: int = 0) -> int:
    """Give the wished port if nobody has it, else any free one."""
    for port in (wish, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    msg = "没有空闲端口 no free port"
    raise DemoError(msg)
