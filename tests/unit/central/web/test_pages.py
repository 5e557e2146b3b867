"""What the board puts first, and what the story calls those who were told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask.testing import FlaskClient

from central.adapters.store import board
from central.adapters.store.board import Wanted
from central.adapters.store.engine import Store
from central.deadlines import sweep
from central.dispatching import send_due
from central.incidents import Step
from central.ports import Answer, Letter, Limits
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    SCHOOL,
    TOWN,
    open_one,
    step,
)

SignIn = Callable[[str], FlaskClient]


@dataclass(frozen=True)
class Accepting:
    """A provider that takes everything."""

    addresses: tuple[str, ...] = ()

    def deliver(self, letter: Letter) -> Answer:
        return Answer("accepted", f"250 took {letter.letter_id}")

    @property
    def limits(self) -> Limits:
        return Limits()

    def everyone(self) -> Sequence[str]:
        return self.addresses


def one_late_and_then_many(store: Store, many: int) -> str:
    """Leave the oldest unanswered; the units take up all the newer ones at once."""
    with store.transaction() as connection:
        late = open_one(connection, NOON)
        for seq in range(2, many + 2):
            at_ms = NOON + seq * HOUR
            newer = open_one(connection, at_ms, seq)
            for who in (TOWN, SCHOOL):
                step(connection, who, newer, Step.ACKNOWLEDGE, at_ms)
    sweep(store, NOON + HOUR)
    return late


def test_no_limit_cuts_off_what_is_overdue(store: Store, signed_in: SignIn) -> None:
    assert signed_in("zhiban")
    late = one_late_and_then_many(store, many=3)
    wanted = Wanted(is_open=True, is_late_first=True, limit=2)
    with store.reading() as connection:
        rows = board.incidents(connection, DUTY, wanted, NOON + 4 * HOUR + MINUTE)
    assert [row["is_overdue"] for row in rows] == [True, False]
    assert rows[0]["incident_id"] == late


def test_the_story_calls_those_who_were_told_by_name(
    store: Store, signed_in: SignIn, clock: list[int]
) -> None:
    client = signed_in("zhiban")
    with store.transaction() as connection:
        incident_id = open_one(connection)
    send_due(store, {"email": Accepting(), "webhook": Accepting(("jczz",))}, NOON)
    clock[0] = NOON + MINUTE
    shown = client.get(f"/incidents/{incident_id}").get_data(as_text=True)
    assert "防溺水专管员 林涛 · 邮件 · 对方已接收" in shown
    assert "对接平台 jczz · 平台推送 · 对方已接收" in shown
    assert "account:" not in shown
