"""A connector in front of 浙里办 on loopback: signed JSON, answers with HTTP 200 and a code."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.servers.provider import Asked, Provider, Said, Sent

APP_ID = "huxiao"
SECRET = "the connector's secret"  # noqa: S105 - opens nothing
CLOCK_S = 300


@dataclass
class Zlb(Provider):
    """Keeps what each person got; `families` says who stands behind a group."""

    secret: str = SECRET
    families: dict[str, list[str]] = field(default_factory=dict)
    per_minute: int | None = None
    unknown_people: set[str] = field(default_factory=set)
    broadcasts: list[Sent] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    echoes: bool = False

    @property
    def address(self) -> str:
        return f"{self.url}/push"

    def answer(self, asked: Asked) -> Said:
        at = asked.headers.get("x-timestamp", "0")
        mac = hmac.new(self.secret.encode(), digestmod=hashlib.sha256)
        for part in (APP_ID, at, asked.headers.get("x-nonce", "")):
            mac.update(part.encode() + b"\n")
        mac.update(asked.body)
        if asked.headers.get("x-signature") != base64.standard_b64encode(mac.digest()).decode():
            return Said({"code": "1001", "message": "签名错误 signature does not match"})
        if abs(self.now() - int(at) / 1000) > CLOCK_S:
            return Said({"code": "1002", "message": "timestamp 已过期"})
        return self._push(asked)

    def _push(self, asked: Asked) -> Said:
        fields = asked.fields()
        if self.per_minute is not None and self.is_over("all", self.per_minute, 60):
            return Said({"code": "3001", "message": "调用过于频繁"}, headers={"Retry-After": "30"})
        if self.forbidden in fields.get("content", ""):
            return Said({"code": "2001", "message": "内容含敏感词"})
        message_id = fields["messageId"]
        if message_id in self.ids:  # it takes each once, and says so like the first time
            return _yes(self.ids[message_id])
        text = f"{fields['title']}\n{fields['content']}"
        if "group" in fields:
            self.broadcasts.append(Sent(fields["group"], text, message_id))
            people = self.families.get(fields["group"], [])
        elif fields.get("receiver") in self.unknown_people:
            return Said({"code": "2002", "message": "用户不存在"})
        else:
            people = [fields["receiver"]]
        for person in people:
            self.takes(Sent(person, text, message_id))
        self.ids[message_id] = uuid4().hex
        return _yes(self.ids[message_id], fields if self.echoes else {})

    def push(self, hook: str, entries: list[dict[str, str]], secret: str = "") -> httpx.Response:
        """Post receipts to a district, signed."""
        body = json.dumps({"receipts": entries}, ensure_ascii=False).encode()
        at, nonce = str(round(time.time() * 1000)), secrets.token_hex(8)
        words = f"{APP_ID}\n{at}\n{nonce}\n".encode() + body
        mac = hmac.digest((secret or self.secret).encode(), words, "sha256")
        headers = {"X-App-Id": APP_ID, "X-Timestamp": at, "X-Nonce": nonce,
                   "X-Signature": base64.b64encode(mac).decode()}  # fmt: skip
        return httpx.post(hook, content=body, headers=headers, timeout=10)


def _yes(message_id: str, echo: dict[str, Any] | None = None) -> Said:
    data = {"messageId": message_id, "request": echo or {}}
    return Said({"code": "0", "message": "success", "data": data})
