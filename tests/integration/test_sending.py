"""Life safety first, providers' rates kept, storms bundled, nights quiet, nothing dropped."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from central.adapters.playbooks import shipped
from central.adapters.store import directory, sending
from central.adapters.store.engine import Store
from central.adapters.store.receipts import Word, count_unknown
from central.adapters.store.tables import ACCOUNT
from central.core.delivery import CLAIM_S, Failure, State
from central.core.playbook import Playbook
from central.core.quiet_hours import OURS
from central.deadlines import sweep
from central.dispatching import ask, send_due
from central.incidents import take_alert
from central.incidents.outcomes import take_receipt
from central.ports import Answer, Channel, DeliveryError, Limits
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    SCHOOL,
    SECOND,
    TOWN,
    add_person,
    an_alert,
    close_all,
    settle,
)
from tests.integration.sending_kit import Later, Limited, Refusing, Watch, letters

NIGHT = NOON + 11 * HOUR  # 23:00
MORNING = NOON + 18 * HOUR + 30 * MINUTE  # 06:30


def reachable(store: Store, **addresses: str) -> None:
    """Fill an empty district; the town's warden has these addresses as well."""
    with store.transaction() as connection:
        settle(connection)
        if addresses:
            directory.change_account(connection, "zhenshui", **addresses)


def told_by(*channels: str) -> tuple[Playbook, ...]:
    return tuple(one.through(channels) for one in shipped())


def an_incident(store: Store, seq: int, at: int, *channels: str, **alert: Any) -> str:
    with store.transaction() as connection:
        playbooks = told_by(*(channels or ("email",)))
        alert.setdefault("zone_id", f"zone{seq}")
        return take_alert(
            connection, an_alert(seq, at, **alert), at, playbooks=playbooks
        ).incident_id


def test_a_person_is_told_by_each_channel_that_reaches_them(store: Store) -> None:
    reachable(store, phone="13800000001", zwdd_id="4711")
    an_incident(store, 1, NOON, "zwdd", "sms", "email")
    told = {n["channel"]: n["address"] for n in letters(store, recipient=TOWN.actor_id)}
    assert told == {"zwdd": "4711", "sms": "13800000001", "email": "zhenshui@demo.invalid"}
    assert {n["channel"] for n in letters(store, recipient=SCHOOL.actor_id)} == {"email"}


def test_who_has_no_address_is_said_to_the_officers(store: Store) -> None:
    reachable(store, email="")
    incident_id = an_incident(store, 1, NOON, "zwdd", "email")
    (none,) = letters(store, recipient=TOWN.actor_id)
    assert (none["state"], none["failure"]) == ("failed", "bad_address")
    assert "zwdd, email" in none["answer"]
    (call,) = letters(store, incident_id=incident_id, moment="unreachable")
    assert "town:yuelin/zhenshui" in call["text"]


def test_no_two_texts_to_an_address_are_alike(store: Store) -> None:
    reachable(store)
    an_incident(store, 1, NOON)
    for minutes in (3, 6, 10, 40, 70, 100):
        sweep(store, NOON + minutes * MINUTE)
    for address in {n["address"] for n in letters(store, channel="email")}:
        said = [n["text"] for n in letters(store, address=address)]
        assert len(set(said)) == len(said)
        serials = [n["serial"] for n in letters(store, address=address)]
        assert serials == list(range(1, len(said) + 1))


def test_life_safety_goes_first_and_the_newest_of_it(store: Store) -> None:
    reachable(store)
    clock = Watch(NOON + 3 * MINUTE)
    for seq, scenario, kind in (
        (1, "venue_minor", "minor_match"),
        (2, "drowning_risk", "overstay"),
        (3, "drowning_risk", "overstay"),
    ):
        an_incident(store, seq, NOON + seq * SECOND, scenario=scenario, kind=kind)
    claimed = []
    with store.transaction() as connection:
        while one := sending.claim(connection, "email", clock()):
            claimed.append(one.letter)
    stamps = [(one.is_life_safety, one.created_at) for one in claimed]
    life = [at for is_life, at in stamps if is_life]
    assert stamps == sorted(stamps, key=lambda one: (not one[0], -one[1] if one[0] else one[1]))
    assert len(life) < len(stamps)
    assert life[0] > life[-1]


