"""What the page tries: asked of the button's process through the shared file."""

from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.journeys import journey_of
from edge_agent.adapters.outbox_file import SharedFile
from edge_agent.adapters.requests import Requests
from edge_agent.page.desk import Trip


class ButtonTrials:
    """Asks, and follows what was asked, on to the district where it raised an alert."""

    def __init__(self, file: SharedFile) -> None:
        self._file = file
        self._requests = Requests(file, SystemTime())

    def ask(self, kind: str, by: str) -> str:
        """Ask; give what to follow it by."""
        return str(self._requests.ask(kind, by))

    def follow(self, trial_id: str) -> Trip | None:
        """Tell how far it has come; None where nobody asked."""
        if not (trial_id.isascii() and trial_id.isdigit() and len(trial_id) < 18):  # noqa: PLR2004 - what SQLite counts to
            return None
        answer = self._requests.answer(int(trial_id))
        if answer is None:
            return None
        trip = Trip(answer.is_done, answer.is_ok, answer.outcome)
        if not answer.alert_id:
            return trip
        way = journey_of(self._file, answer.alert_id)
        return Trip(
            answer.is_done, answer.is_ok, answer.outcome, way.sent, way.stored, way.acknowledged
        )
