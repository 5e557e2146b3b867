"""What the robots of DingTalk, WeCom and Feishu have in common: HTTP 200 and a code of their own.

A robot speaks in one group: a letter's address is the robot's name, and its limits are its own.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from central.adapters.notifiers.texts import fitted, for_people
from central.adapters.notifiers.wire import Reply, Wire, by_words
from central.core.delivery import Failure
from central.ports import Answer, DeliveryError, Letter, Limits

BLOCKED_S = 60.0
"""How long to wait where a robot says "too fast" and no more."""


class RobotSection(Protocol):
    """What each robot's settings hold."""

    @property
    def name(self) -> str: ...
    @property
    def webhook(self) -> str: ...
    @property
    def keyword(self) -> str: ...
    @property
    def timeout_s(self) -> float: ...
    def secrets(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """One provider's ways: how it is asked, where its code stands, what its codes mean.

    `request` gives address and fields for a robot, a text and the time; `words` decide where one
    code has several meanings, before the codes do.
    """

    request: Callable[[Any, str, float], tuple[str, dict[str, Any]]]
    code: Callable[[Mapping[str, Any]], Any]
    codes: Mapping[str, Failure]
    words: Sequence[tuple[str, Failure]]
    limits: Limits


class RobotsChannel:
    """Posts each letter to the robot of its name; "accepted" is its own code for success."""

    def __init__(
        self, dialect: Dialect, robots: Sequence[RobotSection], now: Callable[[], float] = time.time
    ) -> None:
        self._dialect = dialect
        self._robots = {robot.name: robot for robot in robots}
        self._now = now

    @property
    def limits(self) -> Limits:
        return self._dialect.limits

    def everyone(self) -> Sequence[str]:
        return tuple(self._robots)

    def deliver(self, letter: Letter) -> Answer:
        robot = self._robots.get(letter.address)
        if robot is None:
            msg = f"没有配置此机器人 / no robot of this name: {letter.address}"
            raise DeliveryError(msg, permanent=True, failure=Failure.NOT_CONFIGURED)
        wire = Wire(robot.timeout_s, hidden(robot), self._now)
        text = self._text(robot, letter)
        url, fields = self._dialect.request(robot, text, self._now())
        body = json.dumps(fields, ensure_ascii=False).encode()
        reply = wire.post(url, body, {"Content-Type": "application/json; charset=utf-8"})
        return self._judged(wire, reply)

    def _text(self, robot: RobotSection, letter: Letter) -> str:
        words = for_people(letter)
        if robot.keyword and robot.keyword not in words:
            words = f"{robot.keyword} {words}"
        return fitted(words, self.limits.most_bytes or len(words.encode()))

    def _judged(self, wire: Wire, reply: Reply) -> Answer:
        said = wire.understood(reply)
        code = self._dialect.code(said)
        if reply.is_good and code == 0:
            return Answer("accepted", reply.evidence)
        failure = by_words(reply.text, self._dialect.words)
        failure = failure or self._dialect.codes.get(str(code))
        if failure is None and not reply.is_good:
            raise wire.by_status(reply)
        if failure is None:
            failure = Failure.GARBAGE if code is None else Failure.OTHER
        pause = BLOCKED_S if failure is Failure.RATE_LIMITED else None
        raise wire.refused(reply, failure, retry_after_s=pause)


def hidden(robot: RobotSection) -> tuple[str, ...]:
    """Give what no answer may show: the secrets, and what lies in the robot's address."""
    parts = urlsplit(robot.webhook)
    keys = [value for _, value in parse_qsl(parts.query)]
    last = parts.path.rpartition("/")[2]
    is_key = len(last) > 16  # noqa: PLR2004 - "send" and "hook" are none
    return (*robot.secrets(), *filter(None, keys), *([last] if is_key else []))
