"""The closed loop of one task as a table: what moves it from where to where."""

from collections.abc import Iterable
from enum import StrEnum

from central.core.refusals import CaseError


class Status(StrEnum):
    """Where a task stands; an incident's status is the roll-up of its tasks."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    DISPOSED = "disposed"
    REPORTED = "reported"
    VERIFIED = "verified"
    CLOSED = "closed"


class Step(StrEnum):
    """What a person, or a deadline, does to a task: the seven steps and the side moves."""

    DISPATCH = "dispatch"
    ACKNOWLEDGE = "acknowledge"
    TRANSFER = "transfer"
    DISPOSE = "dispose"
    REPORT_BACK = "report_back"
    VERIFY = "verify"
    CLOSE = "close"
    RETURN = "return"
    URGE = "urge"
    SUPERVISE = "supervise"
    ESCALATE = "escalate"
    FALSE_ALARM = "false_alarm"
    REOPEN = "reopen"


_UNDER_WAY = (Status.DISPATCHED, Status.ACKNOWLEDGED, Status.DISPOSED)
_NOT_CLOSED = tuple(status for status in Status if status is not Status.CLOSED)


def _stays(step: Step, statuses: Iterable[Status]) -> dict[tuple[Status, Step], Status]:
    return {(status, step): status for status in statuses}


TRANSITIONS: dict[tuple[Status, Step], Status] = {
    (Status.OPEN, Step.DISPATCH): Status.DISPATCHED,
    (Status.DISPATCHED, Step.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    (Status.DISPATCHED, Step.TRANSFER): Status.DISPATCHED,
    (Status.ACKNOWLEDGED, Step.TRANSFER): Status.DISPATCHED,
    (Status.ACKNOWLEDGED, Step.DISPOSE): Status.DISPOSED,
    (Status.DISPOSED, Step.REPORT_BACK): Status.REPORTED,
    (Status.REPORTED, Step.VERIFY): Status.VERIFIED,
    (Status.REPORTED, Step.RETURN): Status.ACKNOWLEDGED,
    (Status.VERIFIED, Step.RETURN): Status.ACKNOWLEDGED,
    (Status.VERIFIED, Step.CLOSE): Status.CLOSED,
    (Status.CLOSED, Step.REOPEN): Status.DISPATCHED,
    **_stays(Step.URGE, _UNDER_WAY),
    **_stays(Step.SUPERVISE, _UNDER_WAY),
    **_stays(Step.ESCALATE, _UNDER_WAY),
    **{(status, Step.FALSE_ALARM): Status.CLOSED for status in _NOT_CLOSED},
}

_ORDER = tuple(Status)


STATUS_WORDS: dict[Status, tuple[str, str]] = {
    Status.OPEN: ("待下达", "open"),
    Status.DISPATCHED: ("待签收", "dispatched"),
    Status.ACKNOWLEDGED: ("已签收", "acknowledged"),
    Status.DISPOSED: ("已处置", "disposed"),
    Status.REPORTED: ("已反馈", "reported back"),
    Status.VERIFIED: ("已核查", "verified"),
    Status.CLOSED: ("已办结", "closed"),
}

STEP_WORDS: dict[Step, tuple[str, str]] = {
    Step.DISPATCH: ("下达", "dispatch"),
    Step.ACKNOWLEDGE: ("签收", "acknowledge"),
    Step.TRANSFER: ("流转", "transfer"),
    Step.DISPOSE: ("处置", "dispose"),
    Step.REPORT_BACK: ("反馈", "report back"),
    Step.VERIFY: ("核查", "verify"),
    Step.CLOSE: ("办结", "close"),
    Step.RETURN: ("退回", "return"),
    Step.URGE: ("催办", "urge"),
    Step.SUPERVISE: ("督办", "supervise"),
    Step.ESCALATE: ("升级", "escalate"),
    Step.FALSE_ALARM: ("误报", "mark as a false alarm"),
    Step.REOPEN: ("重开", "reopen"),
}


class StepRefusedError(CaseError):
    """A step that the task's status does not allow."""

    def __init__(self, status: Status, step: Step) -> None:
        """Keep both, for the page to explain."""
        stands, wanted = STATUS_WORDS[status], STEP_WORDS[step]
        super().__init__(
            f"任务现为“{stands[0]}”，不能{wanted[0]}",
            f"cannot {wanted[1]} a task that is {stands[1]}",
        )
        self.status = status
        self.step = step


def after(status: Status, step: Step) -> Status:
    """Give the status that follows, or refuse."""
    try:
        return TRANSITIONS[status, step]
    except KeyError:
        raise StepRefusedError(status, step) from None


def steps_from(status: Status) -> list[Step]:
    """List the steps that the table allows, in the loop's order."""
    return [step for at, step in TRANSITIONS if at is status]


def roll_up(tasks: Iterable[Status]) -> Status:
    """Give an incident's status: as far as its slowest task has come."""
    return min(tasks, key=_ORDER.index, default=Status.OPEN)


def has_come(status: Status, target: Status) -> bool:
    """Tell whether a task has come as far as `target`, or further."""
    return _ORDER.index(status) >= _ORDER.index(target)
