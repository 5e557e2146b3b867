"""The long tail: whatever Apprise knows. Its word is worth "sent", never more.

It reads the status of an answer and not the body, so that a robot's refusal within HTTP 200 is a
success to it; what it hands over is said to be unconfirmed.
"""

import importlib
import logging
import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from central.adapters.notifiers.wire import BY_STATUS, USELESS, fit_to_keep
from central.config import AppriseSection
from central.core.delivery import Failure
from central.ports import Answer, DeliveryError, Letter, Limits

UNCONFIRMED = "已交出，对方未确认（Apprise） / handed over by Apprise, unconfirmed"
TIMEOUT_S = 20
WAITED_S = 3.5
"""Apprise says "connection error" also where nobody answered within its 4 s."""
_STATUS = re.compile(r"error=(\d{3})")


class AppriseChannel:
    """Hands each letter to the service of its name."""

    def __init__(self, services: Sequence[AppriseSection]) -> None:
        self._services = {service.name: service for service in services}

    @property
    def limits(self) -> Limits:
        return Limits()

    def everyone(self) -> Sequence[str]:
        return tuple(self._services)

    def deliver(self, letter: Letter) -> Answer:
        service = self._services.get(letter.address)
        if service is None:
            msg = f"没有配置此服务 / no [[apprise]] of this name: {letter.address}"
            raise DeliveryError(msg, permanent=True, failure=Failure.NOT_CONFIGURED)
        notifier = _library().Apprise()
        if not notifier.add(service.apprise_url):
            msg = f"Apprise 不认识此地址 / Apprise knows no such address: {letter.address}"
            raise DeliveryError(msg, permanent=True, failure=Failure.NOT_CONFIGURED)
        result = notifier.notify(body=letter.text, title=letter.subject, timeout=TIMEOUT_S)
        if result:
            return Answer("sent", UNCONFIRMED)
        said = "; ".join(entry.message for entry in result.logs())[:500]
        failure = _kind(result, said)
        raise DeliveryError(
            _scrubbed(said, service.apprise_url) or "Apprise: FAILURE",
            permanent=failure in USELESS,
            failure=failure,
        )


def _kind(result: Any, said: str) -> Failure:
    status = _STATUS.search(said)
    if status:
        code = int(status[1])
        is_down = code >= HTTPStatus.INTERNAL_SERVER_ERROR
        return BY_STATUS.get(code, Failure.UNREACHABLE if is_down else Failure.OTHER)
    if result.status.name == "TIMEOUT":
        return Failure.SLOW
    if "onnection error" in said:
        return Failure.SLOW if result.elapsed >= WAITED_S else Failure.UNREACHABLE
    return Failure.OTHER


def _scrubbed(said: str, url: str) -> str:
    """Take out what lies in the service's address: users, passwords, tokens."""
    parts = urlsplit(url)
    held = [parts.username, parts.password, *parts.path.split("/"), parts.query]
    for part in filter(None, held):
        for form in {part, unquote(part)}:
            if len(form) > 5:  # noqa: PLR2004 - shorter ones are words of any text
                said = said.replace(form, "***")
    return fit_to_keep(said.replace(url, "***"))


@cache
def _library() -> Any:
    """Give Apprise, which takes a second to load and is needed by few.

    Its log stays with its results: it may hold a service's address, which is a secret.
    """
    library = importlib.import_module("apprise")
    log = logging.getLogger("apprise")
    log.propagate = False
    log.addHandler(logging.NullHandler())
    return library
