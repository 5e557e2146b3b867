"""An alert comes in: it opens a case, joins one, or is a later phase of one."""

from dataclasses import dataclass

from sqlalchemy import Connection

from central.core.people import Actor
from contract.messages import Alert
from contract.scenarios import Kind, Scenario


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an alert. A repeat of `(device_id, seq)` is not new and changes nothing."""

    incident_id: str
    alert_row_is_new: bool
    opened: bool


def take_alert(connection: Connection, alert: Alert, now_ms: int) -> Taken:
    """Keep an alert of a known device: row, incident, tasks, deadlines, notifications, timeline.

    Inserts the `alert` row itself, and rows of `evidence` (not yet received) and
    `incident_evidence` for what the alert announces.
    """
    raise NotImplementedError


def report_by_hand(  # noqa: PLR0913, PLR0917 - a report is said in one sentence
    connection: Connection,
    actor: Actor,
    site_id: str,
    scenario: Scenario,
    kind: Kind,
    note: str,
    now_ms: int,
) -> str:
    """Open an incident that a person reports, and give its id.

    Raises:
        UnknownSiteError, NotAllowedError, MissingNoteError.
    """
    raise NotImplementedError
