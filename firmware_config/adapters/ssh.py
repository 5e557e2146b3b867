"""The system's own ssh: to a device's page, and to hand it an update."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from firmware_config.ports import Exit, FlashError

WAIT_S = 20.0
OPTIONS = ("-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=15")
ADVICE = "能手工 ssh 登录吗?安装人员的公钥写卡时用 --ssh-key 给 (can you log in by hand?)"


@contextmanager
def tunnel(host: str, port: int) -> Iterator[int]:
    """Lead a port of the device here until the end of the block; gives our port.

    Raises:
        FlashError: ssh fails.
    """
    own = _free_port()
    process = subprocess.Popen(  # noqa: S603 - the system's ssh, a host after --
        [_ssh(), *OPTIONS, "-o", "ExitOnForwardFailure=yes", "-N",
         "-L", f"127.0.0.1:{own}:127.0.0.1:{port}", "--", host],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        _until_open(process, own, host)
        yield own
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        if process.stderr is not None:
            process.stderr.close()


def run(host: str, command: Sequence[str]) -> None:
    """Run a command there, its words shown as they come.

    Raises:
        FlashError: it failed.
    """
    done = subprocess.run(  # noqa: S603 - as above
        [_ssh(), *OPTIONS, "--", host, *command], check=False
    )
    if done.returncode:
        said = f"{host}: {' '.join(command[:3])}: 退出码 (exit) {done.returncode}"
        raise FlashError(Exit.DEVICE, said, ADVICE if done.returncode == 255 else "")  # noqa: PLR2004


def copy(file: Path, host: str, target: str) -> None:
    """Copy a file there.

    Raises:
        FlashError: it failed.
    """
    program = shutil.which("scp")
    if program is None:
        raise FlashError(Exit.TOOL, "没有 scp (not found)", "apt-get install openssh-client")
    done = subprocess.run(  # noqa: S603 - as above
        [program, *OPTIONS, "--", str(file), f"{host}:{target}"], check=False
    )
    if done.returncode:
        raise FlashError(Exit.DEVICE, f"复制不到 (cannot copy to) {host}", ADVICE)


def _ssh() -> str:
    program = shutil.which("ssh")
    if program is None:
        raise FlashError(Exit.TOOL, "没有 ssh (not found)", "apt-get install openssh-client")
    return program


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _until_open(process: "subprocess.Popen[str]", port: int, host: str) -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.2)
    said = process.stderr.read().strip() if process.poll() is not None and process.stderr else ""
    raise FlashError(Exit.DEVICE, f"ssh {host}: {said or '没有回应 (no answer)'}", ADVICE)
