"""What the alarm button has raised, and how far the district's answer has come."""

from dataclasses import dataclass
from typing import Literal

from contract.messages import Alert, AlertBody
from contract.scenarios import Fault, Kind, Phase, Severity
from edge_agent.core.press import REJOIN_S

Stage = Literal["received", "acknowledged", "closed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the district has come with one alert."""

    alert_id: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm and how far the district's answer has come."""

    alert: Alert
    is_received: bool = False
    is_acknowledged: bool = False

    @classmethod
    def anew(cls, alert: Alert, before: "Raised | None") -> "Raised":
        """Give an alarm that was raised just now; one that goes on was acknowledged already."""
        goes_on = before is not None and before.is_of(alert.alert_id)
        return cls(alert, is_acknowledged=goes_on and before is not None and before.is_acknowledged)

    def is_of(self, alert_id: str) -> bool:
        """Tell whether it is this alert."""
        return self.alert.alert_id == alert_id


@dataclass(frozen=True, slots=True)
class Unsaved:
    """An alarm that has sounded and is not on disk yet; `request_id`: who asked hears of it."""

    body: AlertBody
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """The last press: when, and as which alert."""

    at: float
    alert_id: str
    is_drill: bool = False

    def rejoined(self, body: AlertBody, now: float, within_s: float = REJOIN_S) -> AlertBody:
        """Give a new press as an update of this one, where it came soon enough and was real."""
        if self.is_drill or now - self.at > within_s:
            return body
        return body.model_copy(update={"alert_id": self.alert_id, "phase": Phase.UPDATE})


def fault_body(body: AlertBody, fault: Fault) -> AlertBody:
    """Give the alert that says that the button itself is at fault."""
    return body.model_copy(
        update={
            "kind": Kind.ALARM_FAULT,
            "severity": Severity.WARNING,
            "faults": (fault.value,),
        }
    )
