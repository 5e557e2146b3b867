"""Where the demo's notifications arrive: a real SMTP server and a real webhook receiver, local."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """Takes every mail and keeps it as a file."""

    folder: Path
    subjects: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """Keep one mail."""
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        self.subjects.append(str(message["subject"]))
        (self.folder / f"{time.time_ns()}.eml").write_bytes(content)
        return "250 Message accepted for delivery"


def start_mail(folder: Path, port: int) -> tuple[Controller, Mailbox]:
    """Listen for mail on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    mailbox = Mailbox(folder)
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    return controller, mailbox


def is_signed(secret: str, headers: Any, body: bytes) -> bool:
    """Check a webhook's signature (Standard Webhooks: HMAC-SHA256 over id, timestamp and body)."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = (headers["webhook-signature"] or "").split()
    return any(hmac.compare_digest(right, one.partition(",")[2]) for one in given)


def start_webhook(folder: Path, port: int, secret: str) -> ThreadingHTTPServer:
    """Listen for signed webhooks; a wrong signature is answered with 401."""
    folder.mkdir(parents=True, exist_ok=True)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            signed = is_signed(secret, self.headers, body)
            if signed:
                (folder / f"{time.time_ns()}.json").write_bytes(body)
            answer = json.dumps({"accepted": signed}).encode()
            self.send_response(200 if signed else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing: what came is in the folder."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    return server
