"""How far an alert has come on its way to the district, for who waits at the page."""

from dataclasses import dataclass

from edge_agent.adapters.outbox_file import SharedFile

_WAITING = (
    "SELECT attempts FROM alert WHERE json_extract(body, '$.alert_id') = ?"
    " AND json_extract(body, '$.phase') = 'start'"
)


@dataclass(frozen=True, slots=True)
class Journey:
    """Handed to the broker; kept at central; taken by a person there."""

    sent: bool
    stored: bool
    acknowledged: bool


def journey_of(file: SharedFile, alert_id: str) -> Journey:
    """Tell how far an alert that was put into the outbox has come.

    Raises:
        OutboxError: the file cannot be read.
    """
    waiting = file.reading(_WAITING, [alert_id])
    said = file.reading("SELECT DISTINCT status FROM receipt WHERE alert_id = ?", [alert_id])
    words = {row["status"] for row in said}
    if waiting:
        return Journey(bool(waiting[0]["attempts"]), stored=False, acknowledged=False)
    return Journey(sent=True, stored=True, acknowledged=bool(words & {"acknowledged", "closed"}))
