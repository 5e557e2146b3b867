"""One HTTP call to a provider, within its time, whatever comes back; and what it said, in words.

Nothing is thrown but `DeliveryError`, and no secret is in its text.
"""

import json
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx

from central.core.delivery import Failure
from central.ports import DeliveryError

MOST_ANSWER = 500
MOST_BYTES = 256 * 1024
MOST_NAME = 128
WRONG_CLOCK_S = 60
"""By how much this machine's clock may differ before a refused signature is laid to it."""

USELESS = frozenset(
    {Failure.WRONG_SECRET, Failure.REFUSED_CONTENT, Failure.BAD_ADDRESS, Failure.NOT_CONFIGURED}
)
"""What trying again does not help, until a person has changed something."""

BY_STATUS: dict[int, Failure] = {
    HTTPStatus.UNAUTHORIZED: Failure.WRONG_SECRET,
    HTTPStatus.FORBIDDEN: Failure.WRONG_SECRET,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: Failure.WRONG_SECRET,
    HTTPStatus.REQUEST_TIMEOUT: Failure.SLOW,
    HTTPStatus.GATEWAY_TIMEOUT: Failure.SLOW,
    HTTPStatus.TOO_MANY_REQUESTS: Failure.RATE_LIMITED,
    HTTPStatus.BAD_REQUEST: Failure.REFUSED_CONTENT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Failure.REFUSED_CONTENT,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Failure.REFUSED_CONTENT,
    HTTPStatus.UNPROCESSABLE_ENTITY: Failure.REFUSED_CONTENT,
    HTTPStatus.NOT_FOUND: Failure.GARBAGE,
    HTTPStatus.METHOD_NOT_ALLOWED: Failure.GARBAGE,
    HTTPStatus.GONE: Failure.NOT_CONFIGURED,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider said; `ahead_s` is by how much its clock is ahead of this machine's."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    ahead_s: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether the status is one of success; the body may still refuse."""
        return 200 <= self.status < 300  # noqa: PLR2004 - what success means in HTTP

    @property
    def evidence(self) -> str:
        """The status and the beginning of the body."""
        return f"{self.status} {self.text[:MOST_ANSWER]}"

    def fields(self) -> dict[str, Any] | None:
        """Give the body's JSON object, None where it is none."""
        try:
            body = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return body if isinstance(body, dict) else None

    @property
    def retry_after_s(self) -> float | None:
        """The pause that it asks for."""
        wish = self.headers.get("retry-after", "")
        return float(wish) if wish.isascii() and wish.isdigit() and len(wish) < 8 else None  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Wire:
    """Calls one provider. `secrets` are kept out of every word; `now` is the wall clock."""

    timeout_s: float
    secrets: tuple[str, ...] = ()
    now: Callable[[], float] = time.time

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send and give the answer; raises `DeliveryError` where there is none."""
        return self.call("POST", url, body, headers)

    def call(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send and give the answer; raises `DeliveryError` where there is none."""
        try:
            with (
                httpx.Client(timeout=self.timeout_s, verify=_trust()) as client,
                client.stream(method, url, content=body, headers=dict(headers)) as answer,
            ):
                text = self._read(answer)
        except httpx.ConnectTimeout as error:
            raise self.trouble(Failure.UNREACHABLE, _named(error, url)) from error
        except httpx.TimeoutException as error:
            raise self.trouble(
                Failure.SLOW, f"{_named(error, url)} ({self.timeout_s:g} s)"
            ) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise self.trouble(Failure.NOT_CONFIGURED, _named(error, url)) from error
        except httpx.NetworkError as error:
            raise self.trouble(Failure.UNREACHABLE, _named(error, url)) from error
        except (httpx.HTTPError, UnicodeError, ValueError) as error:
            hung_up = "disconnected" in str(error)
            kind = Failure.UNREACHABLE if hung_up else Failure.GARBAGE
            raise self.trouble(kind, _named(error, url)) from error
        return Reply(answer.status_code, self.scrubbed(text), answer.headers, self._ahead_s(answer))

    def _read(self, answer: httpx.Response) -> str:
        until = time.monotonic() + self.timeout_s
        body, is_late = b"", False
        for piece in answer.iter_bytes():
            if is_late:  # and there is still more of it
                msg = "the answer trickles in"
                raise httpx.ReadTimeout(msg)
            body += piece
            is_late = time.monotonic() > until
            if len(body) > MOST_BYTES:
                break
        return body[:MOST_BYTES].decode("utf-8", "replace")

    def _ahead_s(self, answer: httpx.Response) -> float | None:
        try:
            theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError, OverflowError):
            return None
        return theirs - self.now()

    def scrubbed(self, text: str) -> str:
        """Give a text without the secrets."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return plain(text)

    def trouble(
        self, failure: Failure, said: str, *, permanent: bool | None = None,
        retry_after_s: float | None = None,
    ) -> DeliveryError:  # fmt: skip
        """Give the error for a kind of trouble."""
        return DeliveryError(
            self.scrubbed(said)[: 2 * MOST_ANSWER],
            permanent=failure in USELESS if permanent is None else permanent,
            retry_after_s=retry_after_s,
            failure=failure,
        )

    def refused(
        self, reply: Reply, failure: Failure, *, said: str = "", retry_after_s: float | None = None
    ) -> DeliveryError:
        """Give the error for what a provider said; a wrong clock is named, and may come right."""
        said = (said or reply.evidence)[:MOST_ANSWER]
        pause = retry_after_s if reply.retry_after_s is None else reply.retry_after_s
        if failure is Failure.WRONG_SECRET and abs(reply.ahead_s or 0) > WRONG_CLOCK_S:
            words = f"{said}; {clock_words(reply.ahead_s or 0)}"
            return self.trouble(failure, words, permanent=False, retry_after_s=pause)
        return self.trouble(failure, said, retry_after_s=pause)

    def by_status(self, reply: Reply) -> DeliveryError:
        """Give the error for a status that is not one of success."""
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            failure = BY_STATUS.get(reply.status, Failure.UNREACHABLE)
        elif reply.status < HTTPStatus.BAD_REQUEST:
            failure = Failure.GARBAGE  # it points elsewhere: the address is not the service's
        else:
            failure = BY_STATUS.get(reply.status, Failure.OTHER)
        return self.refused(reply, failure)

    def understood(self, reply: Reply) -> dict[str, Any]:
        """Give the object that a provider answered; raises `DeliveryError` for anything else."""
        fields = reply.fields()
        if fields is not None:
            return fields
        if not reply.is_good:
            raise self.by_status(reply)
        raise self.refused(reply, Failure.GARBAGE)


def plain(text: str) -> str:
    """Give a text that every database keeps: without NUL and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def fit_to_keep(text: str) -> str:
    """Give what a provider said as evidence: plain, and no longer than evidence is."""
    return plain(text)[:MOST_ANSWER]