def test_what_has_to_wait_for_the_same_address_goes_out_within_one_letter(store: Store) -> None:
    reachable(store)
    clock = Watch()
    mail = Limited(clock, limits=Limits(per_address_per_minute=1))
    ids = [an_incident(store, seq, NOON) for seq in range(1, 6)]
    send_due(store, {"email": mail}, clock())
    mine = letters(store, recipient=TOWN.actor_id)
    states = [n["state"] for n in mine]
    assert sorted(states) == ["accepted", *["bundled"] * 4]
    (carrier,) = [n for n in mine if n["state"] == "accepted"]
    assert {n["bundle_id"] for n in mine if n["state"] == "bundled"} == {carrier["notification_id"]}
    (got,) = [one for _, one in mail.got if one.address == carrier["address"]]
    numbers = {n["subject"].split()[0] for n in mine}
    assert all(number.removeprefix("【溺水风险处置】") in got.text for number in numbers)
    assert "另有 4 件" in got.text
    assert "另有" not in carrier["text"]  # the row keeps its own: its readers differ
    assert len(ids) == len(mine)


def test_a_letter_that_has_room_waits_for_nobody(store: Store) -> None:
    reachable(store)
    mail = Limited(Watch(), limits=Limits(per_minute=100))
    for seq in range(1, 4):
        an_incident(store, seq, NOON)
    send_due(store, {"email": mail}, NOON)
    assert {n["state"] for n in letters(store, channel="email")} == {"accepted"}


def test_ordinary_letters_leave_room_for_life_safety(store: Store) -> None:
    reachable(store)
    clock = Watch()
    mail = Limited(clock, per_minute=5, limits=Limits(per_minute=5))
    for seq in range(1, 9):
        an_incident(store, seq, NOON, scenario="venue_minor", kind="minor_match")
        send_due(store, {"email": mail}, clock())
    assert len(mail.got) == 4
    held = letters(store, channel="email", held_for="quota")
    assert held
    assert all(n["next_try_at"] > NOON + MINUTE for n in held)
    an_incident(store, 9, NOON + SECOND)
    clock.now_ms = NOON + SECOND
    send_due(store, {"email": mail}, clock())
    assert len(mail.got) == 5
    assert mail.got[-1][1].is_life_safety
    assert mail.refused == 0


OFFICE_SLEEPS = tuple(replace(one, audiences=frozenset({"edu"})) for one in OURS)
"""Our hours, for the one department that has people here."""


def test_at_night_what_is_not_urgent_waits_for_the_morning(store: Store) -> None:
    reachable(store)
    an_incident(store, 1, NIGHT, scenario="venue_minor", kind="minor_match")
    an_incident(store, 2, NIGHT)
    clock = Watch(NIGHT)
    mail = Limited(clock, per_minute=10_000)
    send_due(store, {"email": mail}, clock(), OFFICE_SLEEPS)
    night = [n for n in letters(store, channel="email") if n["held_for"] == "quiet_hours"]
    assert night
    assert {n["next_try_at"] for n in night} == {MORNING}
    assert not any(n["is_life_safety"] for n in night)
    urgent = letters(store, channel="email", is_life_safety=True)
    assert {n["state"] for n in urgent} == {"accepted"}
    send_due(store, {"email": mail}, MORNING, OFFICE_SLEEPS)
    assert letters(store, held_for="quiet_hours") == []
    assert {n["state"] for n in letters(store, channel="email")} == {"accepted"}


