"""Notifications by e-mail, through the district's mail server."""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from central.config import EmailSection
from central.ports import Answer, DeliveryError, Letter, Limits

ACCEPTED = frozenset({250, 251})
FIRST_PERMANENT = 500


class EmailChannel:
    """Hands each letter to the mail server; "accepted" is the server's own 250 to the message."""

    def __init__(self, server: EmailSection, public_url: str = "") -> None:
        self._server = server
        self._public_url = public_url.rstrip("/")

    @property
    def limits(self) -> Limits:
        return Limits()

    def everyone(self) -> Sequence[str]:
        return ()

    def deliver(self, letter: Letter) -> Answer:
        if not all(letter.address.rpartition("@")):
            msg = f"不是邮箱地址 / not an e-mail address: {letter.address!r}"
            raise DeliveryError(msg, permanent=True)
        where = f"{self._server.host}:{self._server.port}"
        try:
            message = self._message(letter).as_bytes(policy=SMTP)
            client = smtplib.SMTP(
                self._server.host, self._server.port, timeout=self._server.timeout_s
            )
            try:
                return Answer("accepted", self._hand_over(client, message, letter.address))
            finally:
                client.close()  # without QUIT: a bad goodbye must not undo what was accepted
        except smtplib.SMTPResponseException as error:
            raise _refused(error) from error
        except UnicodeError as error:
            raise DeliveryError(str(error), permanent=True) from error
        except (OSError, smtplib.SMTPException) as error:
            msg = f"{where}: {type(error).__name__}: {error}"
            raise DeliveryError(msg) from error
        except ValueError as error:
            raise DeliveryError(str(error), permanent=True) from error

    def _hand_over(self, client: smtplib.SMTP, message: bytes, address: str) -> str:
        client.ehlo_or_helo_if_needed()
        if self._server.starttls:
            client.starttls(context=ssl.create_default_context())
        if self._server.username:
            client.login(self._server.username, self._server.password)
        _expect(client.mail(self._server.sender))
        _expect(client.rcpt(address))
        code, said = _expect(client.data(message))
        return f"{code} {said}"

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        sender = self._server.sender
        message["From"] = Address(display_name="护校平台", addr_spec=sender)
        message["To"] = Address(addr_spec=letter.address)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(datetime.fromtimestamp(letter.created_at / 1000, UTC))
        message["Message-ID"] = f"<{letter.letter_id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        link = f"\n{self._public_url}/incidents/{letter.incident_id}\n" if self._public_url else ""
        message.set_content(letter.text + link)
        return message


def _expect(reply: tuple[int, bytes]) -> tuple[int, str]:
    code, said = reply
    if code not in ACCEPTED:
        raise smtplib.SMTPResponseException(code, said)
    return code, said.decode("utf-8", "replace")


def _refused(error: smtplib.SMTPResponseException) -> DeliveryError:
    said = error.smtp_error
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    is_final = error.smtp_code >= FIRST_PERMANENT
    return DeliveryError(f"{error.smtp_code} {words}", permanent=is_final)
