"""What a person reads about a letter beside its state: why it waits, what to do, what is unsure."""

from collections.abc import Mapping
from typing import Any

from central.core.delivery import ADVICE, HAS_GONE_OUT, HOLD_WORDS, Failure, Hold, State
from central.core.naming import Words

TWICE: Words = (
    "发送时曾中断或未得到答复，对方可能收到两次",
    "a try broke off or was not answered: it may have arrived twice",
)
NOT_SURE: Words = (
    "发送时曾中断或未得到答复，可能已收到，系统用同一编号再试",
    "a try broke off or was not answered: it may have arrived; tried again under the same id",
)
WITHIN: Words = (
    "额度不足，内容已并入发给同一接收人的另一条消息",
    "no room within the provider's rate: said within another message to the same recipient",
)
FAILED_WITH_IT: Words = (
    "内容并入另一条消息，那条消息未能送达",
    "said within another message, which did not arrive",
)


def may_be_twice(row: Mapping[str, Any]) -> bool:
    """Tell whether a letter has gone out and nobody knows how an earlier try of it ended."""
    return bool(row["broken_off"]) and row["state"] in HAS_GONE_OUT


def remarks(row: Mapping[str, Any]) -> list[Words]:
    """Give what is to be said of a notification, the most pressing first."""
    state, found = State(row["state"]), []
    is_open = state in {State.PENDING, State.SENDING}
    if row["failure"] and (is_open or state is State.FAILED):
        found.append(ADVICE[Failure(row["failure"])])
    if row["held_for"] and is_open:
        found.append(HOLD_WORDS[Hold(row["held_for"])])
    if state is State.BUNDLED:
        found.append(FAILED_WITH_IT if row["bundle_state"] == State.FAILED else WITHIN)
    if may_be_twice(row):
        found.append(TWICE)
    elif row["broken_off"] and is_open:
        found.append(NOT_SURE)
    return found
