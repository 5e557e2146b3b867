"""DingTalk robots: signed in the address, 20 messages a minute, HTTP 200 whatever it thinks.

<https://open.dingtalk.com/document/orgapp/custom-robot-access>
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote_plus

from central.adapters.notifiers.robots import Dialect, RobotsChannel
from central.config import DingtalkSection
from central.core.delivery import Failure
from central.ports import Limits


def dingtalk_channel(
    robots: Sequence[DingtalkSection], now: Callable[[], float] = time.time
) -> RobotsChannel:
    """Make the channel of a district's DingTalk robots."""
    return RobotsChannel(DIALECT, robots, now)


def signature(secret: str, at_ms: int) -> str:
    """Give the signature: HMAC-SHA256 by the secret over time and secret; not yet quoted."""
    words = f"{at_ms}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), words, hashlib.sha256)).decode()


def _request(robot: DingtalkSection, text: str, now: float) -> tuple[str, dict[str, Any]]:
    url = robot.webhook
    if robot.secret:
        at_ms = round(now * 1000)
        # quoted here, once: a library that quotes again makes it "sign not match"
        url += f"&timestamp={at_ms}&sign={quote_plus(signature(robot.secret, at_ms))}"
    return url, {"msgtype": "text", "text": {"content": text}}


DIALECT = Dialect(
    request=_request,
    code=lambda said: said.get("errcode"),
    codes={
        "130101": Failure.RATE_LIMITED,
        "410100": Failure.RATE_LIMITED,
        "-1": Failure.UNREACHABLE,
        "310000": Failure.REFUSED_CONTENT,
        "300001": Failure.WRONG_SECRET,
        "300005": Failure.WRONG_SECRET,
        "400101": Failure.WRONG_SECRET,
        "400013": Failure.NOT_CONFIGURED,
        "400102": Failure.NOT_CONFIGURED,
        "400106": Failure.NOT_CONFIGURED,
        "40035": Failure.REFUSED_CONTENT,
        "400105": Failure.REFUSED_CONTENT,
        "430101": Failure.REFUSED_CONTENT,
        "430102": Failure.REFUSED_CONTENT,
        "430103": Failure.REFUSED_CONTENT,
        "430104": Failure.REFUSED_CONTENT,
    },
    words=(
        ("sign not match", Failure.WRONG_SECRET),
        ("timestamp", Failure.WRONG_SECRET),
        ("token is not exist", Failure.WRONG_SECRET),
        ("whitelist", Failure.WRONG_SECRET),
        ("keywords", Failure.REFUSED_CONTENT),
    ),
    limits=Limits(per_address_per_minute=20, most_bytes=18_000),
)
