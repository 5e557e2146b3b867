"""Mails about an account: sent once, tried again, given up in the end."""

import pytest

from central.adapters.store import account_mails
from central.adapters.store.account_mails import CLAIM_MS, PAUSES_MS, Mail
from central.adapters.store.engine import Store
from central.mailing import send_account_mails
from central.ports import Answer, DeliveryError, Letter, Limits
from tests.integration import case_district
from tests.integration.case_district import NOON

MAIL = Mail("zhiban", "新浏览器", "text")


class Post:
    """A mail server that answers as it is told to."""

    def __init__(self, error: DeliveryError | None = None) -> None:
        self.error = error
        self.got: list[Letter] = []

    @property
    def limits(self) -> Limits:
        return Limits()

    def everyone(self) -> tuple[str, ...]:
        return ()

    def deliver(self, letter: Letter) -> Answer:
        self.got.append(letter)
        if self.error:
            raise self.error
        return Answer("accepted", "250 ok")


@pytest.fixture
def waiting(store: Store) -> Store:
    with store.transaction() as connection:
        case_district.settle(connection)
        assert account_mails.put(connection, MAIL, NOON)
    return store


def test_a_mail_goes_out_once(waiting: Store) -> None:
    post = Post()
    assert send_account_mails(waiting, post, NOON) == 1
    assert send_account_mails(waiting, post, NOON + 10 * CLAIM_MS) == 0
    assert [letter.address for letter in post.got] == ["zhiban@demo.invalid"]


def test_a_server_that_is_away_is_tried_again_and_not_for_ever(waiting: Store) -> None:
    post = Post(DeliveryError("421 later"))
    now_ms = NOON
    for _ in range(20):
        send_account_mails(waiting, post, now_ms)
        now_ms += max(PAUSES_MS)
    assert len(post.got) == len(PAUSES_MS) + 1


def test_a_refused_address_is_tried_once(waiting: Store) -> None:
    post = Post(DeliveryError("550 no such user", permanent=True))
    for at in (NOON, NOON + max(PAUSES_MS)):
        send_account_mails(waiting, post, at)
    assert len(post.got) == 1


def test_without_a_mail_server_it_waits(waiting: Store) -> None:
    assert send_account_mails(waiting, None, NOON) == 0
    assert send_account_mails(waiting, Post(), NOON + 1) == 1
