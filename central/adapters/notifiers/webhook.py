"""Notifications to other systems: CloudEvents 1.0 as JSON, signed as Standard Webhooks says.

<https://www.standardwebhooks.com>: HMAC-SHA256 over `id.timestamp.body`, so that a receiver can
tell who sent it, that nothing was changed, and refuse an old one sent again.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from central.adapters.notifiers.texts import known
from central.adapters.notifiers.wire import Reply, Wire, by_words
from central.config import WebhookSection
from central.core.delivery import Failure
from central.ports import Answer, DeliveryError, Letter, Limits

SOURCE = "urn:huxiao:central"
TYPE_PREFIX = "cn.huxiao.incident."
GOOD_TO = 400
GONE_FOR_GOOD = frozenset({400, 403, 404, 405, 410, 411, 413, 414, 415, 422, 501})
TROUBLES: tuple[tuple[str, Failure], ...] = (
    ("keyword", Failure.REFUSED_CONTENT),
    ("content", Failure.REFUSED_CONTENT),
    ("内容", Failure.REFUSED_CONTENT),
    ("sign", Failure.WRONG_SECRET),
    ("签名", Failure.WRONG_SECRET),
)
"""What a 200 that says no may mean, by its words."""


class WebhookChannel:
    """Posts each letter to the receiver of its name; reads what it answers, not only the status."""

    def __init__(
        self, receivers: Sequence[WebhookSection], now: Callable[[], float] = time.time
    ) -> None:
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._now = now

    @property
    def limits(self) -> Limits:
        return Limits()

    def everyone(self) -> Sequence[str]:
        return tuple(self._receivers)

    def deliver(self, letter: Letter) -> Answer:
        receiver = self._receivers.get(letter.address)
        if receiver is None:
            msg = f"没有配置此回调 / no [[webhooks]] of this name: {letter.address}"
            raise DeliveryError(msg, permanent=True, failure=Failure.NOT_CONFIGURED)
        body = json.dumps(event(letter), ensure_ascii=False).encode()
        wire = Wire(receiver.timeout_s, receiver.secrets(), self._now)
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            **signature(receiver.secret, letter.letter_id, int(self._now()), body),
        }
        return _judged(wire, wire.post(receiver.url, body, headers))


def event(letter: Letter) -> dict[str, Any]:
    """Give the CloudEvent; its `id` stays the same for every try, so that a repeat is known."""
    data = _object(letter.text) or {**known(letter), "text": letter.text}
    return {
        "specversion": "1.0",
        "id": letter.letter_id,
        "source": SOURCE,
        "type": TYPE_PREFIX + letter.moment,
        "subject": data.get("number", letter.incident_id),
        "time": datetime.fromtimestamp(letter.created_at / 1000, UTC).isoformat(
            timespec="milliseconds"
        ),
        "datacontenttype": "application/json",
        "data": {"incident_id": letter.incident_id, **data},
    }


def _object(text: str) -> dict[str, Any]:
    """Read what was written for machines; a letter of several cases is written for people."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def signature(secret: str, letter_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Give the three headers of Standard Webhooks."""
    signed = f"{letter_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": letter_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(secret: str) -> bytes:
    """Give the key: `whsec_` and base64 as the standard has it, else the secret's own bytes."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def _judged(wire: Wire, reply: Reply) -> Answer:
    if not reply.is_good:
        error = wire.by_status(reply)
        error.permanent = error.permanent or reply.status in GONE_FOR_GOOD or reply.status < GOOD_TO
        raise error
    if reply.text.lstrip().lower().startswith(("<!doctype", "<html")):
        raise wire.refused(reply, Failure.GARBAGE)  # a page for browsers: not the receiver
    if _says_no(reply):
        raise wire.refused(reply, by_words(reply.text, TROUBLES) or Failure.OTHER)
    return Answer("accepted", reply.evidence)


def _says_no(reply: Reply) -> bool:
    """Tell whether a 200 is a refusal all the same, as some receivers have it."""
    body = reply.fields()
    if body is None:
        return False  # an empty answer or words: the status has said it
    refused = body.get("success") is False or body.get("accepted") is False
    return refused or str(body.get("errcode", 0)) != "0"
