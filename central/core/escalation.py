"""When a task has waited too long, and who hears of it next."""

from dataclasses import dataclass

from central.core.calendar import ALWAYS, Calendar
from central.core.playbook import Deadline, Level, WaitsFor
from central.core.workflow import Status, Step, has_come

WAITED_STATUS: dict[WaitsFor, Status] = {
    "acknowledge": Status.ACKNOWLEDGED,
    "report_back": Status.REPORTED,
    "close": Status.CLOSED,
}
"""The status that ends the wait."""

STARTS_AGAIN: dict[Step, frozenset[WaitsFor]] = {
    Step.DISPATCH: frozenset({"acknowledge", "report_back", "close"}),
    Step.REOPEN: frozenset({"acknowledge", "report_back", "close"}),
    Step.TRANSFER: frozenset({"acknowledge"}),  # passing it on wins no time for the report
    Step.RETURN: frozenset({"report_back"}),
}
"""Which waits a step begins anew; every other step leaves them running."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One task waits for one step. `level` counts the levels already fired."""

    since_at: int
    level: int
    next_due_at: int | None


def begin(deadline: Deadline, now_ms: int, calendar: Calendar = ALWAYS) -> Wait:
    """Start waiting now."""
    first = calendar.due_at(now_ms, deadline.levels[0].after_s, deadline.clock)
    return Wait(now_ms, 0, first)


def met(wait: Wait) -> Wait:
    """End the wait: nobody hears of it any more."""
    return Wait(wait.since_at, wait.level, None)


def after_step(
    deadline: Deadline,
    wait: Wait | None,
    step: Step,
    status: Status,
    now_ms: int,
    calendar: Calendar = ALWAYS,
) -> Wait | None:
    """Give the wait as it stands after a step that led to `status`."""
    if has_come(status, WAITED_STATUS[deadline.waits_for]):
        return wait and met(wait)
    if deadline.waits_for in STARTS_AGAIN.get(step, frozenset()):
        return begin(deadline, now_ms, calendar)
    return wait


def fire(
    deadline: Deadline, wait: Wait, now_ms: int, calendar: Calendar = ALWAYS
) -> tuple[list[Level], Wait]:
    """Give the levels that have come due since the last look, lowest first, and the wait after.

    The last level comes again every `repeat_s` until the step is taken; what was missed while
    nobody looked comes once, not as often as it was missed.
    """
    if wait.next_due_at is None or wait.next_due_at > now_ms:
        return [], wait
    clock = deadline.clock
    due = [
        level
        for level in deadline.levels[wait.level :]
        if calendar.due_at(wait.since_at, level.after_s, clock) <= now_ms
    ]
    level = wait.level + len(due) if due else wait.level + 1
    if level < len(deadline.levels):
        next_due_at = calendar.due_at(wait.since_at, deadline.levels[level].after_s, clock)
    else:
        next_due_at = calendar.due_at(now_ms, deadline.repeat_s, clock)
    return due or [deadline.levels[-1]], Wait(wait.since_at, level, next_due_at)
