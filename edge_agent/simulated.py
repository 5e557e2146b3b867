"""The ports without hardware: for tests, for the demo, and for an installer's dry run."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contract.messages import Alert, AlertBody, EvidenceRef
from edge_agent.core.naming import Addressee
from edge_agent.ports import (
    BrokerError,
    EvidenceFile,
    Happening,
    PubackSeen,
    Received,
    Request,
    Utterance,
)

if TYPE_CHECKING:
    from edge_agent.core.matching import TemplateSet  # with numpy, which a button does not need


class RecordingSpeaker:
    """Remembers what it was asked to say, and whom it would have addressed."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.addressed: list[str] = []

    def say(self, phrase_id: str, to: Addressee | None = None, *, alert_id: str = "") -> Utterance:
        self.said.append(phrase_id)
        if to is not None:
            self.addressed.append(to.entry_id)
        return Utterance(str(len(self.said)), phrase_id, alert_id=alert_id)

    def expect(self, to: Addressee) -> None:
        """Nothing has to be made."""

    def close(self) -> None:
        """Nothing is open."""


class RecordingSwitch:
    """A siren or a lamp that remembers how it was switched, in order, and can say so."""

    def __init__(self, told: Callable[[str], None] = lambda _: None) -> None:
        self.switched: list[str] = []
        self._told = told

    def on(self) -> None:
        self._switch("on")

    def off(self) -> None:
        self._switch("off")

    def blink(self) -> None:
        self._switch("blink")

    def close(self) -> None:
        """Nothing is open."""

    def _switch(self, to: str) -> None:
        self.switched.append(to)
        self._told(to)


class MemoryOutbox:
    """Numbers alerts from 1 and keeps them in a list: for a replay, which no central must see."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []
        self.files: dict[str, bytes] = {}

    def put(self, body: AlertBody, files: Sequence[EvidenceFile] = ()) -> Alert:
        refs = []
        for file in files:
            name = sha256(file.content).hexdigest()
            self.files[name] = file.content
            size = len(file.content)
            refs.append(EvidenceRef(sha256=name, media_type=file.media_type, size_bytes=size))
        body = body.model_copy(update={"evidence": tuple(refs)})
        alert = Alert(**dict(body), seq=len(self.alerts) + 1)
        self.alerts.append(alert)
        return alert


class MemoryGallery:
    """A gallery that is given its templates."""

    def __init__(self, templates: "TemplateSet") -> None:
        self.held = templates

    def templates(self) -> "TemplateSet":
        return self.held


class MemoryVault:
    """Seals sounds under a key for each entry, made when first asked, which `destroy` ends."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}
        self._destroyed: set[str] = set()

    def seal(self, entry_id: str, content: bytes) -> bytes | None:
        if entry_id in self._destroyed:
            return None
        key = self._keys.setdefault(entry_id, AESGCM.generate_key(128))
        nonce = token_bytes(12)
        return nonce + AESGCM(key).encrypt(nonce, content, entry_id.encode())

    def unseal(self, entry_id: str, sealed: bytes) -> bytes | None:
        key = self._keys.get(entry_id)
        if key is None:
            return None
        try:
            return AESGCM(key).decrypt(sealed[:12], sealed[12:], entry_id.encode())
        except (InvalidTag, ValueError):
            return None

    def destroy(self, entry_id: str) -> None:
        """Forget the entry's key for ever."""
        self._keys.pop(entry_id, None)
        self._destroyed.add(entry_id)


class ManualTime:
    """A clock that stands still until it is told to go on."""

    def __init__(self, at: datetime = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)) -> None:
        self._start = at
        self.passed_s = 1000.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.passed_s - 1000.0)

    def monotonic(self) -> float:
        return self.passed_s

    def go_on(self, seconds: float) -> None:
        self.passed_s += seconds


class MemoryBroker:
    """A broker in memory: takes what is published, and says only what a test lets it say."""

    def __init__(self) -> None:
        self.is_reachable = True
        self.is_silent = False
        self.connects = 0
        self.published: list[tuple[str, bytes, bool]] = []
        self.happenings: list[Happening] = []
        self._last_id = 0

    def connect(self) -> None:
        self.connects += 1
        if not self.is_reachable:
            msg = "simulated: nobody answers"
            raise BrokerError(msg)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        self._last_id += 1
        self.published.append((topic, payload, retain))
        if qos and not self.is_silent:
            self.happenings.append(PubackSeen(self._last_id))
        return self._last_id

    def wait(self, most_s: float) -> list[Happening]:
        del most_s
        happenings, self.happenings = self.happenings, []
        return happenings

    def disconnect(self) -> None:
        """Nothing is open."""

    def say(self, topic: str, message: object) -> None:
        """Let central say something to the device."""
        self.happenings.append(Received(topic, json.dumps(message).encode()))

    def on(self, leaf: str) -> list[bytes]:
        """Give what was published on topics that end so."""
        return [payload for topic, payload, _ in self.published if topic.endswith(leaf)]


class NoRequests:
    """Nobody asks anything."""

    def pending(self) -> list[Request]:
        return []

    def done(self, request_id: int, outcome: str, *, ok: bool = True, alert_id: str = "") -> None:
        """There is nobody to hear it."""
