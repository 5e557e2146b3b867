"""What a person does with a phone in hand: sets up an authenticator, types its digits."""

import re
from dataclasses import dataclass

from flask.testing import FlaskClient
from pyotp import TOTP
from werkzeug.test import TestResponse

from central.core.one_time_codes import STEP_MS
from tests.browser.served import PASSWORD


@dataclass
class Phone:
    """An authenticator with one secret, and the clock on the wall."""

    secret: str
    clock: list[int]

    def shows(self, steps_off: int = 0) -> str:
        """Give the digits of now, or of so many steps off."""
        return TOTP(self.secret).generate_otp(self.clock[0] // STEP_MS + steps_off)

    def wait(self) -> None:
        """Wait until the next digits are there."""
        self.clock[0] += STEP_MS


def secret_in(page: str) -> str:
    """Read the secret that a page shows for typing in."""
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found, page
    return found[1].replace(" ", "")


def recovery_in(page: str) -> list[str]:
    """Read the recovery codes that a page shows."""
    return re.findall(r"<code>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</code>", page)


def set_up(client: FlaskClient, clock: list[int]) -> tuple[Phone, list[str]]:
    """Set up an authenticator in a browser that has just signed in; give its recovery codes."""
    phone = Phone(secret_in(client.post("/account/second/app").text), clock)
    confirmed = client.post("/account/second/app/confirm", data={"code": phone.shows()})
    assert confirmed.status_code == 200, confirmed.text
    return phone, recovery_in(confirmed.text)


def gives_password(client: FlaskClient, username: str) -> TestResponse:
    """Type name and password."""
    return client.post("/sign-in", data={"username": username, "password": PASSWORD})


def gives_code(client: FlaskClient, code: str) -> TestResponse:
    """Type a code at the second step."""
    return client.post("/sign-in/second", data={"code": code})


def is_in(client: FlaskClient) -> bool:
    """Tell whether this browser is let to the board."""
    return client.get("/").status_code == 200
