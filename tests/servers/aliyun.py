"""Aliyun's short messages on loopback: checked signatures, receipts that come later.

A refusal of a message is HTTP 200 with another `Code` than OK; of a signature, HTTP 400 or 404.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from tests.servers.provider import Asked, Provider, Said, Sent, first

KEY_ID = "LTAI-of-the-test"
KEY_SECRET = "aliyun-secret-of-the-test"  # noqa: S105 - opens nothing
SIGN_NAME = "护校安园"
TEMPLATES = {
    "SMS_100001": "${number} ${place}：${what}",
    "SMS_100002": "${number} ${place}已办结",
    "SMS_100003": "${number} ${place}，请办理 https://huxiao.test/t/${token}",
}
CLOCK_S = 900
BEIJING = timezone(timedelta(hours=8))


@dataclass
class Aliyun(Provider):
    """Keeps what each phone got. `report` decides on a message, `push` posts what is decided."""

    key_secret: str = KEY_SECRET
    per_phone_per_minute: int | None = None
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def answer(self, asked: Asked) -> Said:
        wrong = self._unsigned(asked)
        if wrong:
            return _no(*wrong)
        action = asked.headers.get("x-acs-action", "")
        if action == "SendSms":
            return self._send(dict(asked.query))
        if action == "QuerySendDetails":
            return self._details(dict(asked.query))
        return _no("InvalidAction.NotFound", "no such action", 404)

    def _unsigned(self, asked: Asked) -> tuple[str, str, int] | None:
        given = re.fullmatch(
            r"ACS3-HMAC-SHA256 Credential=(.+),SignedHeaders=(.+),Signature=([0-9a-f]{64})",
            asked.headers.get("authorization", ""),
        )
        if given is None:
            return "IncompleteSignature", "the Authorization header is not complete", 400
        if given[1] != KEY_ID:
            return "InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404
        at = datetime.fromisoformat(asked.headers["x-acs-date"]).timestamp()
        if abs(at - self.now()) > CLOCK_S:
            return "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", 400
        pairs = "&".join(f"{_rfc3986(k)}={_rfc3986(v)}" for k, v in sorted(asked.query.items()))
        heads = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in given[2].split(";"))
        hashed = hashlib.sha256(asked.body).hexdigest()
        request = "\n".join([asked.method, asked.path, pairs, heads, given[2], hashed])
        words = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
        if hmac.new(self.key_secret.encode(), words.encode(), "sha256").hexdigest() != given[3]:
            said = f"Specified signature is not matched. server string to sign is:{request}"
            return "SignatureDoesNotMatch", said, 400
        nonce = asked.headers["x-acs-signature-nonce"]
        if nonce in self.nonces:
            return "SignatureNonceUsed", "Specified signature nonce was used already.", 400
        self.nonces.add(nonce)
        return None

    def _send(self, fields: dict[str, str]) -> Said:
        phone, code = fields["PhoneNumbers"], fields["TemplateCode"]
        params = json.loads(fields.get("TemplateParam") or "{}")
        refused = self._refusal(fields, params)
        if refused:
            return _no(*refused)
        text = re.sub(r"\$\{(\w+)\}", lambda found: params[found[1]], TEMPLATES[code])
        biz_id = f"{len(self.messages) + 100}{uuid4().int % 10**12}^0"
        self.takes(Sent(phone, f"【{SIGN_NAME}】{text}", biz_id))
        self.messages[biz_id] = {"phone": phone, "status": 1, "code": "", "out": fields["OutId"]}
        return Said({"Code": "OK", "Message": "OK", "BizId": biz_id, "RequestId": _request_id()})

    def _refusal(self, fields: dict[str, str], params: dict[str, str]) -> tuple[str, str] | None:
        phone, most = fields["PhoneNumbers"], self.per_phone_per_minute
        template = TEMPLATES.get(fields["TemplateCode"])
        wanted = set(re.findall(r"\$\{(\w+)\}", template or ""))
        return first(
            (lambda: not re.fullmatch(r"1\d{10}|[1-9]\d{6,14}", phone),
             ("isv.MOBILE_NUMBER_ILLEGAL", f"{phone}invalid mobile number")),
            (lambda: fields["SignName"] != SIGN_NAME,
             ("isv.SMS_SIGNATURE_ILLEGAL", "短信签名不合法")),
            (lambda: template is None, ("isv.SMS_TEMPLATE_ILLEGAL", "模板不合法")),
            (lambda: any(not params.get(name) for name in wanted),
             ("isv.TEMPLATE_MISSING_PARAMETERS", "模板变量中存在未赋值变量")),
            (lambda: any(len(value) > 35 for value in params.values()),
             ("isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")),
            (lambda: self.forbidden in fields["TemplateParam"],
             ("isv.BLACK_KEY_CONTROL_LIMIT", "模板变量中存在黑名单关键字")),
            (lambda: most is not None and self.is_over(phone, most, 60),
             ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1")),
        )  # fmt: skip

    def _details(self, fields: dict[str, str]) -> Said:
        kept = self.messages.get(fields["BizId"])
        today = datetime.fromtimestamp(self.now(), BEIJING).strftime("%Y%m%d")
        found = []
        if kept and kept["phone"] == fields["PhoneNumber"] and fields["SendDate"] == today:
            found = [{"SendStatus": kept["status"], "ErrCode": kept["code"],
                      "PhoneNum": kept["phone"], "OutId": kept["out"],
                      "ReceiveDate": "2026-11-30 12:00:00"}]  # fmt: skip
        return Said({"Code": "OK", "Message": "OK", "TotalCount": len(found),
                     "SmsSendDetailDTOs": {"SmsSendDetailDTO": found},
                     "RequestId": _request_id()})  # fmt: skip

    def report(self, biz_id: str, code: str = "DELIVERED") -> None:
        """Let the phone company decide on a message."""
        kept = self.messages[biz_id]
        arrived = code == "DELIVERED"
        kept.update(status=3 if arrived else 2, code=code)
        self.reports.append({
            "phone_number": kept["phone"], "send_time": "2026-11-30 12:00:00",
            "report_time": "2026-11-30 12:00:05", "success": arrived, "err_code": code,
            "err_msg": "用户接收成功" if arrived else "发送失败", "sms_size": "1",
            "biz_id": biz_id, "out_id": kept["out"],
        })  # fmt: skip

    def push(self, hook: str) -> httpx.Response:
        """Post an SmsReport; it is kept, to be posted again, until the district says code 0."""
        answer = httpx.post(hook, json=self.reports, timeout=10)
        if answer.is_success and answer.json().get("code") == 0:
            self.reports.clear()
        return answer


def _rfc3986(text: str) -> str:
    return quote(text, safe="").replace("%7E", "~")


def _no(code: str, words: str, status: int = 200) -> Said:
    return Said({"Code": code, "Message": words, "RequestId": _request_id()}, status)


def _request_id() -> str:
    return str(uuid4()).upper()
