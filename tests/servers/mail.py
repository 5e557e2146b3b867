"""A real SMTP server on loopback, which can be told to refuse and to misbehave."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

ACCEPTED = "250 OK, queued as 4711"
USER, PASSWORD = "huxiao", "mail-password"


@dataclass
class MailServer:
    """Keeps what it accepts. `answers` says what a recipient is told instead of 250.

    Moods, towards whoever connects from now on: `well`; `down` (hangs up), `slow` (never speaks),
    `noise` (speaks no SMTP).
    """

    port: int
    answers: dict[str, str] = field(default_factory=dict)
    answer_to_data: str = ACCEPTED
    accepted: list[EmailMessage] = field(default_factory=list)
    mood: str = "well"
    password: str = PASSWORD
    forbidden: str = "违禁词"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        if self.forbidden in f"{message['subject']} {message.get_content()}":
            return "554 5.7.1 the content was refused"
        if self.answer_to_data == ACCEPTED:
            self.accepted.append(message)
        return self.answer_to_data

    def texts_to(self, address: str) -> list[str]:
        """Give what one recipient has got."""
        return [f"{m['subject']}\n{m.get_content()}" for m in self.accepted if address in m["to"]]

    def knows(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == self.password.encode()
        return AuthResult(success=bool(right), handled=False)


class _Moody(asyncio.Protocol):
    """A server that speaks no SMTP."""

    def __init__(self, mood: str) -> None:
        self.mood = mood

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self.mood == "down":
            transport.abort()
        elif self.mood == "noise":
            transport.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


class _Controller(Controller):
    def factory(self) -> asyncio.Protocol:
        if self.handler.mood != "well":
            return _Moody(self.handler.mood)
        return SMTP(
            self.handler, hostname="127.0.0.1", authenticator=self.handler.knows,
            auth_require_tls=False,
        )  # fmt: skip


M = TypeVar("M", bound=MailServer)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server on a free loopback port."""
    with mail_server_of(MailServer) as server:
        yield server


@contextmanager
def mail_server_of(kind: type[M]) -> Iterator[M]:
    """Run a mail server of this kind on a free loopback port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler = kind(port=free.getsockname()[1])
    controller = _Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        handler.mood = "well"
        controller.stop()
