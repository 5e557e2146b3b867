"""A warm device: fewer pictures are looked at, each step is said once and noted for `doctor`."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from edge_agent.adapters.machine import temperature_c
from edge_agent.adapters.notes import Notes
from edge_agent.config.care import CareConfig
from edge_agent.core.throttle import Throttle
from edge_agent.ports import Frame, OutboxError

LOG = logging.getLogger("huxiao.watch")

FEEL_EVERY_S = 10.0
NOTE_EVERY_S = 60.0
"""A memory card is not written for each look."""
NOTE = "cooling"


@dataclass(slots=True)
class Cooling:
    """Stands between the cameras and the loop, and lets through what the device can bear."""

    throttle: Throttle
    notes: Notes
    feel: Callable[[], float | None] = temperature_c
    clock: Callable[[], float] = time.monotonic
    felt_at: float = float("-inf")
    noted_at: float = float("-inf")
    taken_at: dict[str, float] = field(default_factory=dict)

    def thinned(self, batches: Iterator[Mapping[str, Frame]]) -> Iterator[Mapping[str, Frame]]:
        """Pass the frames on, as many as may be looked at."""
        for batch in batches:
            now = self.clock()
            if now - self.felt_at >= FEEL_EVERY_S:
                self._feel(now)
            most = self.throttle.most_fps
            yield batch if most is None else self._some_of(batch, 1.0 / most)

    def looks_once(self) -> bool:
        """Tell whether there is no second, larger look now."""
        return self.throttle.looks_once

    def _some_of(self, batch: Mapping[str, Frame], apart_s: float) -> Mapping[str, Frame]:
        kept = {}
        for camera_id, frame in batch.items():
            before = self.taken_at.get(camera_id)
            if before is None or not before <= frame.at < before + apart_s:
                self.taken_at[camera_id] = frame.at
                kept[camera_id] = frame
        return kept

    def _feel(self, now: float) -> None:
        warmth, before = self.feel(), self.throttle.step
        self.felt_at, self.throttle = now, self.throttle.observe(now, warmth)
        if self.throttle.step != before:
            LOG.warning("%s", said_of(self.throttle.step, self.throttle.most_fps, warmth))
        elif now - self.noted_at < NOTE_EVERY_S:
            return
        self.noted_at = now
        body = {"step": self.throttle.step, "most_fps": self.throttle.most_fps,
                "temperature_c": warmth}  # fmt: skip
        try:
            self.notes.record_health(NOTE, body)
        except OutboxError as error:
            LOG.debug("%s", error)  # the outbox's own faults are said elsewhere


def said_of(step: int, most_fps: float | None, warmth_c: float | None) -> str:
    """Say a step in words."""
    warm = "" if warmth_c is None else f" ({warmth_c:.0f} °C)"
    if step == 0:
        return f"温度正常,恢复每帧都看 (cool again: every picture is looked at){warm}"
    return f"设备偏热,每路每秒只看 {most_fps:g} 帧 (warm: this many pictures a second){warm}"


def cooling_of(care: CareConfig, notes: Notes) -> Cooling:
    """Give it by the config."""
    return Cooling(Throttle(care.warm_c, care.hot_c), notes)
