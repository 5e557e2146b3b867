"""What the watching process says of itself: its cameras' rows for the heartbeat, and its log."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from edge_agent.adapters.notes import Notes
from edge_agent.adapters.rounds import Pulse, Rounds
from edge_agent.ports import Frame, OutboxError

LOG = logging.getLogger("huxiao.watch")

BEAT_S = 10.0
_WORDS = {
    "starting": "等待画面 (waiting for a picture)",
    "running": "有画面 (has a picture)",
    "stalled": "画面停住 (the picture stands still)",
    "failed": "失败 (failed)",
    "ended": "播放完毕 (the recording has ended)",
}


class WatchHealth:
    """Notes how the cameras do, and says each change and each new kind of fault once."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._beat_at = -BEAT_S
        self._before: dict[str, Pulse] = {}
        self._said: dict[str, str] = {}
        self._voice = ""
        self._faults: Callable[[], Mapping[str, Sequence[str]]] = dict
        self._drawn: Mapping[str, Sequence[str]] = {}

    def blindness(
        self, faults: Callable[[], Mapping[str, Sequence[str]]], drawn: Mapping[str, Sequence[str]]
    ) -> None:
        """Learn where to ask which cameras are blind, and what is drawn on each."""
        self._faults, self._drawn = faults, drawn

    def beaten(self, rounds: Rounds, alive: Callable[[], None]) -> Iterator[Mapping[str, Frame]]:
        """Pass the rounds on; between them say `alive` and, every so often, note the health."""
        for newest in rounds:
            alive()
            now = time.monotonic()
            if now - self._beat_at >= BEAT_S:
                self.beat(rounds.pulses(), now)
            yield newest

    def beat(self, pulses: Mapping[str, Pulse], now: float) -> None:
        """Note how each camera does at `now`, in this machine's monotonic seconds."""
        elapsed_s, self._beat_at = now - self._beat_at, now
        faults = self._faults()
        for camera_id, pulse in pulses.items():
            state = pulse.state(now)
            before, self._before[camera_id] = self._before.get(camera_id, pulse), pulse
            fps = (pulse.frames - before.frames) / max(elapsed_s, 1e-3)
            taken_fps = (pulse.taken - before.taken) / max(elapsed_s, 1e-3)
            self._tell_once(camera_id, f"{_WORDS[state]} {pulse.detail}".rstrip())
            self._note(
                f"camera:{camera_id}",
                {
                    "state": state,
                    "fps": round(min(fps, 1000.0), 2),
                    "last_frame_age_s": None if pulse.last_at is None else now - pulse.last_at,
                    "taken_fps": round(min(taken_fps, 1000.0), 2),
                    "longest_wait_s": round(pulse.longest_wait_s, 3),
                    "detail": pulse.detail[:200],
                    "faults": list(faults.get(camera_id, ())),
                    "blind_zones": list(self._drawn.get(camera_id, ()))
                    if faults.get(camera_id)
                    else [],
                },
            )
        self._note("speaker", {"state": "failed" if self._voice else "ok", "detail": self._voice})

    def fault(self, error: Exception) -> None:
        """Hear what went wrong with a frame; the same again is not said again."""
        self._tell_once("watch", f"{type(error).__name__}: {error}", error)

    def hear_speaker(self, trouble: str) -> None:
        """Hear from the speaker's thread that the voice works, or why it does not."""
        self._voice = trouble

    def _note(self, name: str, body: Mapping[str, object]) -> None:
        try:
            self._notes.record_health(name, body)
        except OutboxError as error:
            self._tell_once("health", str(error))

    def _tell_once(self, who: str, words: str, error: Exception | None = None) -> None:
        if self._said.get(who) != words:
            self._said[who] = words
            LOG.warning("%s: %s", who, words, exc_info=error)
