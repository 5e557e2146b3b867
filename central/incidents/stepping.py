"""A person takes a step: the table, the permissions, the playbook, and what follows."""

from sqlalchemy import Connection

from central.core.people import Actor
from central.core.workflow import Step


def take_step(  # noqa: PLR0913, PLR0917 - a step is said in one sentence
    connection: Connection,
    actor: Actor,
    incident_id: str,
    task_id: str,
    step: Step,
    now_ms: int,
    note: str = "",
    to_unit: str | None = None,
) -> None:
    """Move one task, in the caller's transaction.

    Raises:
        UnknownTaskError, NotAllowedError, StepRefusedError, MissingNoteError, UnknownUnitError,
        TooEarlyError: nothing was changed.
    """
    raise NotImplementedError
