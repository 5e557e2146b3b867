"""Whether a device gets a certificate: the claim it brings, the key it has, the time it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from central.core.naming import Words
from contract.claims import CLAIM_PATTERN

CLAIM_DAYS = 14
RENEW_GRACE_DAYS = 180
"""A device that was only switched off may renew what ran out in the drawer, for so long."""
DAY_MS = 24 * 3600 * 1000
CHALLENGE_MS = 5 * 60 * 1000

WINDOW_MS = 10 * 60 * 1000
MOST_REFUSED_FROM_ADDRESS = 30
MOST_REFUSED_OF_CLAIM = 10
"""In `WINDOW_MS`; whoever guesses is told to wait before anything is looked up."""


class Step(StrEnum):
    """How far a try has come: the step that failed, or `issued`, `repeated`, `renewed`."""

    RATE = "rate"
    CLAIM = "claim"
    REQUEST = "request"
    KEY = "key"
    CERTIFICATE = "certificate"
    CHALLENGE = "challenge"
    SIGNATURE = "signature"
    AUTHORITY = "authority"
    ISSUED = "issued"
    REPEATED = "repeated"
    RENEWED = "renewed"


WELL = frozenset({Step.ISSUED, Step.REPEATED, Step.RENEWED})

WORDS: Mapping[Step, Words] = {
    Step.RATE: ("次数过多，已暂缓", "too many tries"),
    Step.CLAIM: ("核对入网码", "the claim"),
    Step.REQUEST: ("核对证书申请", "the request"),
    Step.KEY: ("核对设备密钥", "the device's key"),
    Step.CERTIFICATE: ("核对旧证书", "the old certificate"),
    Step.CHALLENGE: ("核对时效", "freshness"),
    Step.SIGNATURE: ("核对旧密钥签名", "the old key's signature"),
    Step.AUTHORITY: ("签发证书", "signing"),
    Step.ISSUED: ("已发证书", "certificate issued"),
    Step.REPEATED: ("重发同一证书", "the same certificate again"),
    Step.RENEWED: ("已续期", "renewed"),
}


class Refusal(StrEnum):
    """Why there is no certificate, in one word for a program."""

    TOO_OFTEN = "too_often"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    USED = "used"
    BAD_REQUEST = "bad_request"
    REVOKED = "revoked"
    REPLACED = "replaced"
    UNKNOWN_CERTIFICATE = "unknown_certificate"
    TOO_OLD = "too_old"
    STALE = "stale"
    BAD_SIGNATURE = "bad_signature"
    NO_AUTHORITY = "no_authority"


class ClaimRefusedError(Exception):
    """A claim or renewal that is refused: a code for the device, the step, and words."""

    def __init__(self, code: Refusal, step: Step, words: Words) -> None:
        super().__init__(words[1])
        self.code = code
        self.step = step
        self.words = words


_REFUSALS: Mapping[Refusal, tuple[Step, Words]] = {
    Refusal.TOO_OFTEN: (Step.RATE, ("尝试太频繁，请十分钟后再试", "too many tries: wait a while")),
    Refusal.UNKNOWN: (
        Step.CLAIM,
        ("入网码不对，请核对标签或重新生成", "unknown claim: check the label or make a new one"),
    ),
    Refusal.EXPIRED: (
        Step.CLAIM,
        ("入网码已过期，请在平台重新生成并写卡", "the claim is too old: make a new one"),
    ),
    Refusal.WITHDRAWN: (
        Step.CLAIM,
        ("入网码已作废，请在平台重新生成并写卡", "the claim was withdrawn: make a new one"),
    ),
    Refusal.USED: (
        Step.KEY,
        (
            "入网码已被另一台设备用过，已报告平台；请核查并重新生成",
            "this claim was used by another device: reported",
        ),
    ),
    Refusal.BAD_REQUEST: (
        Step.REQUEST,
        ("证书申请有误，需要 P-256 密钥", "not a valid request by a P-256 key"),
    ),
    Refusal.REVOKED: (
        Step.CERTIFICATE,
        ("设备已被吊销，请联系平台管理员", "revoked: ask the district"),
    ),
    Refusal.REPLACED: (
        Step.CERTIFICATE,
        ("这台设备已被新设备更换，请联系平台管理员", "this box was replaced by another"),
    ),
    Refusal.UNKNOWN_CERTIFICATE: (
        Step.CERTIFICATE,
        ("不是本平台发的证书", "not a certificate of this district"),
    ),
    Refusal.TOO_OLD: (
        Step.CERTIFICATE,
        (
            f"证书过期已超过 {RENEW_GRACE_DAYS} 天，需要新的入网码",
            "expired too long ago: a new claim is needed",
        ),
    ),
    Refusal.STALE: (
        Step.CHALLENGE,
        ("续期请求已失效或被重放，请重试", "the challenge is spent or too old: try again"),
    ),
    Refusal.BAD_SIGNATURE: (
        Step.SIGNATURE,
        ("不是旧密钥的签名", "not signed by the old key"),
    ),
    Refusal.NO_AUTHORITY: (
        Step.AUTHORITY,
        (
            "平台暂时不能签发证书（CA 密钥未解锁），请联系平台管理员",
            "the authority's key is locked: ask the district",
        ),
    ),
}


REFUSAL_WORDS: Mapping[Refusal, Words] = {code: words for code, (_, words) in _REFUSALS.items()}


def refused(code: Refusal) -> ClaimRefusedError:
    """Give the refusal of that code."""
    step, words = _REFUSALS[code]
    return ClaimRefusedError(code, step, words)


@dataclass(frozen=True, slots=True)
class Claim:
    """What central keeps of a claim; `spki` is the key that has used it."""

    claim_id: str
    device_id: str
    expires_at: int
    withdrawn_at: int | None = None
    spki: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What central keeps of a certificate that it has issued."""

    serial: str
    device_id: str
    spki: str
    expires_at: int
    revoked_at: int | None = None
    reason: str = ""


