"""What the page needs of the device: given by the wiring, asked for by the routes."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import current_app

from contract.messages import Suggestion
from edge_agent.adapters.commissioning import CommissioningFolder
from edge_agent.adapters.drawings import DrawingFile
from edge_agent.adapters.live_picture import LiveView
from edge_agent.adapters.pins import PageRole, PinFile
from edge_agent.core.checks import Finding
from edge_agent.core.lockout import Lockout

KEY = "huxiao_desk"


@dataclass(frozen=True, slots=True)
class Trip:
    """How far something asked for has come.

    `is_done`: the button's process has answered, in `outcome`; `ok` says how. For an alarm the
    way to the district: sent, stored there, acknowledged by a person; None where it has none.
    """

    is_done: bool
    ok: bool = False
    outcome: str = ""
    sent: bool | None = None
    stored: bool | None = None
    acknowledged: bool | None = None


class Trials(Protocol):
    """Asks the button's process to try something, or to raise a real alarm."""

    def ask(self, kind: str, by: str) -> str:
        """Ask; give what to follow it by."""
        ...

    def follow(self, trial_id: str) -> Trip | None:
        """Tell how far it has come; None where nobody asked."""
        ...


class Advice(Protocol):
    """What central proposes."""

    def waiting(self) -> list[Suggestion]: ...

    def accept(self, suggestion_id: str) -> None: ...

    def reject(self, suggestion_id: str) -> None: ...


class Health(Protocol):
    """How the device does, in plain words."""

    def findings(self) -> Sequence[Finding]:
        """Give what is known now, at once."""
        ...

    def check_again(self) -> None:
        """Let the slow checks be made again, in the background."""
        ...

    def is_checking(self) -> bool: ...


class Doorkeeper:
    """Lets nobody guess: one count of wrong tries for all who come."""

    def __init__(self, pins: PinFile, monotonic: Callable[[], float]) -> None:
        self._pins = pins
        self._monotonic = monotonic
        self._lockout = Lockout()
        self._lock = threading.Lock()

    def wait_s(self) -> float:
        """Give the seconds until the next try is taken."""
        return self._lockout.wait_s(self._monotonic())

    def role_of(self, pin: str) -> PageRole | None:
        """Tell whose PIN it is; None where it is wrong, or where it is too early to try."""
        with self._lock:
            if self.wait_s() > 0.0:
                return None
            role = self._pins.role_of(pin)
            now = self._monotonic()
            self._lockout = self._lockout.failed(now) if role is None else self._lockout.passed()
            return role


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything behind the page."""

    device: Mapping[str, str]
    secret: bytes
    is_secure: bool
    idle_s: float
    pins: PinFile
    doorkeeper: Doorkeeper
    drawings: DrawingFile
    live: LiveView
    health: Health
    trials: Trials
    suggestions: Advice
    commissioning: CommissioningFolder
    sign: Callable[[Mapping[str, Any]], bytes]
    now: Callable[[], datetime]
    seen: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    """What each camera sees, heads hidden, and what is drawn on it: for the report."""


def desk() -> Desk:
    """Give the desk of the application that answers this request."""
    found: Desk = current_app.extensions[KEY]
    return found
