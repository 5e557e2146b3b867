"""Each trouble of each provider has its kind, its reason and its advice; the others go on."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, insert

from central.adapters.store.engine import Store
from central.adapters.store.tables import NOTIFICATION
from central.core.delivery import ADVICE, FINAL, Failure
from central.dispatching import send_due
from central.ports import Answer, Channel, DeliveryError, Letter
from tests.integration.case_district import NOON, open_one, rows, settle
from tests.integration.channel_kit import ADDRESSES, a_letter, channels_of
from tests.integration.troubles import (
    CASES,
    TROUBLES,
    channel_of,
    make_trouble,
    troubled_letter,
)
from tests.servers.providers import HOOK_SECRET, Providers, providers
from tests.servers.robots import DING_SECRET, DING_TOKEN, FEISHU_SECRET, FEISHU_TOKEN, WECOM_KEY

KEPT = [
    DING_TOKEN, DING_SECRET, WECOM_KEY, FEISHU_TOKEN, FEISHU_SECRET, HOOK_SECRET,
    "zwdd-secret-of-the-test", "the connector's secret", "aliyun-secret-of-the-test",
    "tencent-secret-of-the-test", "mail-password", "longtail-password",
]  # fmt: skip
"""What no answer may hold."""

QUICK = [case for case in CASES if case[:2] != ("apprise", "slow")]
"""Apprise waits its own four seconds."""
ONE_EACH = [next(case for case in QUICK if case[1] == name) for name in TROUBLES]


@pytest.fixture
def world() -> Iterator[Providers]:
    with providers() as made:
        yield made


def patient(world: Providers, way: str, name: str) -> dict[str, Channel]:
    """Give the channels; only who is going to be slow is not waited for as long."""
    sms = way if way in {"aliyun", "tencent"} else "aliyun"
    channels = channels_of(world, sms=sms)
    if name in {"slow", "trickling"}:
        channels[channel_of(way)] = channels_of(world, sms=sms, timeout_s=0.5)[channel_of(way)]
    return channels


@pytest.mark.parametrize(("way", "name", "kind"), CASES)
def test_a_trouble_has_its_kind_and_the_providers_words_without_secrets(
    world: Providers, way: str, name: str, kind: Failure | None
) -> None:
    channel = patient(world, way, name)[channel_of(way)]
    if name == "expired token":
        channel.deliver(a_letter("zwdd", letter_id="0190-before", serial=9))
    make_trouble(world, way, name)
    said: Answer | DeliveryError
    try:
        said = channel.deliver(troubled_letter(way, name))
    except DeliveryError as error:
        said = error
    if kind is None:
        assert isinstance(said, Answer), said
        assert said.state in {"sent", "accepted"}
        return
    assert isinstance(said, DeliveryError), said
    assert said.failure is kind, said
    assert str(said).strip()
    assert TROUBLES[name].words in str(said)
    assert not [secret for secret in KEPT if secret in str(said)]
    assert all(ADVICE[kind])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("way", "name", "kind"), QUICK)
def test_one_channels_trouble_is_on_its_letter_and_the_others_go_out_meanwhile(
    store: Store, world: Providers, way: str, name: str, kind: Failure | None
) -> None:
    one_round(store, world, way, name, kind)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("way", "name", "kind"), ONE_EACH)
def test_it_is_so_on_the_other_database_too(
    store: Store, world: Providers, way: str, name: str, kind: Failure | None
) -> None:
    one_round(store, world, way, name, kind)


def one_round(store: Store, world: Providers, way: str, name: str, kind: Failure | None) -> None:
    """Send one letter by each channel, one of which is in trouble, and look at all of them."""
    channels = patient(world, way, name)
    make_trouble(world, way, name)
    own = channel_of(way)
    others = [other for other in ADDRESSES if other != own]
    write(store, own, troubled_letter(way, name), [a_letter(other) for other in others], others)
    send_due(store, channels, NOON)
    with store.reading() as connection:
        all_kept = rows(connection, NOTIFICATION)
    kept = {row["channel"]: row for row in all_kept if row["notification_id"].startswith("0190-")}
    for other in others:
        assert kept[other]["state"] == ("sent" if other == "apprise" else "accepted"), kept[other]
    mine = kept[own]
    if kind is None:
        assert mine["state"] in {"sent", "accepted"}
        return
    is_over = kind in FINAL
    assert mine["state"] == ("failed" if is_over else "sending")
    assert mine["failure"] == kind
    assert mine["answer"].strip()
    assert (mine["next_try_at"] is None) is is_over
    assert all(ADVICE[Failure(mine["failure"])])


def write(
    store: Store, own: str, troubled: Letter, letters: list[Letter], others: list[str]
) -> None:
    """Put one letter for each channel into an incident, due at once."""
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection, NOON, 1)
        connection.execute(delete(NOTIFICATION))
        due = zip([own, *others], [troubled, *letters], strict=True)
        for n, (name, letter) in enumerate(due):
            connection.execute(insert(NOTIFICATION).values(**row_of(n, name, letter, incident_id)))


def row_of(n: int, name: str, letter: Letter, incident_id: str) -> dict[str, Any]:
    json.loads(letter.data)
    return {
        "notification_id": f"0190-{n}",
        "incident_id": incident_id,
        "task_id": None,
        "audience": "platform" if name == "webhook" else "town",
        "moment": letter.moment,
        "recipient": f"{name}:{letter.address}",
        "channel": name,
        "address": letter.address,
        "subject": letter.subject,
        "text": letter.text,
        "data": letter.data,
        "serial": letter.serial,
        "state": "pending",
        "created_at": NOON - 1000,
        "next_try_at": NOON - 1000,
        "answer": "",
        "attempts": 0,
    }
