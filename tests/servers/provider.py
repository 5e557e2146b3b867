"""What all test servers of providers share: loopback, a thread a request, moods, a memory.

A server checks what the real one checks, with its own arithmetic: not a line of the code under
test. `sent` holds what really reached somebody; what a provider drops or refuses is not in it.
"""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qsl, urlsplit

SLOW_S = 30.0
PORTAL = "<html><body>请先登录网络 please sign in to the network</body></html>"


@dataclass(frozen=True)
class Sent:
    """One message as its recipient has it."""

    to: str
    text: str
    message_id: str = ""


@dataclass(frozen=True)
class Asked:
    """One request, before anybody has looked at it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    host: str

    def fields(self) -> dict[str, Any]:
        """Give the body's JSON object, an empty one where it is none."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


@dataclass(frozen=True)
class Said:
    """An answer: an object as JSON, words or bytes as they are."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


R = TypeVar("R")
Rule = tuple[Callable[[], object], R]


def first(*rules: Rule[R]) -> R | None:
    """Give what belongs to the first rule that applies; later ones are not even looked at."""
    return next((result for applies, result in rules if applies()), None)


MOODS = {
    "portal": Said(PORTAL),
    "busy": Said("busy", 503),
    "limited": Said("slow down", 429, {"Retry-After": "17"}),
}


@dataclass
class Provider:
    """One provider. `mood` is how it behaves from now on.

    Moods: `well`; `down` (hangs up), `busy` (503), `limited` (429), `slow` (30 s of silence),
    `trickle` (never says all of it), `portal` (200 and a page for browsers), `noise` (no HTTP).

    `ahead_s` is by how much its clock is ahead; `forbidden` are words that it does not pass on.
    """

    SCHEME: ClassVar[str] = "http"

    port: int = 0
    mood: str = "well"
    ahead_s: float = 0.0
    forbidden: str = "违禁词"
    sent: list[Sent] = field(default_factory=list)
    calls: int = 0
    over: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    _window: dict[str, list[float]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{self.SCHEME}://127.0.0.1:{self.port}"

    def now(self) -> float:
        return time.time() + self.ahead_s

    def texts_to(self, address: str) -> list[str]:
        """Give what one recipient has got."""
        return [sent.text for sent in self.sent if sent.to == address]

    def answer(self, asked: Asked) -> Said:
        """Answer one request, alone; each provider does."""
        raise NotImplementedError

    def takes(self, sent: Sent) -> None:
        self.sent.append(sent)

    def is_over(self, key: str, most: int, within_s: float) -> bool:
        """Count one for a key and tell whether it is one too many."""
        now = self.now()
        recent = [at for at in self._window.get(key, []) if at > now - within_s]
        is_over = len(recent) >= most
        self._window[key] = recent if is_over else [*recent, now]
        return is_over

    def forget_rates(self) -> None:
        """Let time pass for the rates."""
        self._window.clear()


class _Handler(BaseHTTPRequestHandler):
    provider: ClassVar[Provider]

    def _serve(self) -> None:
        provider = self.provider
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        provider.calls += 1
        if provider.mood == "down":
            return self._hang_up()
        if provider.mood == "slow":
            provider.over.wait(SLOW_S)
            return self._hang_up()
        if provider.mood == "noise":
            self.wfile.write(b"\x00\xff\xfe this is no HTTP\r\n\r\n")
            return None
        if provider.mood == "trickle":
            return self._trickle()
        if provider.mood in MOODS:
            return self._say(MOODS[provider.mood])
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        asked = Asked(
            self.command, parts.path, query, headers, body, headers.get("host", "")
        )  # fmt: skip
        with provider.lock:
            said = provider.answer(asked)
        return self._say(said)

    do_GET = do_POST = _serve  # noqa: N815 - the library's names

    def _trickle(self) -> None:
        """Say a little at a time, and never all of it."""
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n")
        with suppress(OSError):
            while not self.provider.over.wait(0.05):
                self.wfile.write(b" ")

    def _hang_up(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def _say(self, said: Said) -> None:
        body, is_words = said.body, isinstance(said.body, str)
        if not isinstance(body, bytes):
            words = body if is_words else json.dumps(body, ensure_ascii=False)
            body = str(words).encode()
        with suppress(OSError):
            self.send_response_only(said.status)
            self.send_header("Date", formatdate(self.provider.now(), usegmt=True))
            self.send_header("Content-Type", "text/html" if is_words else "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that has hung up."""


P = TypeVar("P", bound=Provider)


@contextmanager
def served(provider: P) -> Iterator[P]:
    """Put a provider up on a free loopback port."""
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = _Server(("127.0.0.1", 0), handler)
    provider.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
