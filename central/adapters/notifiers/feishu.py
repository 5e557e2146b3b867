"""Feishu robots: signed in the body, 100 messages a minute, 20 KB.

<https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot>
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from central.adapters.notifiers.robots import Dialect, RobotsChannel
from central.config import FeishuSection
from central.core.delivery import Failure
from central.ports import Limits


def feishu_channel(
    robots: Sequence[FeishuSection], now: Callable[[], float] = time.time
) -> RobotsChannel:
    """Make the channel of a district's Feishu robots."""
    return RobotsChannel(DIALECT, robots, now)


def signature(secret: str, at_s: int) -> str:
    """Give the signature: HMAC-SHA256 of nothing, by time and secret as the key."""
    key = f"{at_s}\n{secret}".encode()
    return base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()


def _request(robot: FeishuSection, text: str, now: float) -> tuple[str, dict[str, Any]]:
    fields: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if robot.secret:
        at_s = int(now)
        fields = {"timestamp": str(at_s), "sign": signature(robot.secret, at_s)} | fields
    return robot.webhook, fields


def _code(said: Mapping[str, Any]) -> Any:
    return said.get("code", said.get("StatusCode"))


DIALECT = Dialect(
    request=_request,
    code=_code,
    codes={
        "9499": Failure.RATE_LIMITED,
        "11232": Failure.RATE_LIMITED,
        "19001": Failure.WRONG_SECRET,
        "19021": Failure.WRONG_SECRET,
        "19022": Failure.WRONG_SECRET,
        "19024": Failure.REFUSED_CONTENT,
        "9500": Failure.UNREACHABLE,
    },
    words=(("bad request", Failure.REFUSED_CONTENT),),
    limits=Limits(per_address_per_minute=100, most_bytes=18_000),
)
"""9499 is both "too many request" and "Bad Request": its words tell them apart."""
