"""The speaker that never makes its caller wait: a thread says what is most urgent first."""

import logging
import queue
import threading
from collections.abc import Callable
from random import random

from edge_agent.adapters.voice.library import PhraseLibrary
from edge_agent.adapters.voice.phrases import urgency
from edge_agent.adapters.voice.player import Player
from edge_agent.core.backoff import Backoff
from edge_agent.ports import SpeakerError

LOG = logging.getLogger("huxiao.voice")

_CLOSING = 10_000  # after everything that is still to be said
_MOST_WAITING = 16

StateTold = Callable[[str], None]
"""Called with `""` when the voice works, and with the reason, in words, when it does not."""


class QueuedSpeaker:
    """Says phrases one after another, the most urgent first; what cannot be said is said loudly.

    While the voice cannot be had (no espeak-ng, no sound card) it tries again with back-off.
    """

    def __init__(self, library: PhraseLibrary, player: Player, told: StateTold) -> None:
        self._library = library
        self._player = player
        self._told = told
        self._state: str | None = None
        self._waiting: queue.PriorityQueue[tuple[int, int, str]] = queue.PriorityQueue()
        self._queued: set[str] = set()
        self._lock = threading.Lock()
        self._count = 0
        self._unsaid = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def say(self, phrase_id: str) -> None:
        with self._lock:
            repeats = self._player.waits_its_turn and phrase_id in self._queued
            if repeats or self._waiting.qsize() >= _MOST_WAITING:
                return
            self._queued.add(phrase_id)
            self._unsaid += 1
            self._put(urgency(phrase_id), phrase_id)

    @property
    def is_idle(self) -> bool:
        """Tell whether everything that was asked for has been said, or has failed."""
        with self._lock:
            return self._unsaid == 0

    def close(self, most_s: float = 10.0) -> None:
        """Say what is still waiting, then stop; give up after `most_s`."""
        self._closing.set()
        with self._lock:
            self._put(_CLOSING, "")
        self._thread.join(most_s)

    def _put(self, rank: int, phrase_id: str) -> None:
        self._count += 1
        self._waiting.put((rank, self._count, phrase_id))

    def _run(self) -> None:
        if not self._prepared():
            return
        while True:
            rank, _, phrase_id = self._waiting.get()
            if rank == _CLOSING:
                return
            with self._lock:
                self._queued.discard(phrase_id)
            self._say_now(phrase_id)
            with self._lock:
                self._unsaid -= 1

    def _prepared(self) -> bool:
        backoff = Backoff(1.0, 60.0)
        while True:
            try:
                self._library.prepare()
            except (SpeakerError, OSError) as error:
                self._tell(str(error))
            else:
                self._tell("")
                return True
            if self._closing.wait(backoff.wait_s(random())):  # noqa: S311 - jitter, no secret
                return False
            backoff = backoff.failed()

    def _say_now(self, phrase_id: str) -> None:
        try:
            self._player.play(phrase_id, self._library.sound(phrase_id))
        except (SpeakerError, OSError) as error:
            self._tell(str(error))
        else:
            self._tell("")

    def _tell(self, state: str) -> None:
        """One line for each change, not for each failure."""
        if state == self._state:
            return
        if state:
            LOG.error("喊话失败 (voice failed): %s", state)
        elif self._state is not None:
            LOG.warning("喊话恢复 (voice works again)")
        self._state = state
        self._told(state)


class QuietSpeaker:
    """A site that has switched its voice off."""

    def say(self, phrase_id: str) -> None:
        LOG.info("喊话已关闭 (voice is switched off): %s", phrase_id)

    def close(self, most_s: float = 0.0) -> None:
        """Nothing is open."""
