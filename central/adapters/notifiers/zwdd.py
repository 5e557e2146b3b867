"""浙政钉: the staff's messenger, a government DingTalk with hosts and signatures of its own.

Work notifications (`/message/workNotification`): at most 2,048 bytes, the same text to the same
person once a day (dropped without a word), a `bizMsgId` that it takes only once.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import quote

from central.adapters.notifiers.texts import fitted, for_people, private, told_apart
from central.adapters.notifiers.wire import Reply, Wire, by_words, named
from central.config import ZwddSection
from central.core.delivery import Failure
from central.core.local_time import ZONE
from central.ports import Answer, DeliveryError, Letter, Limits

TOKEN = "/gettoken.json"  # noqa: S105 - a path
SEND = "/message/workNotification"
MOST_BYTES = 2048
RENEW_S = 120
"""How long before its end a token is no longer used."""

HAS_IT = ("重复", "duplicate", "repeat")
TROUBLES: tuple[tuple[str, Failure], ...] = (
    ("access_token", Failure.EXPIRED_TOKEN),
    ("accesstoken", Failure.EXPIRED_TOKEN),
    ("令牌", Failure.EXPIRED_TOKEN),
    ("signature", Failure.WRONG_SECRET),
    ("签名", Failure.WRONG_SECRET),
    ("appkey", Failure.WRONG_SECRET),
    ("apikey", Failure.WRONG_SECRET),
    ("timestamp", Failure.WRONG_SECRET),
    ("permission", Failure.WRONG_SECRET),
    ("授权", Failure.WRONG_SECRET),
    ("频", Failure.RATE_LIMITED),
    ("too many", Failure.RATE_LIMITED),
    ("上限", Failure.RATE_LIMITED),
    ("limit", Failure.RATE_LIMITED),
    ("receiver", Failure.BAD_ADDRESS),
    ("接收人", Failure.BAD_ADDRESS),
    ("用户不存在", Failure.BAD_ADDRESS),
    ("敏感", Failure.REFUSED_CONTENT),
    ("msg", Failure.REFUSED_CONTENT),
    ("内容", Failure.REFUSED_CONTENT),
)
"""Its codes differ from host to host: what its answers say decides."""


class ZwddChannel:
    """Sends work notifications; "accepted" is its own `success` with the message's id."""

    def __init__(self, section: ZwddSection, now: Callable[[], float] = time.time) -> None:
        self._section = section
        self._now = now
        self._wire = Wire(section.timeout_s, section.secrets(), now)
        self._lock = Lock()
        self._token = ""
        self._good_until = 0.0

    @property
    def limits(self) -> Limits:
        return Limits(
            per_address_per_day=self._section.per_person_per_day,
            most_bytes=MOST_BYTES,
            drops_repeats=True,
        )

    def everyone(self) -> Sequence[str]:
        return ()

    def deliver(self, letter: Letter) -> Answer:
        """Send; a token that has expired is renewed once by itself."""
        if not letter.address or "," in letter.address or not letter.address.isascii():
            msg = f"不是浙政钉账号 / not an account id: {letter.address!r}"
            raise DeliveryError(msg, permanent=True, failure=Failure.BAD_ADDRESS)
        token = self._fresh()
        try:
            return self._send(letter, token)
        except DeliveryError as error:
            if error.failure is not Failure.EXPIRED_TOKEN:
                raise
        return self._send(letter, self._fresh(instead_of=token))

    def _fresh(self, instead_of: str = "") -> str:
        """Give a token: the one that is good still, or a new one."""
        with self._lock:
            if self._token in {"", instead_of} or time.monotonic() > self._good_until:
                named = {"appkey": self._section.app_key, "appsecret": self._section.app_secret}
                reply, said = self._call("GET", TOKEN, named)
                data = said.get("content", {})
                data = data.get("data", data) if isinstance(data, dict) else {}
                token = data.get("accessToken") if isinstance(data, dict) else None
                if not isinstance(token, str) or not token:
                    raise self._wire.refused(reply, Failure.GARBAGE)
                lasts = data.get("expiresIn", 7200)
                lasts_s = float(lasts) if isinstance(lasts, int | float) else 7200.0
                self._token = token
                self._good_until = time.monotonic() + max(lasts_s - RENEW_S, lasts_s / 2)
            return self._token

    def _send(self, letter: Letter, token: str) -> Answer:
        fields = {
            "access_token": token,
            "tenantId": self._section.tenant_id,
            "receiverIds": letter.address,
            "bizMsgId": letter.letter_id,
            "msg": message(letter),
        }
        reply, said = self._call("POST", SEND, fields, (token, *private(letter)))
        if said.get("success") is not True:  # it has taken this letter before
            return Answer("accepted", reply.evidence, letter.letter_id)
        return Answer("accepted", reply.evidence, named(_message_id(said) or letter.letter_id))

    def _call(
        self, method: str, path: str, fields: Mapping[str, str], hidden: tuple[str, ...] = ()
    ) -> tuple[Reply, dict[str, Any]]:
        headers = signed(self._section, method, path, fields, self._now())
        encoded = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
        wire = Wire(self._wire.timeout_s, (*self._wire.secrets, *hidden), self._now)
        url = self._section.url.rstrip("/") + path
        if method == "GET":
            reply = wire.call(method, f"{url}?{encoded}", b"", headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
            reply = wire.call(method, url, encoded.encode(), headers)
        said = wire.understood(reply)
        inner = _object(said.get("content"))
        if said.get("success") is True and inner.get("success", True) is True:
            return reply, said
        if path == SEND and any(word in reply.text.lower() for word in HAS_IT):
            return reply, said | {"success": False}
        failure = by_words(reply.text, TROUBLES)
        if failure is None and not reply.is_good:
            raise wire.by_status(reply)
        raise wire.refused(reply, failure or Failure.OTHER)


def message(letter: Letter) -> str:
    """Give the message: short enough as a whole, and like no other."""
    apart = f"\n{told_apart(letter)}"
    room = MOST_BYTES - len(apart.encode())
    while True:
        content = fitted(for_people(letter), room) + apart
        whole = json.dumps(
            {"msgtype": "text", "text": {"content": content}}, ensure_ascii=False,
            separators=(",", ":"),
        )  # fmt: skip
        too_much = len(whole.encode()) - MOST_BYTES
        if too_much <= 0:
            return whole
        room -= too_much


def signed(
    section: ZwddSection, method: str, path: str, fields: Mapping[str, str], now: float
) -> dict[str, str]:
    """Give the headers: HMAC-SHA256 over method, time, nonce, path and the sorted fields."""
    at = datetime.fromtimestamp(now, ZONE).isoformat(timespec="milliseconds")
    nonce = f"{round(now * 1000)}{secrets.randbelow(9000) + 1000}"
    query = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    words = f"{method}\n{at}\n{nonce}\n{path}\n{query}"
    digest = hmac.digest(section.app_secret.encode(), words.encode(), hashlib.sha256)
    return {
        "X-Hmac-Auth-Timestamp": at,
        "X-Hmac-Auth-Version": "1.0",
        "X-Hmac-Auth-Nonce": nonce,
        "apiKey": section.app_key,
        "X-Hmac-Auth-Signature": base64.b64encode(digest).decode(),
        "X-Hmac-Auth-IP": "127.0.0.1",
        "X-Hmac-Auth-MAC": "00:00:00:00:00:00",
    }


def _object(content: Any) -> dict[str, Any]:
    """Read what some hosts give as an object and some as JSON within a string."""
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except (ValueError, RecursionError):
            return {}
    return content if isinstance(content, dict) else {}


def _message_id(said: Mapping[str, Any]) -> str:
    """Find the message's id, however deep it lies."""
    here: dict[str, Any] = _object(said.get("content"))
    for _ in range(3):
        if isinstance(here.get("msgId"), str):
            return str(here["msgId"])
        here = _object(here.get("content") or here.get("data"))
    return ""
