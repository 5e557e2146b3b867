"""Asking the district for certificates, over HTTPS that believes one authority only."""

import http.client
import json
import socket
import ssl
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from pydantic import ValidationError

from contract.claims import (
    CA_PATH,
    CHALLENGE_PATH,
    ENROL_PATH,
    RENEW_PATH,
    Challenge,
    ChallengeWanted,
    EnrolmentWanted,
    Identity,
    RenewalWanted,
    Ticket,
)
from contract.messages import Message

PATIENCE_S = 20.0
MOST_ANSWER_BYTES = 256 * 1024
_OK = 200
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_NOT_YET, _EXPIRED, _OTHER_HOST = 9, 10, frozenset({62, 64})  # OpenSSL's X509_V_ERR_*

M = TypeVar("M", bound=Message)


class DistrictError(Exception):
    """Central did not give what was asked for. `permanent`: without a person nothing changes."""

    def __init__(self, words: str, *, permanent: bool = False, code: str = "") -> None:
        super().__init__(words)
        self.permanent = permanent
        self.code = code


class District:
    """Central's door for devices, at one address; `authorities` (PEM) are who may answer there."""

    def __init__(self, url: str, authorities: bytes) -> None:
        self._url = url
        self._authorities = authorities

    @classmethod
    def of(cls, ticket: Ticket) -> "District":
        """Fetch the authority's certificate and compare it with the ticket, before any secret goes.

        Raises:
            DistrictError: out of reach, or not the authority that the ticket names.
        """
        found = _call(ticket.url, _blind(), "GET", CA_PATH, b"")
        try:
            authorities = x509.load_pem_x509_certificates(found)
        except ValueError:
            authorities = []
        named = [one for one in authorities
                 if one.fingerprint(hashes.SHA256()).hex() == ticket.ca_sha256]  # fmt: skip
        if not named:
            _elsewhere(ticket.url)
        # nothing else that came with it is believed
        return cls(ticket.url, named[0].public_bytes(serialization.Encoding.PEM))

    def authorities(self) -> bytes:
        """Give the authorities that are to be believed from now on, PEM."""
        return _call(self._url, self._context(), "GET", CA_PATH, b"")

    def enrol(self, wanted: EnrolmentWanted) -> Identity:
        """Ask for the first certificate.

        Raises:
            DistrictError: refused, or out of reach.
        """
        return self._ask(ENROL_PATH, wanted, Identity)

    def challenge(self, certificate: str) -> str:
        """Ask for something fresh to sign."""
        return self._ask(CHALLENGE_PATH, ChallengeWanted(certificate=certificate), Challenge).nonce

    def renew(self, wanted: RenewalWanted) -> Identity:
        """Ask for the next certificate."""
        return self._ask(RENEW_PATH, wanted, Identity)

    def _ask(self, path: str, message: Message, answer: type[M]) -> M:
        body = message.model_dump_json().encode()
        heard = _call(self._url, self._context(), "POST", path, body)
        try:
            return answer.model_validate_json(heard)
        except ValidationError as error:
            msg = f"平台 {self._url} 的回答看不懂 (central's answer cannot be read)"
            raise DistrictError(msg) from error

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata=self._authorities.decode())
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context


def _blind() -> ssl.SSLContext:
    """TLS that believes anybody: only for what is checked by its fingerprint afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _call(url: str, context: ssl.SSLContext, method: str, path: str, body: bytes) -> bytes:
    place = urlsplit(url)
    host, port = place.hostname or "", place.port or 443
    connection = http.client.HTTPSConnection(host, port, timeout=PATIENCE_S, context=context)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read(MOST_ANSWER_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise DistrictError(_why(error, url)) from error
    finally:
        connection.close()
    if answer.status != _OK:
        raise _refusal(answer.status, content, url)
    return content


def _refusal(status: int, content: bytes, url: str) -> DistrictError:
    try:
        problem: Any = json.loads(content)
        detail, code = str(problem["detail"])[:300], str(problem.get("code", ""))[:40]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        detail, code = f"HTTP {status}", ""
    words = f"平台 {url} 拒绝 (central refuses): {detail}"
    return DistrictError(words, permanent=status not in _AGAIN, code=code)


def _elsewhere(url: str) -> NoReturn:
    msg = (
        f"{url} 出示的 CA 与标签上的指纹不符:可能连到了别处,或平台已换 CA。入网码没有发出;"
        "请核对标签,必要时重新生成 (not the authority on the label: nothing was sent)"
    )
    raise DistrictError(msg, permanent=True)


def _why(error: Exception, url: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _why_not_believed(error, url)
    if isinstance(error, socket.gaierror):
        return f"找不到平台 {url},请检查网络和 DNS (no such host): {error.strerror}"
    if isinstance(error, TimeoutError):
        return f"平台 {url} 没有应答,请检查网线、Wi-Fi 或防火墙 (no answer)"
    if isinstance(error, ssl.SSLError):
        return f"与平台 {url} 的 TLS 握手失败 (TLS failed): {error.reason}"
    return f"连不上平台 {url},请检查网络和端口 (cannot connect): {error}"


def _why_not_believed(error: ssl.SSLCertVerificationError, url: str) -> str:
    if error.verify_code == _NOT_YET:
        return f"平台 {url} 的证书尚未生效:设备时钟太慢,请先对时 (this device's clock is behind)"
    if error.verify_code == _EXPIRED:
        return f"平台 {url} 的证书已过期,或设备时钟太快 (expired, or this clock is ahead)"
    if error.verify_code in _OTHER_HOST:
        return f"平台的证书不是给 {url} 的,请核对地址 (its certificate is for another name)"
    return f"平台 {url} 的证书不可信 (its certificate fails): {error.verify_message}"
