"""A webhook receiver on loopback that checks signatures, and can be told to misbehave."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.servers.provider import Asked, Provider, Said, served

SECRET = "whsec_" + base64.b64encode(b"the secret of two systems").decode()
CLOCK_S = 300


@dataclass
class Receiver(Provider):
    """What it was sent, and how it answers: status, body, headers."""

    secret: str = SECRET
    status: int = 200
    body: bytes = b'{"accepted": true}'
    headers: dict[str, str] = field(default_factory=dict)
    got: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.url}/events"

    def answer(self, asked: Asked) -> Said:
        if not is_signed(self.secret, asked.headers, asked.body):
            return Said({"error": "not signed by you"}, 401)
        if abs(int(asked.headers["webhook-timestamp"]) - self.now()) > CLOCK_S:
            return Said({"error": "the timestamp is too old or too new"}, 401)
        event = json.loads(asked.body)
        if self.forbidden in json.dumps(event, ensure_ascii=False):
            return Said({"errcode": 310000, "errmsg": "content refused"})
        self.got.append(event)
        self.ids.append(asked.headers["webhook-id"])
        return Said(self.body, self.status, self.headers)


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Check a signature from the standard's text alone, without a line of the code under test."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return hmac.compare_digest(right, headers["webhook-signature"] or "")


@contextmanager
def webhook_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free loopback port."""
    with served(Receiver()) as receiver:
        yield receiver
