"""The case: an alert becomes an incident with tasks, people take steps until all are closed.

Everything here runs in the caller's transaction, so that what is kept, what is told and what is
audited are one; nothing here sends. `now_ms` is always the caller's.

Timeline rows carry `event`, a Chinese `note` for the story and, where central speaks itself, the
same in English as `detail["note_en"]`.
"""

from central.core.people import Actor, Role
from central.core.permissions import may, steps_for
from central.core.refusals import (
    CaseError,
    MergeRefusedError,
    MissingNoteError,
    NotAllowedError,
    TooEarlyError,
    UnknownSiteError,
    UnknownTaskError,
    UnknownUnitError,
)
from central.core.workflow import Status, Step, StepRefusedError
from central.incidents.drilling import start_drill
from central.incidents.merging import merge
from central.incidents.reporting import Beside, report_by_hand
from central.incidents.stepping import take_step
from central.incidents.taking import Taken, take_alert
from central.incidents.undoing import undo
from central.incidents.unmerging import unmerge

__all__ = [
    "Actor",
    "Beside",
    "CaseError",
    "MergeRefusedError",
    "MissingNoteError",
    "NotAllowedError",
    "Role",
    "Status",
    "Step",
    "StepRefusedError",
    "Taken",
    "TooEarlyError",
    "UnknownSiteError",
    "UnknownTaskError",
    "UnknownUnitError",
    "may",
    "merge",
    "report_by_hand",
    "start_drill",
    "steps_for",
    "take_alert",
    "take_step",
    "undo",
    "unmerge",
]
