"""Short messages by Tencent Cloud: `SendSms`, signed by hand with TC3-HMAC-SHA256.

<https://cloud.tencent.com/document/api/382/55981>: each number has its own `Code` within an answer
that is HTTP 200 whatever happened. Receipts are asked for by number, so that asking twice loses
none (`PullSmsSendStatus` gives each only once), or pushed.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from central.adapters.notifiers.aliyun import listed, of_the_secret
from central.adapters.notifiers.phones import international, national
from central.adapters.notifiers.texts import parameters, private, template_of
from central.adapters.notifiers.wire import Wire, fit_to_keep, looked_up, named, objects
from central.config import TencentSection
from central.core.delivery import Failure
from central.ports import Answer, DeliveryError, Letter, Limits, Pushed

VERSION = "2021-01-11"
SERVICE = "sms"
CONTENT_TYPE = "application/json; charset=utf-8"
ASKED_BACK_S = 2 * 86_400

TROUBLES: dict[str, Failure] = {
    "AuthFailure": Failure.WRONG_SECRET,
    "UnauthorizedOperation": Failure.WRONG_SECRET,
    "InvalidParameterValue.SdkAppIdNotExist": Failure.WRONG_SECRET,
    "LimitExceeded": Failure.RATE_LIMITED,
    "RequestLimitExceeded": Failure.RATE_LIMITED,
    "InvalidParameterValue.IncorrectPhoneNumber": Failure.BAD_ADDRESS,
    "FailedOperation.PhoneNumberInBlacklist": Failure.BAD_ADDRESS,
    "FailedOperation.ContainSensitiveWord": Failure.REFUSED_CONTENT,
    "FailedOperation.SignatureIncorrectOrUnapproved": Failure.REFUSED_CONTENT,
    "FailedOperation.TemplateIncorrectOrUnapproved": Failure.REFUSED_CONTENT,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": Failure.REFUSED_CONTENT,
    "FailedOperation.TemplateIdNotExist": Failure.REFUSED_CONTENT,
    "InvalidParameterValue": Failure.REFUSED_CONTENT,
    "InvalidParameter": Failure.REFUSED_CONTENT,
    "InternalError": Failure.UNREACHABLE,
}


class TencentSms:
    """Sends by template; "accepted" is the number's own `Ok`, "delivered" the later receipt."""

    provider = "tencent"
    thanks = b'{"result":0,"errmsg":"OK"}'

    def __init__(self, section: TencentSection, now: Callable[[], float] = time.time) -> None:
        self._section = section
        self._now = now

    @property
    def limits(self) -> Limits:
        return Limits(
            per_address_per_minute=self._section.per_phone_per_minute,
            per_address_per_hour=self._section.per_phone_per_hour,
            per_address_per_day=self._section.per_phone_per_day,
            takes_lists=False,
        )

    def everyone(self) -> Sequence[str]:
        return ()

    def deliver(self, letter: Letter) -> Answer:
        phone = international(letter.address)
        template = template_of(letter, self._section.templates)
        asked = {
            "PhoneNumberSet": [phone],
            "SmsSdkAppId": self._section.sdk_app_id,
            "SignName": self._section.sign_name,
            "TemplateId": template.id,
            "TemplateParamSet": parameters(letter, template.params),
            "SessionContext": letter.letter_id,
        }
        wire = self._wire(phone, private(letter))
        said = self._call(wire, "SendSms", asked)
        status = next(iter(objects(said.get("SendStatusSet"))), None)
        if status is None:
            raise wire.trouble(Failure.GARBAGE, json.dumps(said, ensure_ascii=False)[:500])
        words = wire.scrubbed(f"{status.get('Code')} {status.get('Message')} "
                              f"{said.get('RequestId', '')}".strip())  # fmt: skip
        if status.get("Code") != "Ok":
            failure = looked_up(str(status.get("Code")), TROUBLES) or Failure.OTHER
            raise wire.trouble(failure, words)
        return Answer("accepted", words, named(status.get("SerialNo", "")))

    def receipts(self, asked: Mapping[str, str]) -> Mapping[str, Answer | DeliveryError]:
        """Ask for each number of these letters once."""
        known: dict[str, Answer | DeliveryError] = {}
        for phone in sorted({international(address) for address in asked.values()}):
            try:
                told = self._ask(phone)
            except DeliveryError:
                if not known:
                    raise
                break
            known |= {name: became for name, became in told.items() if name in asked}
        return known

    def _ask(self, phone: str) -> dict[str, Answer | DeliveryError]:
        asked = {
            "BeginTime": int(self._now()) - ASKED_BACK_S,
            "Offset": 0,
            "Limit": 100,
            "PhoneNumber": phone,
            "SmsSdkAppId": self._section.sdk_app_id,
        }
        said = self._call(self._wire(phone), "PullSmsSendStatusByPhoneNumber", asked)
        return {
            named(one.get("SerialNo")): _became(
                one.get("ReportStatus"), one.get("Description"), one.get("UserReceiveTime")
            )
            for one in objects(said.get("PullSmsSendStatusSet"))
        }

    def _wire(self, phone: str, more: tuple[str, ...] = ()) -> Wire:
        hidden = (*self._section.secrets(), *more, phone, national(phone))
        return Wire(self._section.timeout_s, tuple(filter(None, hidden)), self._now)

    def _call(self, wire: Wire, action: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(asked, ensure_ascii=False).encode()
        headers = signed(self._section, action, body, int(self._now()))
        reply = wire.post(self._section.url.rstrip("/") + "/", body, headers)
        said = wire.understood(reply).get("Response")
        if not isinstance(said, dict):
            raise wire.by_status(reply) if not reply.is_good else wire.refused(
                reply, Failure.GARBAGE
            )  # fmt: skip
        error = said.get("Error")
        if isinstance(error, dict):
            words = f"{error.get('Code')} {error.get('Message')} {said.get('RequestId', '')}"
            failure = looked_up(str(error.get("Code")), TROUBLES) or Failure.OTHER
            raise wire.refused(reply, failure, said=words.strip())
        if not reply.is_good:
            raise wire.by_status(reply)
        return said

    def pushed(self, pushed: Pushed) -> Mapping[str, Answer | DeliveryError]:
        """Read pushed states; Tencent does not sign them: the address is the secret."""
        of_the_secret(self._section.hook_secret, pushed)
        try:
            return {
                named(one["sid"]): _became(
                    one["report_status"], one.get("errmsg"), one.get("user_receive_time")
                )
                for one in listed(pushed.body)
            }
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(type(error).__name__) from error


def signed(section: TencentSection, action: str, body: bytes, at_s: int) -> dict[str, str]:
    """Give the headers of TC3-HMAC-SHA256 for a POST of JSON."""
    host = urlsplit(section.url).netloc
    signature, day = tc3(section.secret_key, SERVICE, (host, action), body, at_s)
    return {
        "Host": host,
        "Content-Type": CONTENT_TYPE,
        "X-TC-Action": action,
        "X-TC-Version": VERSION,
        "X-TC-Timestamp": str(at_s),
        "X-TC-Region": section.region,
        "Authorization": (
            f"TC3-HMAC-SHA256 Credential={section.secret_id}/{day}/{SERVICE}/tc3_request, "
            f"SignedHeaders=content-type;host;x-tc-action, Signature={signature}"
        ),
    }


def tc3(
    secret: str, service: str, host_and_action: tuple[str, str], body: bytes, at_s: int
) -> tuple[str, str]:
    """Give the signature and the UTC day that is part of it."""
    host, action = host_and_action
    day = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d")
    request = (
        f"POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{action.lower()}\n\n"
        f"content-type;host;x-tc-action\n{hashlib.sha256(body).hexdigest()}"
    )
    hashed = hashlib.sha256(request.encode()).hexdigest()
    words = f"TC3-HMAC-SHA256\n{at_s}\n{day}/{service}/tc3_request\n{hashed}"
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest(), day


def _became(status: Any, why: Any, at: Any) -> Answer | DeliveryError:
    text = fit_to_keep(" ".join(str(word) for word in (status, why, at) if word))
    if status == "SUCCESS":
        return Answer("delivered", text)
    return DeliveryError(text, permanent=True, failure=Failure.OTHER)