@pytest.mark.parametrize(
    ("failure", "permanent", "state", "pause_s"),
    [
        (Failure.WRONG_SECRET, True, "sending", 60),
        (Failure.RATE_LIMITED, False, "sending", 60),
        (Failure.SLOW, False, "sending", 5),
        (Failure.REFUSED_CONTENT, False, "failed", None),
        (Failure.BAD_ADDRESS, False, "failed", None),
    ],
)
def test_each_kind_of_trouble_has_its_own_patience(
    store: Store, failure: Failure, permanent: bool, state: str, pause_s: int | None
) -> None:
    reachable(store)
    an_incident(store, 1, NOON)

    send_due(store, {"email": Refusing(failure, permanent)}, NOON)
    (mine,) = letters(store, recipient=TOWN.actor_id)
    assert (mine["state"], mine["failure"]) == (state, failure)
    if pause_s:
        assert pause_s <= (mine["next_try_at"] - NOON) / SECOND < pause_s + 2


def test_over_the_rate_the_channel_pauses_but_a_first_call_for_help_is_tried(store: Store) -> None:
    reachable(store)
    clock = Watch()
    mail = Limited(clock, per_minute=0)
    an_incident(store, 1, NOON, scenario="venue_minor", kind="minor_match")
    send_due(store, {"email": mail}, clock())
    tried = mail.refused
    an_incident(store, 2, NOON, scenario="venue_minor", kind="minor_match")
    send_due(store, {"email": mail}, NOON + SECOND)
    assert mail.refused == tried
    an_incident(store, 3, NOON)
    send_due(store, {"email": mail}, NOON + 2 * SECOND)
    assert mail.refused > tried


def test_where_a_channel_fails_for_good_the_next_one_is_tried(store: Store) -> None:
    reachable(store)
    incident_id = an_incident(store, 1, NOON, "zwdd", "email")
    with store.transaction() as connection:  # the address comes to be known after the round
        directory.change_account(connection, "zhenshui", zwdd_id="4711")

    dingding = Limited(Watch())
    channels: dict[str, Channel] = {"email": Refusing(Failure.BAD_ADDRESS), "zwdd": dingding}
    send_due(store, channels, NOON)
    send_due(store, channels, NOON + SECOND)
    by_channel = {n["channel"]: n["state"] for n in letters(store, recipient=TOWN.actor_id)}
    assert by_channel == {"email": "failed", "zwdd": "accepted"}
    assert [one.address for _, one in dingding.got] == ["4711"]
    about = [n["text"] for n in letters(store, incident_id=incident_id, moment="unreachable")]
    assert not any("zhenshui" in text for text in about)


def test_receipts_move_a_letter_forward_and_never_back(store: Store) -> None:
    reachable(store)
    an_incident(store, 1, NOON)
    mail = Later(Watch())
    send_due(store, {"email": mail}, NOON)
    (mine,) = letters(store, recipient=TOWN.actor_id)
    mail.known[mine["provider_id"]] = Answer("delivered", "DELIVERED")
    assert ask(store, {"email": mail}, NOON + 10 * SECOND) == 1
    (mine,) = letters(store, recipient=TOWN.actor_id)
    assert (mine["state"], mine["delivered_at"]) == ("delivered", NOON + 10 * SECOND)
    word = Word("email", mine["provider_id"], State.READ, "read", NOON + MINUTE)
    with store.transaction() as connection:
        assert take_receipt(connection, word)
        assert not take_receipt(connection, word)
        again = Word("email", mine["provider_id"], State.DELIVERED, "late", NOON + HOUR)
        assert not take_receipt(connection, again)
    (mine,) = letters(store, recipient=TOWN.actor_id)
    assert (mine["state"], mine["read_at"], mine["receipt_at"]) == ("read", NOON + MINUTE, None)


