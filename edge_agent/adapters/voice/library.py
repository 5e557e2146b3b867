"""Every phrase as sound, ready before it is needed: from the site's clips, or synthesised once."""

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from edge_agent.adapters.voice.synthesis import MIN_SECONDS, seconds_of
from edge_agent.ports import SpeakerError


class Synthesiser(Protocol):
    """Makes WAV sound of text."""

    @property
    def fingerprint(self) -> str: ...

    def wav(self, text: str) -> bytes: ...


class PhraseLibrary:
    """Phrases by id. A clip `<clips_dir>/<phrase_id>.wav` takes the place of its text."""

    def __init__(
        self,
        texts: Mapping[str, str],
        synthesiser: Synthesiser,
        clips_dir: Path,
        cache_dir: Path | None,
    ) -> None:
        self._texts = texts
        self._synthesiser = synthesiser
        self._clips_dir = clips_dir
        self._cache_dir = cache_dir
        self._sounds: dict[str, bytes] = {}

    def __contains__(self, phrase_id: str) -> bool:
        return phrase_id in self._texts or phrase_id in self._clips()

    def prepare(self) -> None:
        """Have the sound of every phrase in memory.

        Raises:
            SpeakerError: a clip is no WAV, or the synthesiser cannot be used.
        """
        for phrase_id in {*self._texts, *self._clips()}:
            self.sound(phrase_id)

    def sound(self, phrase_id: str) -> bytes:
        """Give a phrase's WAV; synthesised now where `prepare` has not been called.

        Raises:
            SpeakerError: nobody has written such a phrase, or it cannot be made.
        """
        if phrase_id not in self._sounds:
            self._sounds[phrase_id] = self._clip(phrase_id) or self._made(phrase_id)
        return self._sounds[phrase_id]

    def _clips(self) -> set[str]:
        return {clip.stem for clip in self._clips_dir.glob("*.wav")}

    def _clip(self, phrase_id: str) -> bytes | None:
        clip = self._clips_dir / f"{phrase_id}.wav"
        if phrase_id not in self._clips():  # an id never becomes a path of its own
            return None
        content = clip.read_bytes()
        if seconds_of(content) < MIN_SECONDS:
            msg = f"录音无法播放 (not a WAV file, or empty): {clip}"
            raise SpeakerError(msg)
        return content

    def _made(self, phrase_id: str) -> bytes:
        text = self._texts.get(phrase_id)
        if text is None:
            msg = f"没有这条喊话 (no such phrase): {phrase_id}"
            raise SpeakerError(msg)
        return self.of_text(text)

    def of_text(self, text: str) -> bytes:
        """Give the sound of any text, from the cache where it has been made before."""
        cached = self._cached(text)
        if cached is not None and cached.exists():
            content = cached.read_bytes()
            if seconds_of(content) >= MIN_SECONDS:
                return content
        content = self._synthesiser.wav(text)
        if cached is not None:
            write_whole(cached, content)
        return content

    def _cached(self, text: str) -> Path | None:
        if self._cache_dir is None:
            return None
        key = hashlib.sha256(f"{self._synthesiser.fingerprint}\n{text}".encode()).hexdigest()
        return self._cache_dir / "made" / f"{key}.wav"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that others see whole or not at all.

    Raises:
        SpeakerError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except OSError as error:
        msg = f"无法写入声音文件 (cannot write the sound file) {path}: {error}"
        raise SpeakerError(msg) from error
