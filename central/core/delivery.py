"""What becomes of a notification: sent is not delivered, delivered is not read."""

from enum import StrEnum


class State(StrEnum):
    """Where a notification stands. `sending` lasts until a try succeeds or no more follow."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPERSEDED = "superseded"


FORWARD: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.SENDING, State.FAILED, State.SUPERSEDED}),
    State.SENDING: frozenset(
        {State.SENT, State.ACCEPTED, State.DELIVERED, State.FAILED, State.SUPERSEDED}
    ),
    State.SENT: frozenset({State.ACCEPTED, State.DELIVERED, State.FAILED}),
    State.ACCEPTED: frozenset({State.DELIVERED, State.FAILED}),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset(),
    State.SUPERSEDED: frozenset(),
}
"""From where to where; nothing goes back."""

WAITING = frozenset({State.PENDING, State.SENDING})
HAS_GONE_OUT = frozenset({State.SENT, State.ACCEPTED, State.DELIVERED})

CLAIM_S = 120
"""How long a worker may take over one try before another may think it dead."""

_PAUSES_S = (5, 15, 60, 300, 900, 1800)
_LONGEST_RETRY_AFTER_S = 3600
MOST_TRIES = 24
"""With half an hour between the last ones: about ten hours."""


def next_try_at(attempts: int, now_ms: int, retry_after_s: float | None = None) -> int | None:
    """Tell when to try again after `attempts` tries that failed for now; None: no more."""
    if attempts >= MOST_TRIES:
        return None
    pause_s: float = _PAUSES_S[min(attempts, len(_PAUSES_S)) - 1]
    if retry_after_s is not None:
        pause_s = min(max(pause_s, retry_after_s), _LONGEST_RETRY_AFTER_S)
    return now_ms + round(pause_s * 1000)
