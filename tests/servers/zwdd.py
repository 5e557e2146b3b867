"""浙政钉 on loopback: signed headers, tokens that end, and repeats dropped without a word."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from tests.servers.provider import Asked, Provider, Said, Sent, first

APP_KEY = "huxiao-app"
APP_SECRET = "zwdd-secret-of-the-test"  # noqa: S105 - opens nothing
TENANT = "196729"
MOST_BYTES = 2048
CLOCK_S = 900


@dataclass
class Zwdd(Provider):
    """Keeps what each account has got. `expire` ends all tokens; `tokens_last_s` their length."""

    app_secret: str = APP_SECRET
    tokens_last_s: float = 7200.0
    accepts_tokens: bool = True
    per_day: int = 100
    unknown_accounts: set[str] = field(default_factory=set)
    tokens: dict[str, float] = field(default_factory=dict)
    tokens_given: int = 0
    biz_ids: set[str] = field(default_factory=set)
    today: set[tuple[str, str]] = field(default_factory=set)
    dropped: list[Sent] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def expire(self) -> None:
        """End all tokens at once, as a change of the app's secret does."""
        self.tokens.clear()

    def next_day(self) -> None:
        """Let the day end: the same text may go out again."""
        self.today.clear()
        self.forget_rates()

    def answer(self, asked: Asked) -> Said:
        fields = dict(asked.query) or dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        wrong = self._unsigned(asked, fields)
        if wrong:
            return _no(wrong[0], wrong[1], 401)
        if (asked.method, asked.path) == ("GET", "/gettoken.json"):
            return self._token(fields)
        if (asked.method, asked.path) == ("POST", "/message/workNotification"):
            return self._notify(fields)
        return _no("ApiNotFound", "api not found", 404)

    def _unsigned(self, asked: Asked, fields: dict[str, str]) -> tuple[str, str] | None:
        header = asked.headers
        if header.get("apikey") != APP_KEY:
            return "InvalidApiKey", "apiKey is not known"
        at = header.get("x-hmac-auth-timestamp", "")
        if abs(datetime.fromisoformat(at).timestamp() - self.now()) > CLOCK_S:
            return "InvalidTimestamp", "timestamp is out of range"
        nonce = header.get("x-hmac-auth-nonce", "")
        if nonce in self.nonces:
            return "NonceUsed", "signature nonce was used before"
        lines = [asked.method, at, nonce, asked.path]
        if fields:
            lines.append("&".join("=".join(pair) for pair in sorted(fields.items())))
        mac = hmac.new(self.app_secret.encode(), "\n".join(lines).encode(), hashlib.sha256)
        right = base64.standard_b64encode(mac.digest()).decode()
        if header.get("x-hmac-auth-signature") != right:
            return "SignatureNotMatch", "signature does not match"
        self.nonces.add(nonce)
        return None

    def _token(self, fields: dict[str, str]) -> Said:
        if fields.get("appsecret") != self.app_secret:
            return _no("InvalidAppSecret", "appkey or appsecret is wrong")
        token = uuid4().hex
        self.tokens_given += 1
        if self.accepts_tokens:
            self.tokens[token] = self.now() + self.tokens_last_s
        data = {"expiresIn": int(self.tokens_last_s), "accessToken": token}
        return Said({"success": True, "content": {"data": data, "success": True,
                     "requestId": uuid4().hex, "responseMessage": "OK", "responseCode": "0"},
                     "bizErrorCode": "0"})  # fmt: skip

    def _notify(self, fields: dict[str, str]) -> Said:
        wrong = self._refusal(fields)
        if wrong:
            return _no(*wrong)
        self.biz_ids.add(fields["bizMsgId"])
        text = json.loads(fields["msg"])["text"]["content"]
        for account in fields["receiverIds"].split(","):
            sent = Sent(account, text, fields["bizMsgId"])
            if (account, text) in self.today:
                self.dropped.append(sent)
                continue
            self.today.add((account, text))
            self.takes(sent)
        inner = json.dumps({"success": True, "content": {"msgId": uuid4().hex}})
        return Said({"success": True, "content": inner})

    def _refusal(self, fields: dict[str, str]) -> tuple[str, str] | None:
        token, biz_id = fields.get("access_token", ""), fields.get("bizMsgId", "")
        msg, accounts = fields.get("msg", ""), fields.get("receiverIds", "").split(",")
        return first(
            (lambda: self.tokens.get(token, 0) < self.now(),
             ("InvalidToken", "access_token is invalid or has expired")),
            (lambda: fields.get("tenantId") != TENANT,
             ("InvalidTenant", "tenant has no permission")),
            (lambda: biz_id in self.biz_ids, ("DuplicateBizMsgId", "bizMsgId 重复")),
            (lambda: not biz_id or len(msg.encode()) > MOST_BYTES,
             ("InvalidMsg", "msg 超过 2048 字节")),
            (lambda: self.forbidden in msg, ("IllegalContent", "消息内容含敏感词")),
            (lambda: not all(accounts) or self.unknown_accounts & set(accounts),
             ("InvalidReceiver", "接收人不存在 receiver not found")),
            (lambda: any(self.is_over(one, self.per_day, 86_400) for one in accounts),
             ("OverQuota", "超过当日发送上限")),
        )  # fmt: skip


def _no(code: str, words: str, status: int = 200) -> Said:
    body: dict[str, Any] = {"success": False, "errorCode": code, "errorMsg": words,
                            "_RequestId": uuid4().hex}  # fmt: skip
    return Said(body, status)
