"""The sounds that tell of one person: made ahead, in memory within bounds, on disk only sealed."""

import hashlib
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path

from edge_agent.adapters.voice.files import write_whole
from edge_agent.adapters.voice.library import PhraseLibrary, Synthesiser
from edge_agent.adapters.voice.script import Script
from edge_agent.adapters.voice.sound import joined, seconds_of
from edge_agent.core.naming import Addressee, Part, Wording
from edge_agent.ports import SoundVault

MOST_BYTES = 16 * 1024 * 1024
_DIGEST = 32


class PersonalSounds:
    """Says a phrase to somebody, where that sound is ready; never makes or fetches it on the way.

    The vault's file names tell nothing: not who, and not which words.
    """

    def __init__(
        self,
        library: PhraseLibrary,
        synthesiser: Synthesiser,
        vault: SoundVault | None = None,
        folder: Path | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._library = library
        self._synthesiser = synthesiser
        self._vault = vault
        self._folder = folder if vault is not None else None
        self._most_bytes = most_bytes
        self._sounds: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """How much memory the sounds take."""
        with self._lock:
            return sum(map(len, self._sounds.values()))

    @property
    def has_room(self) -> bool:
        """Tell whether another sound would stay: sealed on disk, or in memory."""
        if self._folder is not None:
            return True
        with self._lock:
            sizes = [len(sound) for sound in self._sounds.values()]
        return sum(sizes) + max(sizes, default=0) <= self._most_bytes

    def wordings(self, to: Addressee) -> Iterator[Wording]:
        """Give every wording that is said to somebody and to nobody else."""
        for phrase_id, text in self._library.texts.items():
            wording = self._library.manners.wording(phrase_id, text, to)
            if wording.is_personal:
                yield wording

    def ready(self, phrase_id: str, to: Addressee) -> tuple[bytes, Wording] | None:
        """Give a phrase as it is said to somebody, from memory; None where any of it is missing."""
        plain = self._library.ready(phrase_id)
        wording = self._library.manners.wording(
            phrase_id, self._library.texts.get(phrase_id, ""), to
        )
        if plain is None or not wording.is_personal:
            return None
        sounds = []
        for part in wording.parts:
            sound = self._held(to.entry_id, part) if part.is_personal else plain
            if sound is None:
                return None
            sounds.append(sound)
        return joined(sounds), wording

    def script(self, text: str, to: Addressee) -> Script:
        """Give a text with somebody's name in it as it is read."""
        name, readings = to.name.strip(), dict(self._library.readings)
        if name and to.reading:
            readings[name] = to.reading
        return Script(text, readings, name)

    def make(self, to: Addressee) -> None:
        """Have everything that is said to somebody in memory, as far as it goes, and in the vault.

        Raises:
            SpeakerError: it cannot be made, or not be written.
        """
        for part in self._parts(to):
            sound = self._held(to.entry_id, part) or self._fetched(to, part) or self._made(to, part)
            self._hold(to.entry_id, part, sound)

    def forget(self, entry_id: str) -> None:
        """Delete all of an entry's sounds."""
        with self._lock:
            for key in [key for key in self._sounds if key[0] == entry_id]:
                del self._sounds[key]
        if self._folder is not None:
            shutil.rmtree(self._of_entry(entry_id), ignore_errors=True)

    def keep_only(self, entry_ids: Sequence[str]) -> None:
        """Delete the sounds of everybody else."""
        with self._lock:
            gone = {entry_id for entry_id, _ in self._sounds} - set(entry_ids)
        for entry_id in gone:
            self.forget(entry_id)
        if self._folder is None or not self._folder.exists():
            return
        kept = {self._of_entry(entry_id) for entry_id in entry_ids}
        for folder in self._folder.iterdir():
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _parts(self, to: Addressee) -> list[Part]:
        parts = (part for wording in self.wordings(to) for part in wording.parts)
        return list(dict.fromkeys(part for part in parts if part.is_personal))

    def _held(self, entry_id: str, part: Part) -> bytes | None:
        with self._lock:
            sound = self._sounds.get((entry_id, part.text))
            if sound is not None:
                self._sounds.move_to_end((entry_id, part.text))
            return sound

    def _hold(self, entry_id: str, part: Part, sound: bytes) -> None:
        """Keep it in memory; what has not been wanted for longest goes first."""
        with self._lock:
            self._sounds[entry_id, part.text] = sound
            self._sounds.move_to_end((entry_id, part.text))
            while sum(map(len, self._sounds.values())) > self._most_bytes:
                self._sounds.popitem(last=False)

    def _made(self, to: Addressee, part: Part) -> bytes:
        sound = self._synthesiser.wav(self.script(part.text, to))
        path = self._path(to, part)
        if path is not None and self._vault is not None:
            sealed = self._vault.seal(to.entry_id, self._digest(to, part) + sound)
            if sealed is not None:
                write_whole(path, sealed)
        return sound

    def _fetched(self, to: Addressee, part: Part) -> bytes | None:
        path = self._path(to, part)
        if path is None or self._vault is None or not path.exists():
            return None
        content = self._vault.unseal(to.entry_id, path.read_bytes())
        if content is None or content[:_DIGEST] != self._digest(to, part):
            return None
        sound = content[_DIGEST:]
        return sound if seconds_of(sound) else None

    def _digest(self, to: Addressee, part: Part) -> bytes:
        made_of = f"{self._synthesiser.fingerprint}\n{self.script(part.text, to).key}"
        return hashlib.sha256(made_of.encode()).digest()

    def _of_entry(self, entry_id: str) -> Path:
        return (self._folder or Path()) / hashlib.sha256(entry_id.encode()).hexdigest()[:32]

    def _path(self, to: Addressee, part: Part) -> Path | None:
        """Name a file by its place among the entry's sounds: nothing of the words shows."""
        if self._folder is None:
            return None
        return self._of_entry(to.entry_id) / f"{self._parts(to).index(part)}.sound"
