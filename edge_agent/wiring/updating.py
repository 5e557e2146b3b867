"""One look at updates, once a minute: follow central's order, watch a release that is on trial."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contract.messages import UpdatePhase, UpdateReport
from contract.releases import Manifest, ReleaseError, ReleaseOrder, Why
from edge_agent.adapters import bundle as bundles
from edge_agent.adapters.slots import Slots
from edge_agent.adapters.update_files import Baseline, UpdateFolder
from edge_agent.core.schedules import Window
from edge_agent.core.updating import HEALTHY_CHECKS, Moment, Signs, why_not_healthy, why_wait

LOG = logging.getLogger("huxiao.update")

OVER = frozenset({"confirmed", "refused", "failed", "rolled_back", "returned", "dropped"})
HEARD_WITHIN_S = 180.0
CAMERA, MEMORY, OPEN = "camera:", "memory:", "open:"


@dataclass(frozen=True, slots=True)
class Hands:
    """What an updater reaches the world with."""

    fetch: Callable[[ReleaseOrder, Path], None]
    restart: Callable[[], None]
    health: Callable[[], Mapping[str, tuple[datetime, Mapping[str, Any]]]]
    moment: Callable[[], Moment]
    now: Callable[[], datetime]


class Updater:
    """Decides by the files alone, so that it may end, or lose its power, after any step."""

    def __init__(
        self, slots: Slots, folder: UpdateFolder, keys: list[bytes], guarded: tuple[Window, ...],
        hands: Hands,
    ) -> None:  # fmt: skip
        self._slots = slots
        self._folder = folder
        self._keys = keys
        self._guarded = guarded
        self._hands = hands

    def turn(self, order: ReleaseOrder | None) -> UpdateReport | None:
        """Look once; give how far it is, which is kept for the heartbeat too."""
        if self._slots.standing.trial is not None:
            return self._say(self._watched())
        before = self._folder.report()
        if before is not None and before.phase == "trial":
            return self._say(self._ended(before))
        is_done = before is not None and order is not None and before.order == order.order
        if order is None or (is_done and before and before.phase in OVER):
            return before
        return self._say(self._followed(order))

    def install(self, bundle: Path) -> UpdateReport:
        """Take a bundle that somebody has brought: checked, staged and put on trial.

        Raises:
            ReleaseError: why not; what runs goes on running.
        """
        manifest = self._checked(bundle)
        self._slots.stage(bundle, manifest)
        return self._say(self._begun(manifest, 0))

    def status(self) -> dict[str, Any]:
        """Say what runs, what is on trial, and how the last update went."""
        standing, report = self._slots.standing, self._folder.report()
        return {
            "good": standing.good,
            "trial": standing.trial,
            "previous": standing.previous,
            "seq": standing.seq,
            "failed": dict(standing.failed),
            "last": report.model_dump() if report else None,
        }

    def _followed(self, order: ReleaseOrder) -> UpdateReport:
        match order.action:
            case "drop":
                self._folder.clear()
                is_running = self._slots.standing.good == order.version
                return _report(order, "confirmed" if is_running else "dropped")
            case "return":
                return self._returned(order)
            case "install":
                return self._installed(order)

    def _installed(self, order: ReleaseOrder) -> UpdateReport:
        if self._slots.standing.good == order.version:
            return _report(order, "confirmed")
        if wait := why_wait(self._hands.moment(), self._guarded):
            return _report(order, "waiting", reason=wait)
        try:
            self._say(_report(order, "fetching"))
            self._hands.fetch(order, self._folder.bundle)
        except ReleaseError as error:
            is_over = error.code is not Why.FETCH
            return _report(order, "failed" if is_over else "fetching", error)
        try:
            manifest = self._checked(self._folder.bundle)
            if (manifest.version, manifest.seq) != (order.version, order.seq):
                words = "更新包不是平台所说的版本 (not the version that was ordered)"
                raise ReleaseError(Why.MANIFEST, words)  # noqa: TRY301 - told like all others
        except ReleaseError as error:
            self._folder.clear()
            return _report(order, "refused", error)
        try:
            self._say(_report(order, "installing"))
            self._slots.stage(self._folder.bundle, manifest)
        except ReleaseError as error:
            self._folder.clear()
            return _report(order, "failed", error)
        return self._begun(manifest, order.order)

    def _checked(self, bundle: Path) -> Manifest:
        standing = self._slots.standing
        if standing.trial is not None:
            words = f"{standing.trial} 还在试运行 (another release is on trial)"
            raise ReleaseError(Why.SLOTS, words)
        return bundles.checked(bundle, self._keys, standing.seq, standing.failed)

    def _begun(self, manifest: Manifest, order: int) -> UpdateReport:
        rows, now = self._hands.health(), self._hands.now()
        fresh = {name: body for name, (at, body) in rows.items() if _is_fresh(at, now)}
        cameras = [name for name, body in fresh.items()
                   if name.startswith(CAMERA) and body.get("state") == "running"]  # fmt: skip
        heard = [name for name in fresh if name.startswith(MEMORY)]
        self._folder.keep_baseline(Baseline(cameras, heard))
        report = UpdateReport(order=order, version=manifest.version, phase="trial")
        self._folder.say(report)  # before the guard knows: a trial without a report cannot be
        self._slots.activate(manifest.version)
        self._hands.restart()
        return report

    def _watched(self) -> UpdateReport:
        trial = self._slots.standing.trial or ""
        before = self._folder.report()
        order = before.order if before is not None and before.version == trial else 0
        reason = why_not_healthy(self._signs())
        if reason:
            self._slots.unhealthy()
        elif self._slots.healthy(HEALTHY_CHECKS):
            self._folder.clear()
            self._slots.prune()
            return UpdateReport(order=order, version=trial, phase="confirmed")
        return UpdateReport(order=order, version=trial, phase="trial", reason=reason)

    def _ended(self, before: UpdateReport) -> UpdateReport:
        """Say how a trial ended that ended without us: the guard went back, or never began."""
        standing = self._slots.standing
        if standing.good == before.version:
            self._folder.clear()
            return before.model_copy(update={"phase": "confirmed", "reason": ""})
        why = standing.failed.get(before.version)
        if why is None:  # power was cut before the guard knew: it is begun again
            again = {
                "phase": "installing",
                "reason": "断电中断,重新开始 (interrupted, begun again)",
            }
            return before.model_copy(update=again)
        self._folder.clear()
        told = {"phase": "rolled_back", "code": Why.BROKEN.value, "reason": why[:300]}
        return before.model_copy(update=told)

    def _returned(self, order: ReleaseOrder) -> UpdateReport:
        self._folder.clear()
        if self._slots.go_back(order.version):
            self._hands.restart()
            return _report(order, "returned")
        if self._slots.standing.good != order.version:
            return _report(order, "dropped")
        words = "没有可以退回的版本 (no release to go back to)"
        return _report(order, "failed", ReleaseError(Why.SLOTS, words))

    def _signs(self) -> Signs:
        rows, now, base = self._hands.health(), self._hands.now(), self._folder.baseline()
        fresh = {name: body for name, (at, body) in rows.items() if _is_fresh(at, now)}
        link = fresh.get("link", {})
        cameras = {name.removeprefix(CAMERA): str(fresh.get(name, {}).get("state", "failed"))
                   for name in base.cameras}  # fmt: skip
        silent = [name.removeprefix(MEMORY) for name in base.processes if name not in fresh]
        return Signs(bool(link.get("is_connected")), bool(link.get("is_acked")), cameras, silent)

    def _say(self, report: UpdateReport) -> UpdateReport:
        before = self._folder.report()
        if before is None or (before.phase, before.reason) != (report.phase, report.reason):
            LOG.info("更新 (update) %s: %s %s", report.version, report.phase, report.reason)
        self._folder.say(report)
        return report


def _report(
    order: ReleaseOrder, phase: UpdatePhase, error: ReleaseError | None = None, reason: str = ""
) -> UpdateReport:
    return UpdateReport(
        order=order.order,
        version=order.version,
        phase=phase,
        code=error.code.value if error else "",
        reason=(str(error) if error else reason)[:300],
    )


def _is_fresh(at: datetime, now: datetime) -> bool:
    return abs((now - at).total_seconds()) <= HEARD_WITHIN_S
