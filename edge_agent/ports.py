"""What the agent needs of the world. Each port is one small promise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol

from contract.messages import Alert, AlertBody, Receipt
from edge_agent.core.naming import Addressee

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge_agent.core.boxes import Detection
    from edge_agent.core.matching import TemplateSet

    Image = NDArray[np.uint8]
else:  # button and link see no picture: they shall not load numpy's 20 MiB for a word
    Image = Any
"""Height x width x 3, blue-green-red, 0 to 255."""


class SourceError(Exception):
    """A camera or recording that cannot be read; `permanent` says that trying again is no use."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class ModelError(Exception):
    """A model file that is missing, damaged or of another kind; the text says what to do."""


class SpeakerError(Exception):
    """No voice, no player or no audio device; the text says what to do."""


class OutboxError(Exception):
    """The outbox's file cannot be opened or written; the text says what to do."""


class GalleryError(Exception):
    """The gallery or its keys cannot be used, or an update was refused; the text says why."""


class PageError(Exception):
    """The local page cannot be served: its address or certificate cannot be used."""


class ButtonError(Exception):
    """A pin of the alarm button, siren or lamp that cannot be used."""


class BrokerError(Exception):
    """The broker cannot be reached or does not let us in; `permanent`: a person must act first."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. `at` is monotonic seconds (a recording's own time); `number` counts from 1."""

    at: float
    image: Image
    number: int


class Source(Protocol):
    """The frames of one camera, oldest first; iteration ends where a recording ends.

    Raises `SourceError` when the camera is gone.
    """

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None: ...


class Detector(Protocol):
    """Finds people in a picture of any size."""

    def detect(self, image: Image) -> "list[Detection]": ...


class Outcome(StrEnum):
    """How it went with an utterance."""

    SPOKEN = "spoken"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that was asked to be said; `is_named`: aloud with a name. It never holds one."""

    utterance_id: str
    phrase_id: str
    is_named: bool = False
    alert_id: str = ""


class Speaker(Protocol):
    """Says a prepared phrase aloud; returns at once, never blocks or fails its caller.

    Somebody is addressed as far as site and consent allow, and where that sound is ready; else the
    phrase is said without. How it went is told later, by the utterance.
    """

    def say(
        self, phrase_id: str, to: Addressee | None = None, *, alert_id: str = ""
    ) -> Utterance: ...

    def expect(self, to: Addressee) -> None:
        """Have ready what would be said to somebody: he is there, and may have to be warned."""
        ...


class SoundVault(Protocol):
    """Seals sounds that tell of a person under the key of the entry: gone with it."""

    def seal(self, entry_id: str, content: bytes) -> bytes | None:
        """Give it sealed; None where there is no such entry."""
        ...

    def unseal(self, entry_id: str, sealed: bytes) -> bytes | None:
        """Give it back; None where the entry is gone, or this is none of its own."""
        ...


class Siren(Protocol):
    """The loud thing."""

    def on(self) -> None: ...

    def off(self) -> None: ...


class Lamp(Protocol):
    """The light at the button: blinks while nobody has answered, then shines."""

    def on(self) -> None: ...

    def off(self) -> None: ...

    def blink(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Word:
    """A receipt as lamp and voice need it: what people have done about one alert."""

    receipt_id: int
    status: str
    alert_id: str | None
    incident_id: str | None


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """Bytes that belong to an alert, before they are stored."""

    media_type: Literal["image/jpeg", "video/mp4"]
    content: bytes


class Gallery(Protocol):
    """What this device may match faces against; nobody else is ever compared."""

    def templates(self) -> "TemplateSet": ...


@dataclass(frozen=True, slots=True)
class Request:
    """What the page or the command line asks of the button; `age_s` None: from before this boot."""

    request_id: int
    kind: str
    by: str
    age_s: float | None


class RequestBox(Protocol):
    """What is asked of the button's process, and how it is answered, in words for a person."""

    def pending(self) -> list[Request]: ...

    def done(
        self, request_id: int, outcome: str, *, ok: bool = True, alert_id: str = ""
    ) -> None: ...


class Outbox(Protocol):
    """Keeps alerts safe on disk until central has them."""

    def put(self, body: AlertBody, files: Sequence[EvidenceFile] = ()) -> Alert:
        """Number the alert, store it with its files in one transaction, and give it back."""
        ...


@dataclass(frozen=True, slots=True)
class DueFile:
    """An evidence file that central does not have yet."""

    sha256: str
    content: bytes


class Postbag(Protocol):
    """The outbox from the link's side: what is due, and what central has confirmed."""

    def due(self, limit: int) -> list[Alert]:
        """Give what to send now: fresh ones first, then the backlog, marked `is_late`."""
        ...

    def sent(self, seqs: Sequence[int]) -> None:
        """Hold these back for a while, which grows each time, unless a receipt frees them."""
        ...

    def all_due_again(self) -> None:
        """Forget what was held back: a new connection may have lost what the old one took."""
        ...

    def settle(self, receipt: Receipt) -> None: ...

    def depth(self) -> int:
        """Count the alerts that central has not confirmed."""
        ...


class EvidenceBag(Protocol):
    """The files that belong to alerts already sent. `Postbag.settle` frees them."""

    def files_due(self, limit: int) -> list[DueFile]: ...

    def file_sent(self, sha256: str) -> None: ...


class Timepiece(Protocol):
    """Reads the time: UTC for stamps, monotonic seconds (the same for all processes) for waits."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class PubackSeen:
    """The broker has taken what `publish` numbered so; `refusal` says why where it has not."""

    publish_id: int
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """Something central said to this device."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone; `reason` is for a person."""

    reason: str


Happening = PubackSeen | Received | Lost


class Broker(Protocol):
    """One connection to the district's broker; used by one thread only."""

    def connect(self) -> None:
        """Connect and subscribe; raises `BrokerError` when it cannot be done."""
        ...

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int:
        """Hand a message over and give its number; raises `BrokerError` when not connected."""
        ...

    def wait(self, most_s: float) -> list[Happening]:
        """Let the connection work until something happens, or `most_s` have passed."""
        ...

    def disconnect(self) -> None: ...
