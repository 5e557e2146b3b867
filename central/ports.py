"""What the district needs of the world outside. Each port is one small promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from central.core.delivery import Failure


class DeliveryError(Exception):
    """A channel that could not deliver; `permanent` says that trying again is no use.

    The text is the provider's own answer, kept as evidence. `retry_after_s` is its own wish,
    `failure` says what kind of trouble it is, and with it what a person can do about it.
    """

    def __init__(
        self,
        answer: str,
        *,
        permanent: bool = False,
        retry_after_s: float | None = None,
        failure: Failure = Failure.OTHER,
    ) -> None:
        super().__init__(answer)
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider takes; None where it sets no bound. One count for a robot or an account."""

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    per_address_per_minute: int | None = None
    per_address_per_hour: int | None = None
    per_address_per_day: int | None = None
    most_bytes: int | None = None
    takes_lists: bool = True
    """Whether a letter's own words arrive; a registered template shows only some of its facts."""
    drops_repeats: bool = False
    """Whether the same text to the same person on the same day is dropped without a word."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One notification as a channel sees it. `letter_id` stays the same for every try."""

    letter_id: str
    incident_id: str
    moment: str
    address: str
    subject: str
    text: str
    created_at: int
    data: str = "{}"
    """The facts that its audience may know, as a JSON object: for templates and machines."""
    serial: int = 1
    """How many-th letter of this incident to this address by this channel: no two are alike."""
    is_life_safety: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said to a letter it took.

    `accepted`: it promises to deliver; `delivered`: it has; `read`: a person has opened it;
    `sent`: handed over, nothing promised.
    """

    state: Literal["sent", "accepted", "delivered", "read"]
    text: str
    provider_id: str = ""
    """The provider's own name for the letter, by which its later receipts are told apart."""


class Channel(Protocol):
    """A way to reach people."""

    @property
    def limits(self) -> Limits:
        """Give what its provider takes."""
        ...

    def deliver(self, letter: Letter) -> Answer:
        """Hand over one letter and give the provider's answer; raises `DeliveryError`."""
        ...

    def everyone(self) -> Sequence[str]:
        """Give the addresses that a letter to `*` goes to; none where a channel has no such."""
        ...


@runtime_checkable
class TellsLater(Protocol):
    """A channel that can be asked what became of letters which its provider had accepted."""

    def receipts(self, asked: Mapping[str, str]) -> Mapping[str, Answer | DeliveryError]:
        """Give what is known by now, for those of the letters of which anything is known.

        `asked` are the provider's names of the letters, each with the letter's address: a name
        is kept in clear and must hold none.
        """
        ...


@dataclass(frozen=True, slots=True)
class Pushed:
    """What somebody has posted to the address for a provider's receipts.

    `secret` is the last part of that address; names of headers are in small letters.
    """

    secret: str
    headers: Mapping[str, str]
    body: bytes


class NotAuthenticError(Exception):
    """What was posted does not come from the provider."""


@runtime_checkable
class TakesReceipts(Protocol):
    """A provider that posts to us what became of letters which it had accepted."""

    @property
    def provider(self) -> str:
        """Give its name in the address."""
        ...

    @property
    def thanks(self) -> bytes:
        """Give the JSON by which it knows that we have them; without it, it posts them again."""
        ...

    def pushed(self, pushed: Pushed) -> Mapping[str, Answer | DeliveryError]:
        """Read receipts, by the provider's names for the letters.

        Raises:
            NotAuthenticError: they are somebody else's.
            ValueError: they make no sense.
        """
        ...
