"""Several cameras in turn: whoever has waited longest is next, with the newest frame there is."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from edge_agent.ports import Frame, SourceError

TICK_S = 1.0
STALL_S = 8.0
"""Without a frame for so long, a camera is lost; told at the next tick, within ten seconds."""

Stream = Callable[[], Iterator[Frame]]
"""Starts one camera's frames; it may raise `SourceError`."""

CameraState = Literal["starting", "running", "stalled", "failed", "ended"]


@dataclass(frozen=True, slots=True)
class Pulse:
    """How one camera does; `last_at` is this machine's monotonic time of its newest frame.

    `began_at` is when it was first asked for one: a camera that never answers is lost, too.
    `taken` of the `frames` were looked at, the others were too old when their turn came; `wait_s`
    is how old the last of them was then, and `longest_wait_s` the oldest.
    """

    frames: int = 0
    last_at: float | None = None
    taken: int = 0
    wait_s: float = 0.0
    longest_wait_s: float = 0.0
    end: Literal["failed", "ended"] | None = None
    detail: str = ""
    began_at: float | None = field(default=None, compare=False)

    def state(self, now: float) -> CameraState:
        """Say it in a word."""
        if self.end:
            return self.end
        heard_at = self.began_at if self.last_at is None else self.last_at
        if heard_at is not None and now - heard_at > STALL_S:
            return "stalled"
        return "starting" if self.last_at is None else "running"


class Rounds:
    """Iterates over rounds of one camera each until all have ended or `stop` is set.

    A round may be empty: it then only says that time has passed. One thread for each camera
    keeps its newest frame; a frame that nobody took in time is forgotten, not queued. The camera
    whose turn is longest ago comes first: when there is more to see than the detector can bear, all
    get the same share, and what a slow camera leaves over goes to the others. A frame is taken
    when its turn comes, never before, so that it waits for no other camera's.
    """

    def __init__(self, streams: Mapping[str, Stream], stop: threading.Event) -> None:
        self._stop = stop
        self._changed = threading.Condition()
        self._newest: dict[str, Frame] = {}
        self._turns = list(streams)
        self._pulses = {camera_id: Pulse() for camera_id in streams}
        self._threads = [
            threading.Thread(target=self._follow, args=item, name=f"camera-{item[0]}", daemon=True)
            for item in streams.items()
        ]

    def __iter__(self) -> Iterator[Mapping[str, Frame]]:
        for thread in self._threads:
            thread.start()
        while not self._stop.is_set():
            with self._changed:
                self._changed.wait_for(self._has_news, timeout=TICK_S)
                batch = self._next()
                is_over = not batch and all(pulse.end for pulse in self._pulses.values())
            if is_over:
                return
            yield batch

    def pulses(self) -> Mapping[str, Pulse]:
        """Tell how each camera does."""
        with self._changed:
            return dict(self._pulses)

    def _next(self) -> Mapping[str, Frame]:
        """Take the newest frame of whoever has waited longest."""
        camera_id = next((one for one in self._turns if one in self._newest), None)
        if camera_id is None:
            return {}
        self._turns.remove(camera_id)
        self._turns.append(camera_id)
        pulse = self._pulses[camera_id]
        wait_s = 0.0 if pulse.last_at is None else time.monotonic() - pulse.last_at
        longest_s = max(wait_s, pulse.longest_wait_s)
        self._pulses[camera_id] = replace(
            pulse, taken=pulse.taken + 1, wait_s=wait_s, longest_wait_s=longest_s
        )
        return {camera_id: self._newest.pop(camera_id)}

    def _has_news(self) -> bool:
        return bool(self._newest) or all(pulse.end for pulse in self._pulses.values())

    def _follow(self, camera_id: str, stream: Stream) -> None:
        with self._changed:
            began = replace(self._pulses[camera_id], began_at=time.monotonic())
            self._pulses[camera_id] = began
        try:
            for frame in stream():
                if self._stop.is_set():
                    return
                self._take(camera_id, frame)
        except SourceError as error:
            self._end(camera_id, "failed", str(error))
        except Exception as error:  # noqa: BLE001 - a thread must not die in silence: the loop hears of it
            self._end(camera_id, "failed", f"{type(error).__name__}: {error}")
        else:
            self._end(camera_id, "ended", "")

    def _take(self, camera_id: str, frame: Frame) -> None:
        with self._changed:
            self._newest[camera_id] = frame
            pulse = self._pulses[camera_id]
            self._pulses[camera_id] = replace(
                pulse, frames=pulse.frames + 1, last_at=time.monotonic()
            )
            self._changed.notify()

    def _end(self, camera_id: str, end: Literal["failed", "ended"], detail: str) -> None:
        with self._changed:
            pulse = self._pulses[camera_id]
            self._pulses[camera_id] = replace(pulse, end=end, detail=detail)
            self._changed.notify()
