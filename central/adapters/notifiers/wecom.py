"""WeCom robots: a key in the address, no signature, 20 messages a minute, 2,048 bytes of text.

<https://developer.work.weixin.qq.com/document/path/91770>
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from central.adapters.notifiers.robots import Dialect, RobotsChannel
from central.config import WecomSection
from central.core.delivery import Failure
from central.ports import Limits


def wecom_channel(
    robots: Sequence[WecomSection], now: Callable[[], float] = time.time
) -> RobotsChannel:
    """Make the channel of a district's WeCom robots."""
    return RobotsChannel(DIALECT, robots, now)


def _request(robot: WecomSection, text: str, _now: float) -> tuple[str, dict[str, Any]]:
    return robot.webhook, {"msgtype": "text", "text": {"content": text}}


DIALECT = Dialect(
    request=_request,
    code=lambda said: said.get("errcode"),
    codes={
        "45009": Failure.RATE_LIMITED,
        "45033": Failure.RATE_LIMITED,
        "-1": Failure.UNREACHABLE,
        "93000": Failure.WRONG_SECRET,
        "93008": Failure.WRONG_SECRET,
        "60020": Failure.WRONG_SECRET,
        "40008": Failure.REFUSED_CONTENT,
        "40058": Failure.REFUSED_CONTENT,
        "44004": Failure.REFUSED_CONTENT,
        "45002": Failure.REFUSED_CONTENT,
    },
    words=(),
    limits=Limits(per_address_per_minute=20, most_bytes=2048),
)
