"""What would happen by a playbook if nobody did anything: who is told what, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from central.core.calendar import Calendar
from central.core.playbook import Duty, Opening, Playbook, Recipient, WaitsFor

What = Literal["dispatch", "copy", "notice", "overdue", "later"]
ORDER: tuple[What, ...] = ("dispatch", "copy", "notice", "overdue", "later")
MOST_REPEATS = 1


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that would happen. `at` in ms UTC; None: only once something else has."""

    at: int | None
    what: What
    duty: Duty | None
    tell: tuple[Recipient, ...]
    waits_for: WaitsFor | None = None
    level: int = 0
    upon: Opening | str | None = None
    words_zh: str = ""
    words_en: str = ""


def rehearse(playbook: Playbook, opened_at: int, calendar: Calendar) -> list[Event]:
    """Give everything in the order in which it would happen; what depends on people comes last."""
    found = [*_at_once(playbook, opened_at), *_notices(playbook, opened_at)]
    for duty in playbook.at_once:
        found += _overdue(duty, opened_at, calendar)
    found += [
        Event(None, "later", duty, (duty.who,), upon=awaited)
        for duty in playbook.tasks
        for awaited in duty.opens_on
    ]
    return sorted(found, key=lambda e: (e.at is None, e.at or 0, ORDER.index(e.what)))


def _at_once(playbook: Playbook, at: int) -> Iterator[Event]:
    for duty in playbook.at_once:
        yield Event(at, "dispatch", duty, (duty.who,))
    for copy in playbook.copies:
        yield Event(at, "copy", None, (copy,))


def _notices(playbook: Playbook, at: int) -> Iterator[Event]:
    for one in playbook.notices:
        is_now = one.upon == "open"
        yield Event(at if is_now else None, "notice" if is_now else "later", None, one.tell,
                    upon=None if is_now else one.upon,
                    words_zh=one.words_zh, words_en=one.words_en)  # fmt: skip


def _overdue(duty: Duty, since: int, calendar: Calendar) -> Iterator[Event]:
    for deadline in duty.deadlines:
        for number, level in enumerate(deadline.levels, 1):
            at = calendar.due_at(since, level.after_s, deadline.clock)
            yield Event(at, "overdue", duty, level.tell, deadline.waits_for, number)
        again = calendar.due_at(at, deadline.repeat_s, deadline.clock)
        yield Event(
            again, "overdue", duty, deadline.levels[-1].tell, deadline.waits_for, number + 1
        )
