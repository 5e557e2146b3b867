"""What the alarm button has raised, and how far the district's answer has come."""

from dataclasses import dataclass

from contract.messages import Alert, AlertBody
from contract.scenarios import Fault, Kind, Phase, Severity

REJOIN_S = 60.0
"""A guard who presses again so soon means the same thing: an update, not a second incident."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm and how far the district's answer has come."""

    alert: Alert
    is_received: bool = False
    is_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Unsaved:
    """An alarm that has sounded and is not on disk yet; `request_id`: who asked hears of it."""

    body: AlertBody
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """The last real press: when, and as which alert."""

    at: float
    alert_id: str

    def rejoined(self, body: AlertBody, now: float) -> AlertBody:
        """Give a new press as an update of this one, where it came soon enough."""
        if now - self.at > REJOIN_S:
            return body
        return body.model_copy(update={"alert_id": self.alert_id, "phase": Phase.UPDATE})


def stuck_body(body: AlertBody) -> AlertBody:
    """Give the alert that says that the button itself is stuck."""
    return body.model_copy(
        update={
            "kind": Kind.ALARM_FAULT,
            "severity": Severity.WARNING,
            "faults": (Fault.BUTTON_STUCK.value,),
        }
    )