def named(provider_id: object) -> str:
    """Give a provider's name for a letter, as long as names are here."""
    return plain(str(provider_id))[:MOST_NAME]


def objects(value: object) -> list[dict[str, Any]]:
    """Give those of a list that are objects; none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def found(said: Mapping[str, Any], path: str) -> Any:
    """Follow dots into objects; None where there is nothing."""
    here: Any = said
    for name in path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return here


def clock_words(ahead_s: float) -> str:
    """Say how wrong this machine's clock is, and what to do."""
    zh, en = ("慢", "behind") if ahead_s > 0 else ("快", "ahead of")
    off = round(abs(ahead_s))
    return (
        f"本机时钟比对方{zh} {off} 秒，请校准（NTP） / "
        f"this machine's clock is {off} s {en} the provider's: set it right (NTP)"
    )


def looked_up(code: str, table: Mapping[str, Failure]) -> Failure | None:
    """Find a dotted code's kind: its own, or that of the longest beginning the table names."""
    while code:
        if code in table:
            return table[code]
        code = code.rpartition(".")[0]
    return None


def by_words(said: str, table: Iterable[tuple[str, Failure]]) -> Failure | None:
    """Find a kind by words of an answer, the first that fits; for providers whose codes vary."""
    lower = said.lower()
    return next((failure for words, failure in table if words in lower), None)


def _named(error: Exception, url: str) -> str:
    host = url.split("/")[2] if url.count("/") > 1 else "?"
    return f"{host}: {type(error).__name__}: {error}"


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
