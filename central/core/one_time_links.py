"""A link in a letter, for somebody without an account: one task, one person, for some hours."""

from dataclasses import dataclass
from enum import StrEnum

from central.core.naming import Words
from central.core.workflow import Status, Step

STEPS = (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK)
"""What one does through it; all else is done by people with an account."""

HOUR_MS = 3600 * 1000
TOKEN_BYTES = 16
"""128 bits: 26 letters and digits, as short messages take them for a variable."""


class Ending(StrEnum):
    """Why a link opens nothing any more."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a link still opens. `was_closed` and `was_moved`: since it was made."""

    expires_at: int
    status: Status
    is_with_unit: bool
    is_removed: bool
    was_closed: bool = False
    was_moved: bool = False


def ending(standing: Standing, now_ms: int) -> Ending | None:
    """Tell why a link is over, or None while it opens.

    What has once ended it ends it for good: a task that comes back brings a new letter.
    """
    if standing.is_removed:
        return Ending.REMOVED
    if standing.status is Status.CLOSED or standing.was_closed:
        return Ending.CLOSED
    if standing.was_moved or not standing.is_with_unit:
        return Ending.TRANSFERRED
    return Ending.EXPIRED if now_ms >= standing.expires_at else None


ENDED: dict[Ending, tuple[Words, Words]] = {
    Ending.UNKNOWN: (
        ("没有这个链接", "there is no such link"),
        (
            "请检查短信或邮件里的链接是否完整，整条复制后再打开。",
            "Check that the link was copied whole from the message, and open it again.",
        ),
    ),
    Ending.EXPIRED: (
        ("链接已过期", "this link has expired"),
        (
            "任务可能还在等您办理。请打电话给本单位负责人或区教育局值班员，他们可以催办并发给您新的链接。",
            "The task may still wait: call your unit or the duty officer for a new link.",
        ),
    ),
    Ending.CLOSED: (
        ("任务已办结，谢谢", "the task is closed, thank you"),
        ("不需要再做什么。", "There is nothing more to do."),
    ),
    Ending.TRANSFERRED: (
        ("任务已转给其他单位", "the task has gone to another unit"),
        (
            "不需要再做什么。有疑问请联系区教育局值班员。",
            "There is nothing more to do. If in doubt, call the district's duty officer.",
        ),
    ),
    Ending.REMOVED: (
        ("您已不在联系人名单中", "you are no longer on the list of contacts"),
        (
            "如果这不对，请联系本单位负责人。",
            "If that is not right, speak to your unit.",
        ),
    ),
}
"""What a person reads: what is the case, and what to do."""

INVITATION: Words = (
    "办理请打开链接（{hours} 小时内有效，仅供您本人，请勿转发）：{url}",
    "To act, open (good for {hours} h, for you alone, do not pass on): {url}",
)
"""What a letter says of its link."""
