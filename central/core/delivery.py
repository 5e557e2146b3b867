"""What becomes of a notification: sent is not delivered, delivered is not read."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a notification stands. `sending` lasts until a try succeeds or no more follow.

    `bundled`: its words went out within another letter to the same address.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    BUNDLED = "bundled"
    FAILED = "failed"
    SUPERSEDED = "superseded"


_ON_ITS_WAY = {State.SENT, State.ACCEPTED, State.DELIVERED, State.READ, State.FAILED}

FORWARD: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.SENDING, State.BUNDLED, State.FAILED, State.SUPERSEDED}),
    State.SENDING: frozenset({*_ON_ITS_WAY, State.BUNDLED, State.SUPERSEDED}),
    State.SENT: frozenset(_ON_ITS_WAY - {State.SENT}),
    State.ACCEPTED: frozenset({State.DELIVERED, State.READ, State.FAILED}),
    State.DELIVERED: frozenset({State.READ}),
    State.READ: frozenset(),
    State.BUNDLED: frozenset(),
    State.FAILED: frozenset(),
    State.SUPERSEDED: frozenset(),
}
"""From where to where; nothing goes back."""

WAITING = frozenset({State.PENDING, State.SENDING})
HAS_GONE_OUT = frozenset({State.SENT, State.ACCEPTED, State.DELIVERED, State.READ})


class Hold(StrEnum):
    """Why a letter waits although nothing went wrong."""

    QUIET_HOURS = "quiet_hours"
    QUOTA = "quota"


HOLD_WORDS: dict[Hold, tuple[str, str]] = {
    Hold.QUIET_HOURS: ("免打扰时段，到时发送", "quiet hours: goes out when they end"),
    Hold.QUOTA: ("等待发送额度", "waits for room within the provider's rate"),
}


class Failure(StrEnum):
    """What kind of trouble a channel had; each has its own advice."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    RATE_LIMITED = "rate_limited"
    WRONG_SECRET = "wrong_secret"  # noqa: S105 - the name of a trouble
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - the name of a trouble
    REFUSED_CONTENT = "refused_content"
    BAD_ADDRESS = "bad_address"
    GARBAGE = "garbage"
    NOT_CONFIGURED = "not_configured"
    OTHER = "other"


ADVICE: dict[Failure, tuple[str, str]] = {
    Failure.UNREACHABLE: (
        "连不上对方服务器：请检查网络和地址，系统会自动重试",
        "cannot be reached: check network and address; tried again by itself",
    ),
    Failure.SLOW: (
        "对方服务器响应超时：可能已收到，系统会用同一编号重试",
        "took too long: it may have arrived; tried again under the same id",
    ),
    Failure.RATE_LIMITED: (
        "超出对方的发送频率：系统会按对方要求等待后重发",
        "over the provider's rate: tried again after the wait that it asks for",
    ),
    Failure.WRONG_SECRET: (
        "密钥或签名不对：请在配置中更正密钥，并核对服务器时钟",
        "wrong secret or signature: correct the secret and check this machine's clock",
    ),
    Failure.EXPIRED_TOKEN: (
        "访问令牌已过期：系统会自动换新；反复出现请检查应用授权",
        "token expired: renewed by itself; if it comes again, check the app's permission",
    ),
    Failure.REFUSED_CONTENT: (
        "内容被对方拒收：请核对签名、模板和关键词是否已报备",
        "content refused: check that signature, template and keywords are registered",
    ),
    Failure.BAD_ADDRESS: (
        "接收地址无效：请在人员资料中更正手机号、邮箱或账号",
        "bad address: correct the person's phone, e-mail or account",
    ),
    Failure.GARBAGE: (
        "对方返回了无法理解的内容：请确认地址指向正确的服务，系统会自动重试",
        "the answer makes no sense: check that the address is the right service; tried again",
    ),
    Failure.NOT_CONFIGURED: (
        "没有配置此通道：请在 central.toml 中配置",
        "this channel is not configured in central.toml",
    ),
    Failure.OTHER: ("请查看对方的原始答复", "see the provider's own answer"),
}
"""What a person can do about it, Chinese and English."""

CLAIM_S = 20
"""How long a worker may be silent over a try before another takes it over; it renews its claim."""

FINAL = frozenset({Failure.REFUSED_CONTENT, Failure.BAD_ADDRESS, Failure.NOT_CONFIGURED})
"""Trying again is no use, whatever the channel thinks."""

TRIED_ANYWAY = frozenset({Failure.WRONG_SECRET, Failure.EXPIRED_TOKEN, Failure.RATE_LIMITED})
"""Somebody can put it right meanwhile: tried again, though the provider has said no for good."""

MAY_HAVE_ARRIVED = frozenset({Failure.SLOW, Failure.GARBAGE})
"""The provider may have taken the letter all the same."""

OF_THE_CHANNEL = frozenset(
    {Failure.UNREACHABLE, Failure.WRONG_SECRET, Failure.EXPIRED_TOKEN, Failure.NOT_CONFIGURED}
)
"""Not one letter's trouble but the channel's: the district's officers see it on the board."""

MOST_TRIES = 24
"""With half an hour between the last ones: about ten hours."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The pauses between tries, the last of which comes again, and how many tries there are."""

    pauses_s: tuple[int, ...] = (5, 15, 60, 300, 900, 1800)
    most_tries: int = MOST_TRIES


_USUAL = Patience()
PATIENCE: dict[Failure, Patience] = {
    Failure.RATE_LIMITED: Patience((60, 60, 120, 300), 120),
    Failure.WRONG_SECRET: Patience((60, 300, 900, 1800)),
    Failure.EXPIRED_TOKEN: Patience((5, 60, 300, 900, 1800)),
    Failure.GARBAGE: Patience((15, 60, 300, 900, 1800), 12),
}
"""By the kind of trouble; every other kind has the usual patience."""

_SHORTEST_PAUSE_S = 5
_LONGEST_RETRY_AFTER_S = 3600


def is_final(failure: Failure, *, permanent: bool) -> bool:
    """Tell whether a letter that met this trouble is not tried again."""
    return failure in FINAL or (permanent and failure not in TRIED_ANYWAY)


def next_try_at(
    attempts: int,
    now_ms: int,
    retry_after_s: float | None = None,
    failure: Failure = Failure.OTHER,
) -> int | None:
    """Tell when to try again after `attempts` tries that failed for now; None: no more.

    The provider's own wish goes before our pause where it is longer; over its rate, in any case.
    """
    patience = PATIENCE.get(failure, _USUAL)
    if attempts >= patience.most_tries:
        return None
    pause_s: float = patience.pauses_s[min(attempts, len(patience.pauses_s)) - 1]
    if retry_after_s is not None:
        is_wish = failure is Failure.RATE_LIMITED
        least_s = _SHORTEST_PAUSE_S if is_wish else pause_s
        pause_s = min(max(least_s, retry_after_s), _LONGEST_RETRY_AFTER_S)
    return now_ms + round(pause_s * 1000)


RECEIPTS_FOR_S = 72 * 3600
"""How long after the handing over a provider is asked what became of a letter."""


def next_question_at(sent_at: int, now_ms: int) -> int | None:
    """Tell when to ask a provider again what became of a letter; None: it has had its time."""
    age_s = (now_ms - sent_at) / 1000
    if age_s >= RECEIPTS_FOR_S:
        return None
    pause_s = next(pause for until, pause in _QUESTIONS if age_s < until)
    return now_ms + pause_s * 1000


_QUESTIONS = ((60, 5), (600, 15), (3600, 60), (RECEIPTS_FOR_S, 900))
"""Up to what age in seconds, how often in seconds."""
