"""A webhook receiver on loopback that checks signatures, and can be told to misbehave."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"the secret of two systems").decode()


@dataclass
class Receiver:
    """What it was sent and how it answers: status, body, headers; `garbage` is no HTTP at all."""

    port: int = 0
    status: int = 200
    body: bytes = b'{"accepted": true}'
    headers: dict[str, str] = field(default_factory=dict)
    garbage: bool = False
    hold: Event | None = None
    got: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"


def is_signed(secret: str, headers: Any, body: bytes) -> bool:
    """Check a signature from the standard's text alone, without a line of the code under test."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return hmac.compare_digest(right, headers["webhook-signature"] or "")


@contextmanager
def webhook_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free loopback port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if receiver.hold is not None:
                receiver.hold.wait(20)
            if receiver.garbage:
                self.wfile.write(b"\x00\xff this is not HTTP\r\n\r\n")
                return
            signed = is_signed(SECRET, self.headers, body)
            if signed:
                receiver.got.append(json.loads(body))
                receiver.ids.append(str(self.headers["webhook-id"]))
            self.send_response(receiver.status if signed else 401)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        if receiver.hold is not None:
            receiver.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
