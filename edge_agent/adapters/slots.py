"""Slots: each release in a folder of its own, whole or not there; `current` leads to one."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.releases import Manifest, ReleaseError, Why
from edge_agent.adapters import bundle as bundles
from edge_agent.adapters import update_guard as guard

COMPLETE = ".complete"
ROOM_FACTOR = 4
"""What a bundle's wheels take unpacked, and once more beside: of the bundle's own size."""
ROOM_BYTES = 200 * 1024 * 1024
INSTALL_WITHIN_S = 1800.0
SMOKE_WITHIN_S = 120.0

Maker = Callable[[Path, Path, Manifest], None]
"""Makes a slot (first) out of a folder of wheels (second)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What runs, what is on trial, and what has been learnt so far."""

    good: str
    trial: str | None
    seq: int
    failed: Mapping[str, str]
    previous: str | None = None


class Slots:
    """The folder of one device's releases. `step` hears each step before it is taken."""

    def __init__(
        self, root: Path, make: Maker, step: Callable[[str], None] = lambda _: None
    ) -> None:
        self._root = root
        self._make = make
        self._step = step

    @property
    def standing(self) -> Standing:
        """What the guard's state says."""
        state = self._state()
        failed = {one["version"]: one["why"] for one in state["failed"]}
        seq = max(int(state["seq"]), self._seq_of(state["good"]))
        return Standing(state["good"], state["trial"], seq, failed, state["previous"])

    def stage(self, bundle: Path, manifest: Manifest) -> None:
        """Make a release's slot, whole or not at all; one that is whole already stays.

        Raises:
            ReleaseError: no room, it cannot be installed, or it does not even start.
        """
        slot = self._root / "slots" / manifest.version
        if (slot / COMPLETE).exists():
            return
        self._make_room(bundle)
        wheels = self._root / "slots" / f".{manifest.version}.wheels"
        try:
            shutil.rmtree(slot, ignore_errors=True)
            shutil.rmtree(wheels, ignore_errors=True)
            wheels.mkdir(parents=True)
            self._step("unpack")
            bundles.unpack(bundle, manifest, wheels)
            self._step("install")
            self._make(slot, wheels, manifest)
            self._step("sync")
            os.sync()
            (slot / f"{COMPLETE}.new").write_text(manifest.model_dump_json(), "utf-8")
            (slot / f"{COMPLETE}.new").replace(slot / COMPLETE)
            os.sync()
        except (OSError, ReleaseError) as error:
            shutil.rmtree(slot, ignore_errors=True)
            shutil.rmtree(wheels, ignore_errors=True)
            if isinstance(error, ReleaseError):
                raise
            words = f"装不下或写不了,原版本继续运行 (disk): {error}"
            raise ReleaseError(Why.DISK, words) from error
        shutil.rmtree(wheels, ignore_errors=True)

    def activate(self, version: str) -> None:
        """Put a slot on trial; the guard counts its starts from now on."""
        state = self._state()
        self._step("activate")
        fresh = {**state, "trial": version, "starts": {}, "checks": 0, "healthy": 0}
        guard.save(self._root, fresh)
        self._step("restart")

    def healthy(self, needed: int) -> bool:
        """Count a healthy look; true once there were enough in a row, and it is confirmed."""
        state = self._state()
        count = int(state["healthy"]) + 1
        if count < needed:
            guard.save(self._root, {**state, "healthy": count})
            return False
        self._confirm(state)
        return True

    def unhealthy(self) -> None:
        """Begin to count anew."""
        state = self._state()
        if state["healthy"]:
            guard.save(self._root, {**state, "healthy": 0})

    def give_up(self, why: str) -> None:
        """End a trial: what was good before runs again."""
        if self._state()["trial"] is not None:
            guard.go_back(self._root, why)

    def go_back(self, version: str) -> bool:
        """Leave a confirmed release that was taken back, for the one before; False: there is none.

        Its `seq` stays the least that is taken: nothing older comes in by this way.
        """
        state = self._state()
        before = state["previous"]
        is_there = before and guard.is_complete(self._root, before)
        if state["good"] != version or state["trial"] or not is_there:
            return False
        failed = [*state["failed"], {"version": version, "why": "平台收回 (taken back)"}]
        kept = {"seq": self.standing.seq, "failed": failed, "previous": None}
        guard.save(self._root, {**state, "good": before, **kept})
        guard.point(self._root, before)
        return True

    def prune(self) -> None:
        """Remove slots that nothing leads to any more: present, trial and the one before stay."""
        state = self._state()
        keep = {state["good"], state["trial"], state["previous"]}
        for slot in (self._root / "slots").iterdir():
            if slot.name not in keep:
                shutil.rmtree(slot, ignore_errors=True)

    def _confirm(self, state: dict[str, Any]) -> None:
        version = state["trial"]
        kept = {"good": version, "previous": state["good"], "seq": self._seq_of(version),
                "trial": None, "starts": {}, "checks": 0, "healthy": 0}  # fmt: skip
        guard.save(self._root, {**state, **kept})

    def _state(self) -> dict[str, Any]:
        try:
            return guard.load(self._root)
        except OSError as error:
            words = f"{self._root} 里没有 current,不能更新 (not installed in slots): {error}"
            raise ReleaseError(Why.SLOTS, words) from error

    def _seq_of(self, version: str) -> int:
        try:
            content = json.loads((self._root / "slots" / version / COMPLETE).read_bytes())
            return int(content["seq"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _make_room(self, bundle: Path) -> None:
        self.prune()
        needed = bundle.stat().st_size * ROOM_FACTOR + ROOM_BYTES
        free = shutil.disk_usage(self._root).free
        if free < needed:
            words = (f"空间不够:还剩 {free >> 20} MB,需要 {needed >> 20} MB,"
                     "原版本继续运行 (not enough room)")  # fmt: skip
            raise ReleaseError(Why.DISK, words)


def made_by_pip(slot: Path, wheels: Path, manifest: Manifest) -> None:
    """Make a virtual environment of these wheels alone: no index, every hash compared.

    Raises:
        ReleaseError: pip refuses, or the program does not start.
    """
    base = getattr(sys, "_base_executable", sys.executable)
    venv = [base, "-m", "venv", *_shared(), str(slot)]
    listed = [f"{wheels / name} --hash=sha256:{digest}\n" for name, digest in
              sorted(manifest.files.items())]  # fmt: skip
    (wheels / "requirements.txt").write_text("".join(listed), "utf-8")
    pip = [str(slot / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-index",
           "--no-deps", "--require-hashes", "--disable-pip-version-check", "--no-cache-dir",
           "-r", str(wheels / "requirements.txt")]  # fmt: skip
    smoke = [str(slot / "bin" / "huxiao-edge"), "--version"]
    for words, command, within_s in (
        ("建虚拟环境失败 (venv)", venv, INSTALL_WITHIN_S),
        ("安装失败 (pip)", pip, INSTALL_WITHIN_S),
        ("新版本启动不了 (does not start)", smoke, SMOKE_WITHIN_S),
    ):
        _run(words, command, within_s)


def _shared() -> list[str]:
    """The Pi's camera library comes from the system, where this environment takes it, too."""
    try:
        settings = (Path(sys.prefix) / "pyvenv.cfg").read_text("utf-8").lower()
    except OSError:
        return []
    is_shared = "include-system-site-packages = true" in settings
    return ["--system-site-packages"] if is_shared else []


def _run(words: str, command: list[str], within_s: float) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - a command of our own
            command, capture_output=True, text=True, timeout=within_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ReleaseError(Why.INSTALL, f"{words}: {within_s:.0f} s") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or [""]
        code = Why.DISK if "No space left" in done.stderr else Why.INSTALL
        raise ReleaseError(code, f"{words}: {last[0][:200]}")
