"""A real SMTP server on loopback, which can be told to refuse."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 OK, queued as 4711"


@dataclass
class MailServer:
    """Keeps what it accepts. `answers` says what a recipient is told instead of 250."""

    port: int
    answers: dict[str, str] = field(default_factory=dict)
    answer_to_data: str = ACCEPTED
    accepted: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        if self.answer_to_data == ACCEPTED:
            content = envelope.original_content or b""
            self.accepted.append(message_from_bytes(content, policy=policy.default))
        return self.answer_to_data


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server on a free loopback port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler = MailServer(port=free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
