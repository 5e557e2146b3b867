"""Leaves of boarders 请假报备: who may register one, and what makes one good."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from central.core.local_time import to_ms
from central.core.people import Actor, Role
from central.core.pupils import may_name
from central.core.refusals import CaseError

MOST_DAYS = 60
DAY_MS = 24 * 3600 * 1000
AskedBy = Literal["guardian", "pupil", "teacher"]
_RUNS = frozenset({Role.SCHOOL_SAFETY_LEAD})


class BoardingError(CaseError):
    """A leave, roll call or door event that does not fit; the text says why."""


class LeaveWanted(BaseModel):
    """A leave from one time to another, asked for by somebody; why is nobody's to keep."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pupil_id: Annotated[str, Field(max_length=64)]
    from_at: AwareDatetime
    to_at: AwareDatetime
    asked_by: AskedBy


def check_leave(wanted: LeaveWanted, now_ms: int) -> tuple[int, int]:
    """Give a leave's beginning and end in ms.

    Raises:
        BoardingError: it ends before it begins, is over already, or is too long.
    """
    begins, ends = to_ms(wanted.from_at), to_ms(wanted.to_at)
    if ends <= begins:
        zh = "to_at 应晚于 from_at"
        raise BoardingError(zh, "to_at must be later than from_at")
    if ends <= now_ms:
        zh = "这段时间已经过去，不能补报；已立案的请在反馈里选“已请假”"
        raise BoardingError(zh, "it is over already: say so in the case's report instead")
    if ends - begins > MOST_DAYS * DAY_MS:
        zh = f"一次请假最长 {MOST_DAYS} 天"
        raise BoardingError(zh, f"one leave lasts {MOST_DAYS} days at most")
    return begins, ends


def may_run(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may say how a school's dormitory is run."""
    own = actor.role in _RUNS and actor.unit_code == unit_code
    return own or actor.role is Role.DISTRICT_ADMIN


def may_tend(
    actor: Actor, unit_code: str, class_code: str | None, own_classes: Collection[str]
) -> bool:
    """Tell whether somebody may call a boarder's name and grant leave: whoever knows the name."""
    return may_name(actor, unit_code, class_code, own_classes)
