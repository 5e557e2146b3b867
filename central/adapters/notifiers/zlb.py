"""浙里办: the citizens' app, through a configured HTTP connector.

The province publishes no one interface for pushing: what stands in front differs by district. So
this is a plain, signed POST of JSON whose field names the district sets, to a person or to all
families of a school (`group:school:shiyan`). The connector knows who they are; we never do.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from central.adapters.notifiers.texts import fitted, known, private
from central.adapters.notifiers.wire import Wire, by_words, fit_to_keep, found, named
from central.config import ZlbSection
from central.core.delivery import Failure
from central.ports import Answer, DeliveryError, Letter, Limits, NotAuthenticError, Pushed

GROUP = "group:"
OLDEST_S = 300
TROUBLES: tuple[tuple[str, Failure], ...] = (
    ("签名", Failure.WRONG_SECRET),
    ("signature", Failure.WRONG_SECRET),
    ("timestamp", Failure.WRONG_SECRET),
    ("token", Failure.EXPIRED_TOKEN),
    ("频", Failure.RATE_LIMITED),
    ("limit", Failure.RATE_LIMITED),
    ("敏感", Failure.REFUSED_CONTENT),
    ("内容", Failure.REFUSED_CONTENT),
    ("content", Failure.REFUSED_CONTENT),
    ("用户", Failure.BAD_ADDRESS),
    ("receiver", Failure.BAD_ADDRESS),
    ("group", Failure.BAD_ADDRESS),
)


class ZlbChannel:
    """Posts each letter to the connector, which answers with the name it gave it."""

    provider = "zlb"
    thanks = b'{"code":"0"}'

    def __init__(self, section: ZlbSection, now: Callable[[], float] = time.time) -> None:
        self._section = section
        self._now = now

    @property
    def limits(self) -> Limits:
        return Limits(per_minute=self._section.per_minute, most_bytes=self._section.most_bytes)

    def everyone(self) -> Sequence[str]:
        return ()

    def deliver(self, letter: Letter) -> Answer:
        if not letter.address.removeprefix(GROUP):
            msg = f"没有接收人 / nobody named: {letter.address!r}"
            raise DeliveryError(msg, permanent=True, failure=Failure.BAD_ADDRESS)
        body = json.dumps(self._payload(letter), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            **signed(self._section, body, self._now()),
        }
        to = () if letter.address.startswith(GROUP) else (letter.address,)
        hidden = (*self._section.secrets(), *private(letter), *to)
        wire = Wire(self._section.timeout_s, hidden, self._now)
        reply = wire.post(self._section.url, body, headers)
        said = wire.understood(reply)
        answers = self._section.answers
        code = found(said, answers.code)
        if reply.is_good and str(code) in answers.good:
            given = found(said, answers.message_id)
            return Answer("accepted", reply.evidence, named(given or letter.letter_id))
        if reply.is_good and code is None:
            raise wire.refused(reply, Failure.GARBAGE)
        failure = by_words(str(found(said, answers.message) or ""), TROUBLES)
        if failure is None and not reply.is_good:
            raise wire.by_status(reply)
        raise wire.refused(reply, failure or Failure.OTHER)

    def _payload(self, letter: Letter) -> dict[str, Any]:
        names = self._section.fields
        unit = letter.address.removeprefix(GROUP)
        is_group = letter.address.startswith(GROUP)
        to = names.group if is_group else names.person
        whom = self._section.groups.get(unit, unit) if is_group else unit
        values = {
            names.message_id: letter.letter_id,
            to: whom,
            names.title: letter.subject,
            names.text: fitted(letter.text, self._section.most_bytes),
            names.moment: letter.moment,
            names.data: known(letter),
        }
        return {name: value for name, value in values.items() if name}

    def pushed(self, pushed: Pushed) -> Mapping[str, Answer | DeliveryError]:
        """Read receipts that the connector posts, signed as our letters to it are."""
        check(self._section, pushed, self._now())
        try:
            body = json.loads(pushed.body)
            entries = body if isinstance(body, list) else body.get("receipts", [body])
            return {named(one["messageId"]): _became(one) for one in entries}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            msg = f"{type(error).__name__}: {error}"
            raise ValueError(msg) from error


def signed(section: ZlbSection, body: bytes, now: float) -> dict[str, str]:
    """Give the headers: HMAC-SHA256 over app, time in ms, nonce and body, a line each."""
    at, nonce = str(round(now * 1000)), secrets.token_hex(8)
    return {
        "X-App-Id": section.app_id,
        "X-Timestamp": at,
        "X-Nonce": nonce,
        "X-Signature": _signature(section, at, nonce, body),
    }


def check(section: ZlbSection, pushed: Pushed, now: float) -> None:
    """Refuse what does not bear the connector's signature of the last minutes."""
    at, nonce = pushed.headers.get("x-timestamp", ""), pushed.headers.get("x-nonce", "")
    given = pushed.headers.get("x-signature", "")
    right = _signature(section, at, nonce, pushed.body)
    if not hmac.compare_digest(given.encode(), right.encode()):
        raise NotAuthenticError
    if abs(now - int(at) / 1000) > OLDEST_S:
        raise NotAuthenticError


def _signature(section: ZlbSection, at: str, nonce: str, body: bytes) -> str:
    words = f"{section.app_id}\n{at}\n{nonce}\n".encode() + body
    return base64.b64encode(
        hmac.digest(section.secret.encode(), words, hashlib.sha256)
    ).decode()  # fmt: skip


def _became(one: Mapping[str, Any]) -> Answer | DeliveryError:
    said = fit_to_keep(json.dumps(one, ensure_ascii=False))
    if one["status"] == "read":
        return Answer("read", said)
    if one["status"] == "delivered":
        return Answer("delivered", said)
    return DeliveryError(said, permanent=True, failure=Failure.OTHER)
