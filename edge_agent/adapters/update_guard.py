#!/usr/bin/python3
"""Decides which slot starts. Standard library only; a copy of it lies outside every slot.

    update-guard start ROOT PROCESS    before each start of a process
    update-guard check ROOT            once a minute, before the updater looks
    update-guard show ROOT

ROOT has `slots/<version>/`, the link `current`, and `state.json`. A release on trial that starts
any process more than three times, or is not confirmed within 45 checks, goes back by itself, even
where nothing of it runs.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

MOST_STARTS = 3
MOST_CHECKS = 45
PROCESSES = ("watch", "link", "button", "page")
SYSTEMCTL = "/usr/bin/systemctl"


def load(root: Path) -> dict[str, Any]:
    """Read the state; a torn file gives way to the one before it, and that to what runs."""
    for name in ("state.json", "state.json.old"):
        try:
            state = json.loads((root / name).read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(state, dict) and isinstance(state.get("good"), str):
            return {**_blank(state["good"]), **state}
    return _blank((root / "current").readlink().name)


def save(root: Path, state: dict[str, Any]) -> None:
    """Replace the state whole; the one before stays beside it."""
    path, fresh = root / "state.json", root / "state.json.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        path.replace(root / "state.json.old")
    fresh.replace(path)
    _sync(root)


def point(root: Path, version: str) -> None:
    """Let `current` lead to a slot, in one step."""
    side = root / "current.new"
    side.unlink(missing_ok=True)
    side.symlink_to(Path("slots") / version)
    side.replace(root / "current")
    _sync(root)


def is_complete(root: Path, version: str) -> bool:
    """Tell whether a slot was made to its end."""
    return (root / "slots" / version / ".complete").exists()


def start(root: Path, process: str) -> tuple[str, str]:
    """Count a start, and let `current` lead to what shall run; give what was decided."""
    state = load(root)
    trial: str | None = state["trial"]
    if trial is None:
        _lead(root, state["good"])
        return "good", state["good"]
    if not is_complete(root, trial):
        return go_back(root, "不完整 (not complete)", process)
    starts = state["starts"].get(process, 0) + 1
    if starts > MOST_STARTS:
        return go_back(root, f"{process} 反复重启 (started again and again)", process)
    save(root, {**state, "starts": {**state["starts"], process: starts}})
    _lead(root, trial)
    return "trial", trial


def check(root: Path) -> tuple[str, str]:
    """Count a look at a trial that nobody has confirmed yet."""
    state = load(root)
    if state["trial"] is None:
        return "good", state["good"]
    if state["checks"] >= MOST_CHECKS:
        return go_back(root, "迟迟没有通过检查 (never found healthy)")
    save(root, {**state, "checks": state["checks"] + 1})
    return "trial", state["trial"]


def go_back(root: Path, why: str, process: str = "") -> tuple[str, str]:
    """End a trial: what was good runs again, and this version is not tried another time."""
    state = load(root)
    bad = state["trial"]
    failed = [one for one in state["failed"] if one["version"] != bad]
    state.update(_blank(state["good"]), seq=state["seq"], previous=state["previous"])
    state["failed"] = [*failed[-19:], {"version": bad, "why": why}]
    save(root, state)
    _lead(root, state["good"])
    restart(but=process)
    return "back", bad


def restart(but: str = "") -> None:
    """Let systemd start the processes anew that run."""
    if not Path("/run/systemd/system").is_dir() or not os.access(SYSTEMCTL, os.X_OK):
        return
    units = [f"huxiao-{one}.service" for one in PROCESSES if one != but]
    command = [SYSTEMCTL, "--no-block", "try-restart", *units]
    subprocess.run(command, check=False)  # noqa: S603 - our own words


def _blank(good: str) -> dict[str, Any]:
    return {"good": good, "trial": None, "starts": {}, "checks": 0, "healthy": 0, "seq": 0,
            "previous": None, "failed": []}  # fmt: skip


def _lead(root: Path, version: str) -> None:
    link = root / "current"
    if not link.is_symlink() or link.readlink() != Path("slots") / version:
        point(root, version)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def main(words: list[str]) -> int:
    """Do what the command line says."""
    match words:
        case ["start", root, process]:
            said = " ".join(start(Path(root), process))
        case ["check", root]:
            said = " ".join(check(Path(root)))
        case ["show", root]:
            said = json.dumps(load(Path(root)), ensure_ascii=False)
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    sys.stdout.write(said + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
