"""Robots of DingTalk, WeCom and Feishu on loopback: HTTP 200, and a code that may say no."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from tests.servers.provider import Asked, Provider, Said, Sent, first

DING_TOKEN = "ding0token0of0the0test0robot"  # noqa: S105 - opens nothing
DING_SECRET = "SEC-of-the-test-robot"  # noqa: S105 - opens nothing
WECOM_KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
FEISHU_TOKEN = "feishu0token0of0the0test0robot"  # noqa: S105 - opens nothing
FEISHU_SECRET = "feishu-secret-of-the-test"  # noqa: S105 - opens nothing
HOUR_S = 3600


@dataclass
class Dingtalk(Provider):
    """One group's robot, with 加签 and, where `keyword` is set, 自定义关键词.

    Over 20 a minute it says 130101; the real one then stays silent for ten minutes.
    """

    secret: str = DING_SECRET
    token: str = DING_TOKEN
    keyword: str = ""
    per_minute: int = 20

    @property
    def webhook(self) -> str:
        return f"{self.url}/robot/send?access_token={DING_TOKEN}"

    def answer(self, asked: Asked) -> Said:
        code, words = self._judge(asked)
        if code == 0:
            self.takes(Sent("robot", asked.fields()["text"]["content"]))
        return Said({"errcode": code, "errmsg": words})

    def _judge(self, asked: Asked) -> tuple[int, str]:
        text = (asked.fields().get("text") or {}).get("content", "")
        at = asked.query.get("timestamp", "0")
        mac = hmac.new(self.secret.encode(), f"{at}\n{self.secret}".encode(), hashlib.sha256)
        right = base64.b64encode(mac.digest()).decode()
        more = "more: [https://ding-doc.dingtalk.com]"
        refused = first(
            (lambda: asked.query.get("access_token") != self.token,
             (300001, "token is not exist")),
            (lambda: abs(int(at) / 1000 - self.now()) > HOUR_S,
             (310000, f"invalid timestamp, {more}")),
            (lambda: asked.query.get("sign") != right, (310000, f"sign not match, {more}")),
            (lambda: "application/json" not in asked.headers.get("content-type", ""),
             (43004, "无效的HTTP HEADER Content-Type")),
            (lambda: not text, (40035, "缺少参数 json")),
            (lambda: self.keyword not in text, (310000, f"keywords not in content, {more}")),
            (lambda: self.forbidden in text, (430104, "消息内容包含不合适的内容")),
            (lambda: self.is_over("robot", self.per_minute, 60),
             (130101, "send too fast, exceed 20 times per minute")),
        )  # fmt: skip
        return refused or (0, "ok")


@dataclass
class Wecom(Provider):
    """One group's robot: a key in the address and nothing else."""

    key: str = WECOM_KEY
    per_minute: int = 20

    @property
    def webhook(self) -> str:
        return f"{self.url}/cgi-bin/webhook/send?key={WECOM_KEY}"

    def answer(self, asked: Asked) -> Said:
        code, words = self._judge(asked)
        if code == 0:
            self.takes(Sent("robot", asked.fields()["text"]["content"]))
        return Said({"errcode": code, "errmsg": words})

    def _judge(self, asked: Asked) -> tuple[int, str]:
        text = (asked.fields().get("text") or {}).get("content", "")
        hint = "hint: [1633], from ip: 127.0.0.1"
        refused = first(
            (lambda: asked.query.get("key") != self.key, (93000, f"invalid webhook url, {hint}")),
            (lambda: not text, (44004, "text content is empty")),
            (lambda: len(text.encode()) > 2048, (45002, "content size out of limit")),
            (lambda: self.forbidden in text, (40058, "content is not allowed")),
            (lambda: self.is_over("robot", self.per_minute, 60),
             (45009, f"api freq out of limit, {hint}")),
        )  # fmt: skip
        return refused or (0, "ok")


@dataclass
class Feishu(Provider):
    """One group's robot with 签名校验; its rate is refused by HTTP 400 and 9499."""

    secret: str = FEISHU_SECRET
    token: str = FEISHU_TOKEN
    keyword: str = ""
    per_minute: int = 100

    @property
    def webhook(self) -> str:
        return f"{self.url}/open-apis/bot/v2/hook/{FEISHU_TOKEN}"

    def answer(self, asked: Asked) -> Said:
        code, words = self._judge(asked)
        if code == 0:
            self.takes(Sent("robot", asked.fields()["content"]["text"]))
            return Said({"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {},
                         "msg": "success"})  # fmt: skip
        return Said({"code": code, "data": {}, "msg": words}, 400 if code == 9499 else 200)

    def _judge(self, asked: Asked) -> tuple[int, str]:
        fields = asked.fields()
        text = (fields.get("content") or {}).get("text", "")
        at = str(fields.get("timestamp", "0"))
        mac = hmac.new(f"{at}\n{self.secret}".encode(), digestmod="sha256").digest()
        is_signed = fields.get("sign") == base64.b64encode(mac).decode()
        refused = first(
            (lambda: asked.path.rpartition("/")[2] != self.token,
             (19001, "param invalid: incoming webhook access token invalid")),
            (lambda: not is_signed or abs(int(at) - self.now()) > HOUR_S,
             (19021, "sign match fail or timestamp is not within one hour from current time")),
            (lambda: fields.get("msg_type") != "text" or not text, (9499, "Bad Request")),
            (lambda: self.keyword not in text or self.forbidden in text,
             (19024, "Key Words Not Found")),
            (lambda: self.is_over("robot", self.per_minute, 60), (9499, "too many request")),
        )  # fmt: skip
        return refused or (0, "success")