def parts_of(claim: str) -> tuple[str, str]:
    """Take a claim apart: its id and its secret.

    Raises:
        ClaimRefusedError: it is none.
    """
    if not re.fullmatch(CLAIM_PATTERN, claim):
        raise refused(Refusal.UNKNOWN)
    _, claim_id, secret = claim.split(".")
    return claim_id, secret


def check_claim(claim: Claim, spki: str, now_ms: int) -> bool:
    """Tell whether this key has used this claim already: its answer was lost on the way.

    Raises:
        ClaimRefusedError: too old, withdrawn, or used by another key.
    """
    if claim.spki is not None:
        if claim.spki != spki:
            raise refused(Refusal.USED)
        return True
    if claim.withdrawn_at is not None:
        raise refused(Refusal.WITHDRAWN)
    if now_ms > claim.expires_at:
        raise refused(Refusal.EXPIRED)
    return False


def check_renewal(kept: Kept, now_ms: int) -> None:
    """Refuse what may not be renewed.

    Raises:
        ClaimRefusedError: revoked, replaced, or expired for longer than the grace.
    """
    if kept.revoked_at is not None:
        is_replaced = kept.reason == "replaced"
        raise refused(Refusal.REPLACED if is_replaced else Refusal.REVOKED)
    if now_ms > kept.expires_at + RENEW_GRACE_DAYS * DAY_MS:
        raise refused(Refusal.TOO_OLD)


def check_rate(refused_from_address: int, refused_of_claim: int) -> None:
    """Refuse whoever guesses.

    Raises:
        ClaimRefusedError: too many refusals of late.
    """
    too_many = refused_from_address >= MOST_REFUSED_FROM_ADDRESS
    if too_many or refused_of_claim >= MOST_REFUSED_OF_CLAIM:
        raise refused(Refusal.TOO_OFTEN)


def state_of(claim: Claim, now_ms: int, *, is_online: bool) -> str:
    """Say in one word where a claim stands: open, expired, withdrawn, used, online."""
    if claim.spki is not None:
        return "online" if is_online else "used"
    if claim.withdrawn_at is not None:
        return "withdrawn"
    return "expired" if now_ms > claim.expires_at else "open"
