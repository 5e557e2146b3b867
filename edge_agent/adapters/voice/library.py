"""Every plain phrase as sound, ready before it is needed: from the site's clips, or made once."""

import hashlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from edge_agent.adapters.voice.files import write_whole
from edge_agent.adapters.voice.script import Script
from edge_agent.adapters.voice.sound import frames_of
from edge_agent.core.naming import Manners
from edge_agent.core.turns import urgency
from edge_agent.ports import SpeakerError


class Synthesiser(Protocol):
    """Makes WAV sound of a script; `fingerprint` names what else changes the sound."""

    @property
    def fingerprint(self) -> str: ...

    def wav(self, script: Script) -> bytes: ...


class PhraseLibrary:
    """Phrases by id. A clip `<clips_dir>/<phrase_id>.wav` takes the place of its text.

    A clip that cannot be used is said in `clip_faults`, and the text is spoken in its place.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        synthesiser: Synthesiser,
        clips_dir: Path,
        cache_dir: Path | None,
        *,
        manners: Manners | None = None,
        readings: Mapping[str, str] | None = None,
    ) -> None:
        self.manners = manners or Manners()
        self.readings = readings or {}
        self.texts = texts
        self.clip_faults: dict[str, str] = {}
        self._synthesiser = synthesiser
        self._clips_dir = clips_dir
        self._cache_dir = cache_dir
        self._sounds: dict[str, bytes] = {}
        self._making = threading.Lock()

    def __contains__(self, phrase_id: str) -> bool:
        return phrase_id in self.texts or phrase_id in self._clips()

    def stray_clips(self) -> list[str]:
        """List the clips that stand for no phrase of ours or of the site."""
        return sorted(self._clips() - self.texts.keys())

    def missing(self) -> list[str]:
        """List the phrases whose sound is not in memory yet, the most urgent first."""
        known = {*self.texts, *self._clips()} - self._sounds.keys()
        return sorted(known, key=lambda phrase_id: (urgency(phrase_id), phrase_id))

    def ready(self, phrase_id: str) -> bytes | None:
        """Give a phrase's WAV where it is in memory: no disk, no synthesis."""
        return self._sounds.get(phrase_id)

    def prepare(self) -> None:
        """Have the sound of every phrase in memory; one that fails holds no other back.

        Raises:
            SpeakerError: the synthesiser cannot be used for one of them.
        """
        troubles = []
        for phrase_id in self.missing():
            try:
                self.sound(phrase_id)
            except SpeakerError as error:
                troubles.append(error)
        if troubles:
            raise troubles[0]

    def sound(self, phrase_id: str) -> bytes:
        """Give a phrase's WAV; synthesised now where it is not ready.

        Raises:
            SpeakerError: nobody has written such a phrase, or it cannot be made.
        """
        ready = self.ready(phrase_id)
        if ready is not None:
            return ready
        if phrase_id not in self:
            msg = f"没有这条喊话 (no such phrase): {phrase_id}"
            raise SpeakerError(msg)
        with self._making:
            if phrase_id not in self._sounds:
                self._sounds[phrase_id] = self._clip(phrase_id) or self._made(phrase_id)
            return self._sounds[phrase_id]

    def of_text(self, text: str) -> bytes:
        """Give the sound of any text, from the cache where it has been made before.

        Raises:
            SpeakerError: it cannot be made.
        """
        script = Script(text, self.readings)
        cached = self._cached(script)
        if cached is not None and cached.exists():
            content = cached.read_bytes()
            if _is_sound(content):
                return content
        content = self._synthesiser.wav(script)
        if cached is not None:
            write_whole(cached, content)
        return content

    def _clips(self) -> set[str]:
        return {clip.stem for clip in self._clips_dir.glob("*.wav")}

    def _clip(self, phrase_id: str) -> bytes | None:
        clip = self._clips_dir / f"{phrase_id}.wav"
        if phrase_id not in self._clips():  # an id never becomes a path of its own
            return None
        try:
            content = clip.read_bytes()
            frames_of(content)
        except (SpeakerError, OSError) as error:
            self.clip_faults[phrase_id] = f"{clip}: {error}"
            return None
        return content

    def _made(self, phrase_id: str) -> bytes:
        text = self.texts.get(phrase_id)
        if text is None:
            raise SpeakerError(self.clip_faults.get(phrase_id, phrase_id))
        return self.of_text(self.manners.wording(phrase_id, text).text)

    def _cached(self, script: Script) -> Path | None:
        if self._cache_dir is None:
            return None
        key = hashlib.sha256(f"{self._synthesiser.fingerprint}\n{script.key}".encode()).hexdigest()
        return self._cache_dir / "made" / f"{key}.wav"


def _is_sound(content: bytes) -> bool:
    try:
        frames_of(content)
    except SpeakerError:
        return False
    return True
