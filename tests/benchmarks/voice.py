"""From `say` to the first sample in the sink: `python -m tests.benchmarks.voice`.

Not a test: the milliseconds are this machine's. `watching` asks between the frames of a detector
that never rests, as the watch does; `cutting` asks while something less urgent is being said.
"""

import logging
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from edge_agent.adapters.voice.maker import Maker
from edge_agent.adapters.voice.player import AplayPlayer, FolderPlayer, Player
from edge_agent.adapters.voice.speaker import Listeners, QueuedSpeaker
from edge_agent.config import VoiceConfig
from edge_agent.core.naming import Addressee
from edge_agent.core.turns import is_warning
from edge_agent.ports import Utterance
from edge_agent.wiring import seeing
from edge_agent.wiring.speaking import open_sounds

PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
SOMEBODY = Addressee("e-1", "曾小明", "三年级二班", may_be_named=True)
TIMES = 60
PLAYS_ON = "#!/bin/sh\nexec sleep 0.3\n"

Between = Callable[[], object]


class Bench:
    """A speaker whose sounds are ready, and what it tells of each wait."""

    def __init__(self, player: Player) -> None:
        self.waits: list[tuple[str, float]] = []
        self.calls_s: list[float] = []
        self._began = threading.Semaphore(0)
        text = '{"naming": "name_and_class"}'
        sounds = open_sounds(VoiceConfig.model_validate_json(text))
        sounds.library.prepare()
        sounds.personal.make(SOMEBODY)
        listeners = Listeners(began=self._hear)
        self.speaker = QueuedSpeaker(Maker(sounds.library, sounds.personal), player, listeners)

    def _hear(self, utterance: Utterance, after_s: float) -> None:
        self.waits.append((utterance.phrase_id, after_s))
        self._began.release()

    def ask(
        self, phrase_id: str, to: Addressee | None = None, between: Between | None = None
    ) -> None:
        """Ask, go on with other work, and wait until it has begun."""
        began = time.perf_counter()
        self.speaker.say(phrase_id, to)
        self.calls_s.append(time.perf_counter() - began)
        if between is not None:
            between()
        self._began.acquire(timeout=30.0)

    def settle(self) -> None:
        """Wait until all is said."""
        while not self.speaker.is_idle:
            time.sleep(0.001)
        self._began = threading.Semaphore(0)


def asking(name: str, player: Player, to: Addressee | None, between: Between | None = None) -> None:
    """Ask over and over when nothing else is being said."""
    bench = Bench(player)
    with closing(bench.speaker):
        for _ in range(TIMES):
            bench.ask("line_crossed", to, between)
            bench.settle()
    _print(name, bench)


def cutting(name: str, folder: Path) -> None:
    """Ask for a warning while news is being said that goes on."""
    program = folder / "plays-on"
    program.write_text(PLAYS_ON)
    program.chmod(0o755)
    bench = Bench(AplayPlayer(program=str(program)))
    logging.disable(logging.WARNING)  # each warning that is cut off would be said
    with closing(bench.speaker):
        for _ in range(TIMES // 3):
            for phrase_id in ("alarm_received", "step_back_from_water", "line_crossed"):
                bench.ask(phrase_id)
            bench.settle()
    bench.waits = [wait for wait in bench.waits if is_warning(wait[0])]
    _print(name, bench)


def _print(name: str, bench: Bench) -> None:
    waits_s = [after_s for _, after_s in bench.waits]
    half, most = (1e3 * float(np.percentile(waits_s, share)) for share in (50, 95))
    call = 1e3 * float(np.percentile(bench.calls_s, 95))
    sys.stdout.write(
        f"{name:<28} say -> first sample  p50 {half:6.2f} ms  p95 {most:6.2f} ms"
        f"   say itself p95 {call:.2f} ms\n"
    )


def main() -> None:
    """Print one line for each sink."""
    detector = seeing.open_detector("nanodet")
    image = next(iter(seeing.open_source(str(PLAZA)))).image
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        asking("file", FolderPlayer(folder / "said"), None)
        asking("aplay", AplayPlayer("null"), None)
        asking("aplay, by name", AplayPlayer("null"), SOMEBODY)
        asking(
            "aplay, by name, watching",
            AplayPlayer("null"),
            SOMEBODY,
            lambda: detector.detect(image),
        )
        cutting("aplay, cutting off", folder)


if __name__ == "__main__":
    main()
