"""This machine: Python, clock, disk, and the outbox on it."""

import platform
import shutil
import sys
from collections.abc import Iterator

from contract.scenarios import Clock
from edge_agent.adapters.clock import clock_state
from edge_agent.adapters.outbox_file import set_aside
from edge_agent.config import EdgeConfig
from edge_agent.core.checks import Finding, State
from edge_agent.ports import OutboxError
from edge_agent.wiring.linking import has_outbox, opened_outbox

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
SHORT_BYTES = 1024**3
EMPTY_BYTES = 128 * 1024**2
LONG_BACKLOG = 1000


def check_python() -> Iterator[Finding]:
    """Look at the interpreter's version."""
    said = f"{platform.python_version()} {platform.machine()}"
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        yield Finding("python", "ok", said)
    else:
        yield Finding("python", "fail", said, "请使用 Python 3.11 至 3.13 (use 3.11 to 3.13)")


def check_clock() -> Iterator[Finding]:
    """Look whether the network has set the clock."""
    if clock_state() is Clock.SYNCED:
        yield Finding("clock", "ok", "已与网络时间同步 (synchronised)")
    else:
        advice = "请启用 systemd-timesyncd 或 chrony (enable a time service)"
        yield Finding("clock", "warn", "未与网络时间同步 (not synchronised)", advice)


def check_disk(config: EdgeConfig) -> Iterator[Finding]:
    """Look at the space left for the outbox and its pictures."""
    folder = config.data_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"{folder}: {free / 1024**2:.0f} MiB 可用 (free)"
    state: State = "fail" if free < EMPTY_BYTES else "warn" if free < SHORT_BYTES else "ok"
    yield Finding("disk", state, said, "" if state == "ok" else "请清理磁盘 (free some space)")


def check_outbox(config: EdgeConfig) -> Iterator[Finding]:
    """Look whether the outbox can be used, how long its backlog is, and what went wrong before."""
    if not has_outbox(config.data_dir):
        said = f"{config.data_dir}: 还没有建立 (not made yet)"
        yield Finding("outbox", "warn", said, "systemctl start huxiao-link")
        return
    try:
        with opened_outbox(config.data_dir) as outbox:
            depth, refused = outbox.depth(), outbox.refused()
            damaged = set_aside(outbox.path)
    except OutboxError as error:
        yield Finding("outbox", "fail", str(error))
        return
    state: State = "warn" if depth > LONG_BACKLOG else "ok"
    advice = "请检查网络和平台 (check network and central)" if state == "warn" else ""
    yield Finding("outbox", state, f"待发 {depth} 条 ({depth} waiting)", advice)
    if refused:
        said = f"平台拒收 {refused} 条 ({refused} refused)"
        yield Finding("outbox.refused", "warn", said, "huxiao-edge outbox list")
    if damaged:
        said = f"曾经损坏,已另存 (was damaged, set aside): {', '.join(map(str, damaged))}"
        yield Finding("outbox.damaged", "warn", said, "请检查存储卡 (check the card), 再删除该文件")
