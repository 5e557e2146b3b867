"""Notifications go out once each, and what became of every one is kept."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import update

from central.adapters.notifiers.email import EmailChannel
from central.adapters.notifiers.webhook import WebhookChannel
from central.adapters.store import sending
from central.adapters.store.engine import Store
from central.adapters.store.tables import NOTIFICATION
from central.config import EmailSection, WebhookSection
from central.core.delivery import CLAIM_S, MOST_TRIES, State
from central.deadlines import sweep
from central.dispatching import send_due
from central.incidents import Step
from central.ports import Answer, Channel, DeliveryError, Letter, Limits
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    SCHOOL,
    SECOND,
    TOWN,
    close_all,
    notices,
    open_one,
    settle,
    step,
    story,
)
from tests.servers.hook import SECRET, Receiver, webhook_receiver
from tests.servers.mail import MailServer, mail_server


@dataclass
class Scripted:
    """A channel that does what it is told, and remembers what it was given."""

    answer: Callable[[Letter], Answer] = lambda _: Answer("accepted", "250 OK")
    addresses: tuple[str, ...] = ()
    got: list[Letter] = field(default_factory=list)

    def deliver(self, letter: Letter) -> Answer:
        self.got.append(letter)
        return self.answer(letter)

    @property
    def limits(self) -> Limits:
        return Limits()

    def everyone(self) -> Sequence[str]:
        return self.addresses


def refuse(answer: str, **how: Any) -> Callable[[Letter], Answer]:
    def refusing(_: Letter) -> Answer:
        raise DeliveryError(answer, **how)

    return refusing


def opened(store: Store, count: int = 1) -> list[str]:
    with store.transaction() as connection:
        settle(connection)
        return [open_one(connection, NOON + n * HOUR, n + 1) for n in range(count)]


def kept(store: Store, incident_id: str, **wanted: Any) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return notices(connection, incident_id, **wanted)


@contextmanager
def real_channels() -> Iterator[tuple[dict[str, Channel], MailServer, Receiver]]:
    with mail_server() as mail, webhook_receiver() as hook:
        by_mail = EmailSection(host="127.0.0.1", port=mail.port, sender="huxiao@demo.invalid")
        receiver = WebhookSection(name="jczz", url=hook.address, secret=SECRET)
        yield {"email": EmailChannel(by_mail), "webhook": WebhookChannel([receiver])}, mail, hook


def test_everybody_gets_the_words_made_for_them(store: Store) -> None:
    (incident_id,) = opened(store)
    with real_channels() as (channels, mail, hook):
        assert send_due(store, channels, NOON) == 4
        assert send_due(store, channels, NOON) == 0
    assert len(mail.accepted) == 3
    by_address = {str(m["To"]): m.get_content() for m in mail.accepted}
    assert "将未成年人劝离水域" in by_address["zhenshui@demo.invalid"]
    assert "区域：edge" in by_address["zhenshui@demo.invalid"]
    assert "安全教育" in by_address["anquan@demo.invalid"]
    assert "区域：edge" not in by_address["anquan@demo.invalid"]
    assert hook.got[0]["type"] == "cn.huxiao.incident.dispatched"
    assert hook.got[0]["data"]["site_zh"] == "月湖"
    states = {n["recipient"]: (n["state"], n["answer"]) for n in kept(store, incident_id)}
    assert states == {
        "account:zhenshui": ("accepted", "250 OK, queued as 4711"),
        "account:anquan": ("accepted", "250 OK, queued as 4711"),
        "account:zhiban": ("accepted", "250 OK, queued as 4711"),
        "webhook:jczz": ("accepted", '200 {"accepted": true}'),
        "webhook:*": ("superseded", "jczz"),
    }


def test_one_refused_recipient_does_not_hold_up_the_others(store: Store) -> None:
    (incident_id,) = opened(store)
    with real_channels() as (channels, mail, _):
        mail.answers["zhenshui@demo.invalid"] = "550 No such user here"
        send_due(store, channels, NOON)
    (refused,) = kept(store, incident_id, recipient=TOWN.actor_id)
    assert (refused["state"], refused["answer"]) == ("failed", "550 No such user here")
    assert refused["sent_at"] is None
    by_address = [str(m["To"]) for m in mail.accepted]
    assert sorted(set(by_address)) == ["anquan@demo.invalid", "zhiban@demo.invalid"]
    with store.reading() as connection:
        events = [line["event"] for line in story(connection, incident_id)]
    assert events.count("notice_failed") == 1
    assert events.count("notice_out") == 4  # the officers hear that somebody was not reached


def test_the_officers_hear_who_is_not_reached(store: Store) -> None:
    (incident_id,) = opened(store)
    with real_channels() as (channels, mail, _):
        mail.answers["zhenshui@demo.invalid"] = "550 No such user here"
        send_due(store, channels, NOON)
    (told,) = kept(store, incident_id, moment="unreachable")
    assert (told["recipient"], told["state"]) == (DUTY.actor_id, "accepted")
    assert "联系不到：town:yuelin/zhenshui" in told["text"]


def test_a_provider_that_is_away_is_tried_again_later_and_later(store: Store) -> None:
    (incident_id,) = opened(store)
    away = Scripted(refuse("connection refused"))
    channels = {"email": away, "webhook": Scripted()}
    tries: list[int] = []
    while len(tries) < 9:
        (due,) = [n["next_try_at"] for n in kept(store, incident_id, recipient=TOWN.actor_id)]
        tries.append(due)
        send_due(store, channels, due - 1)
        send_due(store, channels, due)
    pauses = [(b - a) / SECOND for a, b in pairwise(tries)]
    wanted = [5, 15, 60, 300, 900, 1800, 1800, 1800]
    for pause, at_least in zip(pauses, wanted, strict=True):  # a try takes a while of its own
        assert at_least <= pause < at_least + 5
    (waiting,) = kept(store, incident_id, recipient=TOWN.actor_id)
    assert (waiting["state"], waiting["answer"]) == ("sending", "connection refused")


def test_after_the_last_try_it_is_said_to_have_failed(store: Store) -> None:
    (incident_id,) = opened(store)
    channels = {"email": Scripted(refuse("451 later")), "webhook": Scripted()}
    for hours in range(MOST_TRIES):
        send_due(store, channels, NOON + hours * HOUR)
    (failed,) = kept(store, incident_id, recipient=TOWN.actor_id)
    assert (failed["state"], failed["attempts"], failed["next_try_at"]) == ("failed", 24, None)


def test_a_providers_own_pause_is_kept(store: Store) -> None:
    (incident_id,) = opened(store)
    limited = Scripted(refuse("429", retry_after_s=120))
    send_due(store, {"email": limited, "webhook": Scripted()}, NOON)
    (waiting,) = kept(store, incident_id, recipient=TOWN.actor_id)
    assert 120 <= (waiting["next_try_at"] - NOON) / SECOND < 125


def test_a_channel_that_is_not_configured_is_said_to_be(store: Store) -> None:
    (incident_id,) = opened(store)
    send_due(store, {}, NOON)
    (failed,) = kept(store, incident_id, recipient=TOWN.actor_id)
    assert failed["state"] == "failed"
    assert "没有配置此通道" in failed["answer"]
    (nobody,) = kept(store, incident_id, channel="webhook")
    assert (nobody["state"], nobody["answer"][:8]) == ("superseded", "没有配置接收方 ")


def test_workers_at_the_same_time_send_each_notification_once(store: Store) -> None:
    opened(store, 8)
    at = NOON + 9 * HOUR
    email, hook = Scripted(), Scripted(addresses=("jczz", "other"))
    channels: dict[str, Channel] = {"email": email, "webhook": hook}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send_due(store, channels, at), range(4)))
    sent = [letter.letter_id for letter in (*email.got, *hook.got)]
    assert len(sent) == len(set(sent)) == 8 * 3 + 8 * 2


def test_no_transaction_is_open_while_a_provider_is_called(store: Store) -> None:
    (incident_id,) = opened(store)
    written = []

    def write(letter: Letter) -> Answer:
        with store.transaction() as connection:  # would wait for ever behind an open one
            quiet = update(NOTIFICATION).values(answer="seen")
            chosen = NOTIFICATION.c.notification_id == letter.letter_id
            connection.execute(quiet.where(chosen))
        written.append(letter)
        return Answer("accepted", "250 OK")

    send_due(store, {"email": Scripted(write), "webhook": Scripted()}, NOON)
    assert len(written) == 3
    assert {n["state"] for n in kept(store, incident_id, channel="email")} == {"accepted"}


def test_a_slow_provider_holds_up_nobody_else(store: Store) -> None:
    (incident_id,) = opened(store)
    others_done = threading.Event()
    through: list[str] = []

    def slow_for_one(letter: Letter) -> Answer:
        if letter.address == "zhenshui@demo.invalid":
            assert others_done.wait(20)
        through.append(letter.address)
        if len(through) == 2:
            others_done.set()
        return Answer("accepted", "250 OK")

    send_due(store, {"email": Scripted(slow_for_one), "webhook": Scripted()}, NOON)
    assert through[-1] == "zhenshui@demo.invalid"
    assert len(kept(store, incident_id, state="accepted")) == 3


def test_what_a_dead_worker_had_claimed_goes_out_after_its_claim_has_run_out(
    store: Store,
) -> None:
    (incident_id,) = opened(store)
    with store.transaction() as connection:
        claimed = sending.claim(connection, "email", NOON)
    assert claimed is not None
    channels = {"email": Scripted(), "webhook": Scripted()}
    send_due(store, channels, NOON + 1)
    (before,) = kept(store, incident_id, notification_id=claimed.letter.letter_id)
    assert before["state"] == "sending"
    send_due(store, channels, NOON + CLAIM_S * SECOND)
    (after,) = kept(store, incident_id, notification_id=claimed.letter.letter_id)
    assert (after["state"], after["attempts"]) == ("accepted", 2)
    with store.transaction() as connection:  # the dead one comes back: too late to say anything
        assert not sending.settle(connection, claimed, NOON + HOUR, State.FAILED, answer="late")


def test_a_worker_that_took_too_long_cannot_speak_over_the_one_that_took_over(
    store: Store,
) -> None:
    opened(store)
    with store.transaction() as connection:
        slow, *_ = [sending.claim(connection, "email", NOON) for _ in range(4)]
        second = sending.claim(connection, "email", NOON + CLAIM_S * SECOND)
        assert slow is not None
        assert second is not None
        assert second.letter == slow.letter
        late = NOON + HOUR
        assert not sending.settle(connection, slow, late, State.FAILED, answer="too late")
        assert sending.settle(connection, second, late, State.ACCEPTED, answer="250 OK")


def test_a_letter_that_breaks_its_worker_every_time_is_given_up(store: Store) -> None:
    (incident_id,) = opened(store)
    with store.transaction() as connection:
        connection.execute(update(NOTIFICATION).values(broken_off=MOST_TRIES))
    send_due(store, {"email": Scripted(), "webhook": Scripted()}, NOON)
    by_mail = kept(store, incident_id, channel="email")
    assert {n["state"] for n in by_mail if n["moment"] != "unreachable"} == {"failed"}


def test_when_it_is_over_those_who_were_told_are_told_so(store: Store) -> None:
    (incident_id,) = opened(store)
    email, hook = Scripted(), Scripted(addresses=("jczz",))
    channels: dict[str, Channel] = {"email": email, "webhook": hook}
    send_due(store, channels, NOON)
    with store.transaction() as connection:
        close_all(connection, incident_id, NOON + MINUTE)
    email.got.clear()
    hook.got.clear()
    send_due(store, channels, NOON + MINUTE)
    assert sorted(letter.address for letter in email.got) == [
        "anquan@demo.invalid", "zhenshui@demo.invalid", "zhiban@demo.invalid",
    ]  # fmt: skip
    assert all("已办结，无需再处置" in letter.subject for letter in email.got)
    assert [letter.moment for letter in hook.got] == ["over"]


def test_who_was_never_told_is_not_told_that_it_is_over(store: Store) -> None:
    (incident_id,) = opened(store)
    channels = {"email": Scripted(refuse("550", permanent=True)), "webhook": Scripted()}
    send_due(store, channels, NOON)
    with store.transaction() as connection:
        step(connection, DUTY, incident_id, Step.FALSE_ALARM, NOON, unit=TOWN.unit_code)
    assert kept(store, incident_id, moment="false_alarm") == []


def test_a_reminder_that_waits_is_called_back_by_the_step_it_asked_for(store: Store) -> None:
    (incident_id,) = opened(store)
    away = {"email": Scripted(refuse("away")), "webhook": Scripted()}
    sweep(store, NOON + 10 * MINUTE)
    send_due(store, away, NOON + 10 * MINUTE)
    with store.transaction() as connection:
        step(connection, SCHOOL, incident_id, Step.ACKNOWLEDGE, NOON + 11 * MINUTE)
    overdue = {
        n["recipient"]: n["state"]
        for n in kept(store, incident_id, moment="overdue")
        if n["recipient"] in {TOWN.actor_id, SCHOOL.actor_id}
    }
    assert overdue == {TOWN.actor_id: "sending", SCHOOL.actor_id: "superseded"}
