"""Short messages by Aliyun: `SendSms`, signed by hand with ACS3-HMAC-SHA256.

<https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature>: only
registered templates go out, `Code` is the answer and not the status, and what became of a message
comes later: asked for (`QuerySendDetails`) or pushed (`SmsReport`, again after 1, 5, 10 minutes).
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from central.adapters.notifiers.phones import international, national
from central.adapters.notifiers.texts import parameters, private, template_of
from central.adapters.notifiers.wire import Wire, fit_to_keep, found, looked_up, named, objects
from central.config import AliyunSection
from central.core.delivery import Failure
from central.core.local_time import ZONE
from central.ports import Answer, DeliveryError, Letter, Limits, NotAuthenticError, Pushed

VERSION = "2017-05-25"
DAYS_ASKED = 2
DELIVERED, UNDELIVERED = 3, 2

TROUBLES: dict[str, Failure] = {
    "SignatureDoesNotMatch": Failure.WRONG_SECRET,
    "IncompleteSignature": Failure.WRONG_SECRET,
    "InvalidAccessKeyId": Failure.WRONG_SECRET,
    "InvalidTimeStamp": Failure.WRONG_SECRET,
    "SignatureNonceUsed": Failure.WRONG_SECRET,
    "Forbidden": Failure.WRONG_SECRET,
    "NoPermission": Failure.WRONG_SECRET,
    "isp.RAM_PERMISSION_DENY": Failure.WRONG_SECRET,
    "isv.DENY_IP_RANGE": Failure.WRONG_SECRET,
    "Throttling": Failure.RATE_LIMITED,
    "isv.BUSINESS_LIMIT_CONTROL": Failure.RATE_LIMITED,
    "isv.DAY_LIMIT_CONTROL": Failure.RATE_LIMITED,
    "isv.MONTH_LIMIT_CONTROL": Failure.RATE_LIMITED,
    "isv.MOBILE_NUMBER_ILLEGAL": Failure.BAD_ADDRESS,
    "isv.SMS_TEMPLATE_ILLEGAL": Failure.REFUSED_CONTENT,
    "isv.SMS_SIGNATURE_ILLEGAL": Failure.REFUSED_CONTENT,
    "isv.SMS_SIGN_ILLEGAL": Failure.REFUSED_CONTENT,
    "isv.SMS_CONTENT_ILLEGAL": Failure.REFUSED_CONTENT,
    "isv.TEMPLATE_MISSING_PARAMETERS": Failure.REFUSED_CONTENT,
    "isv.TEMPLATE_PARAMS_ILLEGAL": Failure.REFUSED_CONTENT,
    "isv.INVALID_PARAMETERS": Failure.REFUSED_CONTENT,
    "isv.INVALID_JSON_PARAM": Failure.REFUSED_CONTENT,
    "isv.BLACK_KEY_CONTROL_LIMIT": Failure.REFUSED_CONTENT,
    "isv.PARAM_LENGTH_LIMIT": Failure.REFUSED_CONTENT,
    "isv.PARAM_NOT_SUPPORT_URL": Failure.REFUSED_CONTENT,
    "isp.SYSTEM_ERROR": Failure.UNREACHABLE,
    "isp.GATEWAY_ERROR": Failure.UNREACHABLE,
    "ServiceUnavailable": Failure.UNREACHABLE,
    "InternalError": Failure.UNREACHABLE,
}
ENDS: dict[str, Failure] = {
    "MOBILE_SEND_LIMIT": Failure.RATE_LIMITED,
    "MOBILE_NOT_ON_SERVICE": Failure.BAD_ADDRESS,
    "MOBILE_ACCOUNT_ABNORMAL": Failure.BAD_ADDRESS,
    "MOBILE_IN_BLACK": Failure.BAD_ADDRESS,
    "INVALID_NUMBER": Failure.BAD_ADDRESS,
    "NO_ROUTE": Failure.BAD_ADDRESS,
    "USER_REJECT": Failure.BAD_ADDRESS,
    "CONTENT_KEYWORD": Failure.REFUSED_CONTENT,
    "CONTENT_ERROR": Failure.REFUSED_CONTENT,
}
"""Why a message that was accepted did not arrive."""


class AliyunSms:
    """Sends by template; "accepted" is `Code` OK with a `BizId`, "delivered" the later receipt."""

    provider = "aliyun"
    thanks = '{"code":0,"msg":"成功"}'.encode()

    def __init__(self, section: AliyunSection, now: Callable[[], float] = time.time) -> None:
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
        values = parameters(letter, template.params.values())
        asked = {
            "PhoneNumbers": national(phone),
            "SignName": self._section.sign_name,
            "TemplateCode": template.code,
            "TemplateParam": json.dumps(dict(zip(template.params, values, strict=True)),
                                        ensure_ascii=False),
            "OutId": letter.letter_id,
        }  # fmt: skip
        said = self._call("SendSms", asked, phone, private(letter))
        return Answer("accepted", fit_to_keep(evidence(said)), named(said.get("BizId", "")))

    def receipts(self, asked: Mapping[str, str]) -> Mapping[str, Answer | DeliveryError]:
        """Ask for each, on the day it was sent and the day before."""
        known: dict[str, Answer | DeliveryError] = {}
        for biz_id, address in asked.items():
            try:
                became = self._ask(biz_id, international(address))
            except DeliveryError:
                if not known:
                    raise
                break
            if became is not None:
                known[biz_id] = became
        return known

    def _ask(self, biz_id: str, phone: str) -> Answer | DeliveryError | None:
        today = datetime.fromtimestamp(self._now(), ZONE)
        for back in range(DAYS_ASKED):
            asked = {
                "PhoneNumber": national(phone),
                "BizId": biz_id,
                "SendDate": (today - timedelta(days=back)).strftime("%Y%m%d"),
                "PageSize": "10",
                "CurrentPage": "1",
            }
            said = self._call("QuerySendDetails", asked, phone)
            for one in objects(found(said, "SmsSendDetailDTOs.SmsSendDetailDTO")):
                if one.get("SendStatus") in (DELIVERED, UNDELIVERED):
                    text = f"{one.get('ErrCode', '')} {one.get('ReceiveDate', '')}".strip()
                    return _became(
                        one["SendStatus"] == DELIVERED, str(one.get("ErrCode", "")), text
                    )
        return None

    def _call(
        self, action: str, asked: Mapping[str, str], phone: str, more: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        section = self._section
        hidden = (*section.secrets(), *more, phone, national(phone))
        wire = Wire(section.timeout_s, tuple(filter(None, hidden)), self._now)
        url, headers = signed(section, action, asked, self._now(), secrets.token_hex(16))
        reply = wire.post(url, b"", headers)
        said = wire.understood(reply)
        code = str(said.get("Code", ""))
        if reply.is_good and code == "OK":
            return said
        failure = looked_up(code, TROUBLES)
        if failure is None and not reply.is_good:
            raise wire.by_status(reply)
        failure = failure or (Failure.OTHER if code else Failure.GARBAGE)
        raise wire.refused(reply, failure, said=f"{reply.status} {evidence(said) or reply.text}")

    def pushed(self, pushed: Pushed) -> Mapping[str, Answer | DeliveryError]:
        """Read an `SmsReport`; Aliyun does not sign it: the address is the secret."""
        of_the_secret(self._section.hook_secret, pushed)
        try:
            return {
                named(one["biz_id"]): _became(
                    one["success"] is True,
                    str(one.get("err_code", "")),
                    f"{one.get('err_code', '')} {one.get('err_msg', '')} "
                    f"{one.get('report_time', '')}".strip(),
                )
                for one in listed(pushed.body)
            }
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(type(error).__name__) from error


def signed(
    section: AliyunSection, action: str, asked: Mapping[str, str], now: float, nonce: str,
    version: str = VERSION,
) -> tuple[str, dict[str, str]]:  # fmt: skip
    """Give address and headers; the body is empty, all is in the query."""
    query = "&".join(f"{_quoted(key)}={_quoted(asked[key])}" for key in sorted(asked))
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": urlsplit(section.url).netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{empty}"
    words = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(section.access_key_secret.encode(), words.encode(), hashlib.sha256)
    headers["Authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={section.access_key_id},"
        f"SignedHeaders={names},Signature={signature.hexdigest()}"
    )
    return f"{section.url.rstrip('/')}/?{query}", headers


def evidence(said: Mapping[str, Any]) -> str:
    """Give what an answer says, without the signed words that a refusal repeats."""
    words = [str(said.get(name) or "") for name in ("Code", "Message", "RequestId")]
    words[1] = words[1].partition("server string to sign")[0]
    return " ".join(filter(None, words))[:500]


def listed(body: bytes) -> list[dict[str, Any]]:
    """Read a list of receipts; raises `ValueError` for anything else."""
    entries = json.loads(body)
    if not isinstance(entries, list):
        msg = "not a list"
        raise ValueError(msg)  # noqa: TRY004 - of a body, not of an argument
    return entries


def of_the_secret(secret: str, pushed: Pushed) -> None:
    """Refuse what was posted to an address without the secret, or where none is set."""
    if not secret or not hmac.compare_digest(secret.encode(), pushed.secret.encode()):
        raise NotAuthenticError


def _became(arrived: bool, code: str, text: str) -> Answer | DeliveryError:
    if arrived:
        return Answer("delivered", fit_to_keep(text))
    return DeliveryError(fit_to_keep(text), permanent=True, failure=ENDS.get(code, Failure.OTHER))


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
