"""Makes sounds ahead in a thread of its own: the plain phrases first, then each person's."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from random import random

from edge_agent.adapters.voice.library import PhraseLibrary
from edge_agent.adapters.voice.personal import PersonalSounds
from edge_agent.core.backoff import Backoff
from edge_agent.core.naming import Addressee, Wording
from edge_agent.ports import SpeakerError

LOG = logging.getLogger("huxiao.voice")

PROGRESS_EVERY = 50


class Maker:
    """What is ready, and the thread that makes the rest. While there is no voice it tries again.

    `rest` is called whenever nothing is left to make, and at the end.
    """

    def __init__(
        self,
        library: PhraseLibrary,
        personal: PersonalSounds | None = None,
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        self._rest = rest
        self._library = library
        self._personal = personal
        self._soon: OrderedDict[str, Addressee] = OrderedDict()
        self._wanted: OrderedDict[str, Addressee] = OrderedDict()
        self._forgotten: set[str] = set()
        self._only: Sequence[str] | None = None
        self._made = 0
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._wake: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="voice-maker", daemon=True)
        self._said_clips: set[str] = set()
        self._personal_trouble = ""
        self.trouble = ""
        self.has_tried = False

    def start(self, wake: Callable[[], None]) -> None:
        """Begin; `wake` is called after each sound."""
        self._wake = wake
        self._thread.start()

    def close(self, most_s: float = 2.0) -> None:
        """Stop after the sound that is being made."""
        with self._changed:
            self._closing.set()
            self._changed.notify_all()
        self._thread.join(most_s)

    @property
    def has_given_up(self) -> bool:
        """Tell whether what is missing now will hardly be made soon."""
        return self.has_tried and (bool(self.trouble) or not self._library.missing())

    def knows(self, phrase_id: str) -> bool:
        """Tell whether there is such a phrase at all."""
        return phrase_id in self._library

    def ready(self, phrase_id: str) -> bytes | None:
        """Give a plain phrase from memory."""
        return self._library.ready(phrase_id)

    def ready_for(self, phrase_id: str, to: Addressee) -> tuple[bytes, Wording] | None:
        """Give a phrase as it is said to somebody, from memory; if it is missing, it is made."""
        if self._personal is None:
            return None
        try:
            found = self._personal.ready(phrase_id, to)
        except SpeakerError:  # pieces that cannot be joined: the plain phrase is said
            return None
        if found is None:
            self.expect(to)
        return found

    def sound(self, phrase_id: str) -> bytes:
        """Give a plain phrase, made now if need be.

        Raises:
            SpeakerError: it cannot be made.
        """
        return self._library.sound(phrase_id)

    def prepare(self, addressees: Sequence[Addressee]) -> None:
        """Make what is said to these people, and delete what was made for others."""
        with self._changed:
            self._only = [one.entry_id for one in addressees]
            self._wanted = OrderedDict((one.entry_id, one) for one in addressees)
            self._made = 0
            self._changed.notify_all()

    def expect(self, to: Addressee) -> None:
        """Make somebody's sounds before all others'."""
        with self._changed:
            self._soon[to.entry_id] = to
            self._changed.notify_all()

    def forget(self, entry_id: str) -> None:
        """Delete somebody's sounds, also those that are being made just now."""
        with self._changed:
            self._soon.pop(entry_id, None)
            self._wanted.pop(entry_id, None)
            self._forgotten.add(entry_id)
            self._changed.notify_all()
        if self._personal is not None:
            self._personal.forget(entry_id)

    def _run(self) -> None:
        backoff = Backoff(1.0, 60.0)
        while not self._closing.is_set():
            trouble = self._make_plain()
            self.trouble = self.trouble if self._closing.is_set() else trouble
            self.has_tried = True
            self._wake()
            if self.trouble:
                self._rest()
                self._wait(backoff.wait_s(random()), lambda: False)  # noqa: S311 - jitter, no secret
                backoff = backoff.failed()
                continue
            backoff = Backoff(1.0, 60.0)
            if not self._make_one_personal():
                self._rest()
                self._wait(None, lambda: self._has_work)
        self._rest()

    @property
    def _has_work(self) -> bool:
        return bool(self._soon or self._wanted or self._forgotten or self._only is not None)

    def _wait(self, most_s: float | None, until: Callable[[], bool]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing.is_set() or until(), most_s)

    def _make_plain(self) -> str:
        """Make what is missing; one that fails holds no other back. Give the first trouble."""
        troubles = []
        for phrase_id in self._library.missing():
            if self._closing.is_set():
                break
            try:
                self._library.sound(phrase_id)
            except (SpeakerError, OSError) as error:
                troubles.append(str(error))
            self._wake()
        for phrase_id, fault in self._library.clip_faults.items():
            if phrase_id not in self._said_clips:
                self._said_clips.add(phrase_id)
                LOG.error("录音不能用,改用合成语音 (clip unusable, synthesised instead): %s", fault)
        return next(iter(troubles), "")

    def _make_one_personal(self) -> bool:
        """Do one thing of what is wanted; give False where nothing is."""
        with self._changed:
            only, self._only = self._only, None
            forgotten, self._forgotten = self._forgotten, set()
            is_soon = bool(self._soon)
            first = self._soon or self._wanted
            to = first.popitem(last=False)[1] if first else None
        if self._personal is None:
            return to is not None
        for gone in forgotten:
            self._personal.forget(gone)
        if only is not None:
            self._personal.keep_only(only)
        if to is None:
            return False
        if not is_soon and not self._personal.has_room:
            LOG.warning("内存已满,其余称呼用到时再备 (no room: the rest when they are expected)")
            with self._changed:
                self._wanted.clear()
            return True
        self._make(self._personal, to)
        return True

    def _make(self, personal: PersonalSounds, to: Addressee) -> None:
        trouble = ""
        try:
            personal.make(to)
        except (SpeakerError, OSError) as error:
            trouble = str(error)
        if trouble and trouble != self._personal_trouble:
            LOG.error("称呼没有备好,将不带姓名喊话 (said without a name): %s", trouble)
        self._personal_trouble = trouble
        self._made += 1
        if not self._wanted or self._made % PROGRESS_EVERY == 0:
            LOG.info("称呼已备好 %d,还有 %d (made, left)", self._made, len(self._wanted))