def test_a_receipt_that_comes_before_its_letter_is_recorded_is_not_lost(store: Store) -> None:
    reachable(store)
    an_incident(store, 1, NOON)
    (mine,) = letters(store, recipient=TOWN.actor_id)
    early = Word("email", f"p-{mine['notification_id']}", State.DELIVERED, "DELIVERED", NOON)
    with store.transaction() as connection:
        assert not take_receipt(connection, early)
        assert not take_receipt(connection, Word("email", "strange", State.READ, "?", NOON))
        assert count_unknown(connection) == {"email": 2}
    send_due(store, {"email": Later(Watch())}, NOON)
    (mine,) = letters(store, recipient=TOWN.actor_id)
    assert mine["state"] == "delivered"
    with store.reading() as connection:
        assert count_unknown(connection) == {"email": 1}


def test_what_the_provider_could_not_deliver_after_all_is_told_to_the_officers(
    store: Store,
) -> None:
    reachable(store)
    an_incident(store, 1, NOON)
    mail = Later(Watch())
    send_due(store, {"email": mail}, NOON)
    (mine,) = letters(store, recipient=TOWN.actor_id)
    mail.known[mine["provider_id"]] = DeliveryError("空号", failure=Failure.BAD_ADDRESS)
    ask(store, {"email": mail}, NOON + 10 * SECOND)
    (mine,) = letters(store, recipient=TOWN.actor_id)
    assert (mine["state"], mine["failure"]) == ("failed", "bad_address")
    (call,) = letters(store, moment="unreachable")
    assert call["recipient"] == DUTY.actor_id


def test_a_letter_whose_worker_died_says_that_it_may_have_arrived_twice(store: Store) -> None:
    reachable(store)
    an_incident(store, 1, NOON)
    with store.transaction() as connection:
        first = sending.claim(connection, "email", NOON)
    assert first is not None
    send_due(store, {"email": Limited(Watch())}, NOON + CLAIM_S * SECOND)
    (again,) = letters(store, notification_id=first.letter.letter_id)
    assert (again["state"], again["attempts"], again["broken_off"]) == ("accepted", 2, 1)


def test_a_claim_that_is_renewed_is_not_taken_over(store: Store) -> None:
    reachable(store)
    an_incident(store, 1, NOON)
    with store.transaction() as connection:
        first = sending.claim(connection, "email", NOON)
        assert first is not None
        sending.renew(connection, [first], NOON + 15 * SECOND)
        others = [sending.claim(connection, "email", NOON + CLAIM_S * SECOND) for _ in range(5)]
    assert first.letter.letter_id not in {one.letter.letter_id for one in others if one}


def test_it_is_over_is_told_also_to_those_who_were_told_within_another_letter(
    store: Store,
) -> None:
    reachable(store)
    clock = Watch()
    mail = Limited(clock, limits=Limits(per_address_per_minute=1))
    ids = [an_incident(store, seq, NOON) for seq in range(1, 4)]
    send_due(store, {"email": mail}, clock())
    for incident_id in ids:
        with store.transaction() as connection:
            close_all(connection, incident_id, NOON + MINUTE)
        over = letters(store, incident_id=incident_id, moment="over")
        assert TOWN.actor_id in {n["recipient"] for n in over}


def test_a_letter_that_carries_others_is_not_called_back(store: Store) -> None:
    reachable(store)
    one_a_minute = Limits(per_address_per_minute=1)
    ids = [an_incident(store, seq, NOON) for seq in range(1, 4)]
    send_due(store, {"email": Refusing(Failure.UNREACHABLE, limits=one_a_minute)}, NOON)
    for incident_id in ids:
        with store.transaction() as connection:
            close_all(connection, incident_id, NOON + SECOND)
    (carrier,) = letters(store, recipient=TOWN.actor_id, state="sending", moment="dispatched")
    assert carrier["attempts"] == 1


def test_an_account_that_is_not_active_is_told_nothing(store: Store) -> None:
    reachable(store)
    with store.transaction() as connection:
        add_person(connection, TOWN.__class__("account:xin", "新人", TOWN.role, TOWN.unit_code))
        quiet = update(ACCOUNT).where(ACCOUNT.c.username == "xin").values(is_active=False)
        connection.execute(quiet)
    an_incident(store, 1, NOON)
    assert letters(store, recipient="account:xin") == []
