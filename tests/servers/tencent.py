"""Tencent Cloud's short messages on loopback: HTTP 200 whatever happens, a code for each number."""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from tests.servers.provider import Asked, Provider, Said, Sent, first

SECRET_ID = "AKID-of-the-test"  # noqa: S105 - opens nothing
SECRET_KEY = "tencent-secret-of-the-test"  # noqa: S105 - opens nothing
SDK_APP_ID = "1400000001"
SIGN_NAME = "护校安园"
TEMPLATES = {
    "200001": "{1} {2}：{3}",
    "200002": "{1} {2}已办结",
    "200003": "{1} {2}，请办理 https://huxiao.test/t/{3}",
}
CLOCK_S = 300


@dataclass
class Tencent(Provider):
    """Keeps what each phone got. `report` decides on a message, `push` posts what is decided."""

    secret_key: str = SECRET_KEY
    per_phone_per_minute: int | None = None
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    reports: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, asked: Asked) -> Said:
        wrong = self._unsigned(asked)
        if wrong:
            return _error(*wrong)
        action, fields = asked.headers["x-tc-action"], asked.fields()
        if fields.get("SmsSdkAppId") != SDK_APP_ID:
            return _error("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "SmsSdkAppId is wrong")
        if action == "SendSms":
            return self._send(fields)
        if action == "PullSmsSendStatusByPhoneNumber":
            return self._states(fields["PhoneNumber"])
        return _error("InvalidAction", "no such action")

    def _unsigned(self, asked: Asked) -> tuple[str, str] | None:
        given = re.fullmatch(
            r"TC3-HMAC-SHA256 Credential=(\S+)/(\S+)/sms/tc3_request, "
            r"SignedHeaders=(\S+), Signature=(\w+)",
            asked.headers.get("authorization", ""),
        )
        at = int(asked.headers.get("x-tc-timestamp", "0"))
        if given is None or given[1] != SECRET_ID:
            return "AuthFailure.SecretIdNotFound", "The SecretId is not found."
        if abs(at - self.now()) > CLOCK_S:
            return "AuthFailure.SignatureExpire", "The provided signature has expired."
        low = {"x-tc-action"}
        heads = "".join(
            f"{n}:{asked.headers[n].lower() if n in low else asked.headers[n]}\n"
            for n in given[3].split(";")
        )
        body = hashlib.sha256(asked.body).hexdigest()
        request = "\n".join([asked.method, asked.path, "", heads, given[3], body])
        day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
        words = "\n".join(["TC3-HMAC-SHA256", str(at), f"{day}/sms/tc3_request",
                           hashlib.sha256(request.encode()).hexdigest()])  # fmt: skip
        mac = b"TC3" + self.secret_key.encode()
        for step in (day, "sms", "tc3_request", words):
            mac = hmac.new(mac, step.encode(), "sha256").digest()
        if mac.hex() != given[4] or day != given[2]:
            return (
                "AuthFailure.SignatureFailure",
                "The provided credentials could not be validated.",
            )
        return None

    def _send(self, fields: dict[str, Any]) -> Said:
        states = [self._to_one(phone, fields) for phone in fields["PhoneNumberSet"]]
        return Said({"Response": {"SendStatusSet": states, "RequestId": str(uuid4())}})

    def _to_one(self, phone: str, fields: dict[str, Any]) -> dict[str, Any]:
        serial = f"5000:{uuid4().int % 10**16}"
        refused = self._refusal(phone, fields)
        code, words = refused or ("Ok", "send success")
        if refused is None:
            text = TEMPLATES[fields["TemplateId"]]
            for place, value in enumerate(fields["TemplateParamSet"], 1):
                text = text.replace(f"{{{place}}}", value)
            self.takes(Sent(phone, f"【{SIGN_NAME}】{text}", serial))
            self.messages[serial] = {"phone": phone, "status": None}
        return {"SerialNo": serial if refused is None else "", "PhoneNumber": phone, "Fee": 1,
                "SessionContext": fields["SessionContext"], "Code": code, "Message": words,
                "IsoCode": "CN"}  # fmt: skip

    def _refusal(self, phone: str, fields: dict[str, Any]) -> tuple[str, str] | None:
        template, params = TEMPLATES.get(fields["TemplateId"]), fields["TemplateParamSet"]
        most = self.per_phone_per_minute
        return first(
            (lambda: not re.fullmatch(r"\+\d{7,15}", phone),
             ("InvalidParameterValue.IncorrectPhoneNumber", "incorrect phone number")),
            (lambda: fields["SignName"] != SIGN_NAME,
             ("FailedOperation.SignatureIncorrectOrUnapproved", "signature is not approved")),
            (lambda: template is None,
             ("FailedOperation.TemplateIncorrectOrUnapproved", "template is not approved")),
            (lambda: len(params) != (template or "").count("{"),
             ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "params do not match")),
            (lambda: any(self.forbidden in value for value in params),
             ("FailedOperation.ContainSensitiveWord", "contains sensitive words")),
            (lambda: most is not None and self.is_over(phone, most, 60),
             ("LimitExceeded.PhoneNumberThirtySecondLimit", "over the limit of 30 seconds")),
        )  # fmt: skip

    def _states(self, phone: str) -> Said:
        told = [
            {"SerialNo": serial, "PhoneNumber": phone, "ReportStatus": kept["status"],
             "Description": kept["why"], "UserReceiveTime": 1_796_000_000, "CountryCode": "86",
             "SubscriberNumber": phone[3:], "SessionContext": ""}
            for serial, kept in self.messages.items()
            if kept["phone"] == phone and kept["status"]
        ]  # fmt: skip
        return Said({"Response": {"PullSmsSendStatusSet": told, "RequestId": str(uuid4())}})

    def report(self, serial: str, status: str = "SUCCESS", why: str = "DELIVRD") -> None:
        """Let the phone company decide on a message."""
        kept = self.messages[serial]
        kept.update(status=status, why=why)
        self.reports.append({
            "user_receive_time": "2026-11-30 12:00:05", "nationcode": "86",
            "mobile": kept["phone"].removeprefix("+86"), "report_status": status, "errmsg": why,
            "description": "用户短信送达成功", "sid": serial,
        })  # fmt: skip

    def push(self, hook: str) -> httpx.Response:
        """Post what is decided; it is kept until the district says result 0."""
        answer = httpx.post(hook, content=json.dumps(self.reports), timeout=10)
        if answer.is_success and answer.json().get("result") == 0:
            self.reports.clear()
        return answer


def _error(code: str, words: str) -> Said:
    return Said({"Response": {"Error": {"Code": code, "Message": words},
                              "RequestId": str(uuid4())}})  # fmt: skip
