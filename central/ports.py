"""What the district needs of the world outside. Each port is one small promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


class DeliveryError(Exception):
    """A channel that could not deliver; `permanent` says that trying again is no use.

    The text is the provider's own answer, kept as evidence. `retry_after_s` is its own wish.
    """

    def __init__(
        self, answer: str, *, permanent: bool = False, retry_after_s: float | None = None
    ) -> None:
        super().__init__(answer)
        self.permanent = permanent
        self.retry_after_s = retry_after_s


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said to a letter it took.

    `accepted`: it promises to deliver; `delivered`: it has; `sent`: handed over, nothing promised.
    """

    state: Literal["sent", "accepted", "delivered"]
    text: str


class Channel(Protocol):
    """A way to reach people."""

    def deliver(self, letter: Letter) -> Answer:
        """Hand over one letter and give the provider's answer; raises `DeliveryError`."""
        ...

    def everyone(self) -> Sequence[str]:
        """Give the addresses that a letter to `*` goes to; none where a channel has no such."""
        ...
