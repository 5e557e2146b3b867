"""Notifications by e-mail, through the district's mail server."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from central.adapters.notifiers.wire import USELESS, fit_to_keep
from central.config import EmailSection
from central.core.delivery import Failure
from central.ports import Answer, DeliveryError, Letter, Limits

ACCEPTED = frozenset({250, 251})
FIRST_ANSWER, FIRST_PERMANENT = 200, 500
CLOSING = 421
FINAL: dict[str, Failure] = {
    "greeting": Failure.OTHER,
    "login": Failure.WRONG_SECRET,
    "sender": Failure.WRONG_SECRET,
    "recipient": Failure.BAD_ADDRESS,
    "content": Failure.REFUSED_CONTENT,
}
"""What a refusal for good means, by what was refused."""


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
            raise DeliveryError(msg, permanent=True, failure=Failure.BAD_ADDRESS)
        where = f"{self._server.host}:{self._server.port}"
        try:
            message = self._message(letter).as_bytes(policy=SMTP)
            client = self._connected()
            try:
                return Answer("accepted", self._hand_over(client, message, letter.address))
            finally:
                client.close()  # without QUIT: a bad goodbye must not undo what was accepted
        except _RefusedError as error:
            raise error.told() from error
        except smtplib.SMTPResponseException as error:
            raise _RefusedError("greeting", error).told() from error
        except UnicodeError as error:
            raise _error(str(error), Failure.BAD_ADDRESS) from error
        except (OSError, smtplib.SMTPException) as error:
            said = f"{where}: {type(error).__name__}: {error}"
            raise _error(said, _kind(error)) from error
        except ValueError as error:
            raise _error(str(error), Failure.BAD_ADDRESS) from error

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)

    def _hand_over(self, client: smtplib.SMTP, message: bytes, address: str) -> str:
        with _at("greeting"):
            client.ehlo_or_helo_if_needed()
            if self._server.starttls:
                client.starttls(context=ssl.create_default_context())
        if self._server.username:
            with _at("login"):
                client.login(self._server.username, self._server.password)
        with _at("sender"):
            _expect(client.mail(self._server.sender))
        with _at("recipient"):
            _expect(client.rcpt(address))
        with _at("content"):
            code, said = _expect(client.data(message))
        return fit_to_keep(f"{code} {said}")

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        sender = self._server.sender
        message["From"] = Address(display_name="护校平台", addr_spec=sender)
        message["To"] = Address(addr_spec=letter.address)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(datetime.fromtimestamp(letter.created_at / 1000, UTC))
        message["Message-ID"] = f"<{letter.letter_id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        has_page = self._public_url and letter.incident_id
        link = f"\n{self._public_url}/incidents/{letter.incident_id}\n" if has_page else ""
        message.set_content(letter.text + link)
        return message


def _expect(reply: tuple[int, bytes]) -> tuple[int, str]:
    code, said = reply
    if code not in ACCEPTED:
        raise smtplib.SMTPResponseException(code, said)
    return code, said.decode("utf-8", "replace")


class _RefusedError(Exception):
    """What the server said no to, and its words."""

    def __init__(self, stage: str, error: smtplib.SMTPResponseException) -> None:
        super().__init__(stage)
        self.stage = stage
        self.error = error

    def told(self) -> DeliveryError:
        """Give the error: what is refused tells its kind, the code whether to try again."""
        code, said = self.error.smtp_code, self.error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        is_final = code >= FIRST_PERMANENT
        if code < FIRST_ANSWER:  # smtplib's -1: no SMTP at all
            failure = Failure.GARBAGE
        elif is_final:
            failure = FINAL[self.stage]
        else:
            failure = Failure.UNREACHABLE if code == CLOSING else Failure.RATE_LIMITED
        return DeliveryError(fit_to_keep(f"{code} {words}"), permanent=is_final, failure=failure)


@contextmanager
def _at(stage: str) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise _RefusedError(stage, error) from error


def _error(said: str, failure: Failure) -> DeliveryError:
    return DeliveryError(fit_to_keep(said), permanent=failure in USELESS, failure=failure)


def _kind(error: Exception) -> Failure:
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Failure.SLOW  # smtplib calls a silent server a disconnected one
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Failure.NOT_CONFIGURED
    return Failure.UNREACHABLE
