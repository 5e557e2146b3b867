"""Letters to people without an account: the link is in what goes out, never in what is kept."""

import re

import pytest
from sqlalchemy import select

from central.adapters.linking import Linker
from central.adapters.store import contacts, links
from central.adapters.store.engine import Store
from central.adapters.store.schema import METADATA
from central.adapters.vault import Vault
from central.core.delivery import Failure
from central.dispatching import send_due
from central.ports import Answer, DeliveryError, Letter
from tests.integration import case_district
from tests.integration.case_district import NOON, open_one
from tests.integration.sending_kit import Limited, Watch

ADDRESS = "dashan@demo.invalid"
LINK = re.compile(r"https://huxiao\.test/t/([a-z2-7]{26})")


class Wavering(Limited):
    """Answers to the first letter when it is too late, as a slow provider does."""

    def deliver(self, letter: Letter) -> Answer:
        answer = super().deliver(letter)
        if len([one for _, one in self.got if one.address == ADDRESS]) == 1:
            msg = "timed out"
            raise DeliveryError(msg, failure=Failure.SLOW)
        return answer


@pytest.fixture
def linker(store: Store) -> Linker:
    with store.transaction() as connection:
        case_district.settle(connection)
        warden = {"unit_code": "town:yuelin", "role": "water_warden", "name": "赵大山",
                  "phone": None, "email": ADDRESS}  # fmt: skip
        contacts.add(connection, warden, NOON)
    return Linker(store, Vault(bytes(32)), "https://huxiao.test/", 72)


def to_contact(channel: Limited) -> list[Letter]:
    return [letter for _, letter in channel.got if letter.address == ADDRESS]


def kept(store: Store) -> str:
    with store.reading() as connection:
        return str([connection.execute(select(table)).all() for table in METADATA.sorted_tables])


def test_a_letter_brings_a_link_that_is_kept_nowhere(store: Store, linker: Linker) -> None:
    with store.transaction() as connection:
        incident_id = open_one(connection)
    post = Limited(Watch())
    send_due(store, {"email": post}, NOON, invite=linker.into)
    (letter,) = to_contact(post)
    (token,) = set(LINK.findall(letter.text))
    assert token in letter.data
    assert token not in kept(store)
    with store.reading() as connection:
        link = links.find(connection, token)
    assert link
    assert (link.incident_id, link.actor.name) == (incident_id, "赵大山")


def test_a_message_that_may_have_arrived_brings_the_same_link_again(
    store: Store, linker: Linker
) -> None:
    with store.transaction() as connection:
        open_one(connection)
    clock, post = Watch(), Wavering(Watch())
    for minutes in range(0, 10, 2):
        clock.now_ms = NOON + minutes * 60_000
        send_due(store, {"email": post}, clock(), invite=linker.into)
    letters = to_contact(post)
    assert len(letters) >= 2
    assert len({token for letter in letters for token in LINK.findall(letter.text)}) == 1


def test_without_an_address_of_the_pages_the_message_goes_out_without_a_link(
    store: Store, linker: Linker
) -> None:
    with store.transaction() as connection:
        open_one(connection)
    bare = Linker(store, Vault(bytes(32)), "", 72)
    post = Limited(Watch())
    send_due(store, {"email": post}, NOON, invite=bare.into)
    assert linker.public_url
    assert [LINK.findall(letter.text) for letter in to_contact(post)] == [[]]
