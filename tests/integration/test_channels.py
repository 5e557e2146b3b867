"""Every channel reaches its provider, which checks what the real one checks."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from central.core.delivery import Failure
from central.ports import DeliveryError, TellsLater
from tests.integration.channel_kit import ADDRESSES, FACTS, PHONE, a_letter, channels_of
from tests.servers.provider import Provider
from tests.servers.providers import Providers, providers


@pytest.fixture
def world() -> Iterator[Providers]:
    with providers() as made:
        yield made


def test_every_channel_hands_over_and_gives_the_providers_answer(world: Providers) -> None:
    channels = channels_of(world)
    assert set(channels) == set(ADDRESSES)
    answers = {name: channel.deliver(a_letter(name)) for name, channel in channels.items()}
    unconfirmed = answers.pop("apprise")
    assert (unconfirmed.state, "unconfirmed" in unconfirmed.text) == ("sent", True)
    assert {answer.state for answer in answers.values()} == {"accepted"}
    got = {
        "zwdd": world.zwdd.texts_to(ADDRESSES["zwdd"]),
        "zlb": world.zlb.texts_to(ADDRESSES["zlb"]),
        "sms": world.aliyun.texts_to(PHONE),
        "dingtalk": world.dingtalk.texts_to("robot"),
        "wecom": world.wecom.texts_to("robot"),
        "feishu": world.feishu.texts_to("robot"),
        "apprise": world.longtail.texts_to("service"),
    }
    for name, texts in got.items():
        assert len(texts) == 1, name
        assert "月湖" in texts[0], name
    assert world.hook.got[0]["data"]["site_zh"] == "月湖"
    assert "月湖" in world.mail.accepted[0]["subject"]


def test_a_short_message_is_a_template_filled_with_what_its_audience_may_know(
    world: Providers,
) -> None:
    for provider, phone in (("aliyun", PHONE), ("tencent", f"+86{PHONE}")):
        sms = channels_of(world, sms=provider)["sms"]
        answer = sms.deliver(a_letter("sms"))
        assert answer.provider_id
        assert PHONE not in answer.provider_id + answer.text
        server: Provider = getattr(world, provider)
        assert server.texts_to(phone) == ["【护校安园】HX20261130-0001 月湖：请立即签收并处置"]
        sms.deliver(a_letter("sms", moment="over"))
        assert server.texts_to(phone)[1] == "【护校安园】HX20261130-0001 月湖已办结"


LINK = "https://huxiao.test/t/abcdefghijklmnopqrstuvwxyz"
WITH_LINK = {"link": LINK, "link_token": LINK[-26:]}


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
def test_a_one_time_link_goes_out_whole_by_a_template_of_its_own(
    world: Providers, provider: str
) -> None:
    data = json.dumps(FACTS | WITH_LINK, ensure_ascii=False)
    channels_of(world, sms=provider)["sms"].deliver(a_letter("sms", data=data))
    (sent,) = getattr(world, provider).sent
    assert sent.text == f"【护校安园】HX20261130-0001 月湖，请办理 {LINK}"


def test_a_one_time_link_is_not_in_what_is_kept_of_the_answer(world: Providers) -> None:
    world.zlb.echoes = True
    data = json.dumps(FACTS | WITH_LINK, ensure_ascii=False)
    answer = channels_of(world)["zlb"].deliver(a_letter("zlb", data=data, text=f"请办理 {LINK}"))
    assert LINK in world.zlb.sent[0].text
    assert "请办理 ***" in answer.text
    assert LINK[-26:] not in answer.text


def test_what_a_template_asks_for_and_nobody_knows_is_said_to_be_none(world: Providers) -> None:
    channels_of(world)["sms"].deliver(a_letter("sms", data="{}"))
    assert world.aliyun.texts_to(PHONE) == ["【护校安园】无 无：请立即签收并处置"]


@pytest.mark.parametrize("number", ["138 0000 0001", "+8613800000001", "86-13800000001"])
def test_a_number_is_understood_however_it_is_written(world: Providers, number: str) -> None:
    for provider in ("aliyun", "tencent"):
        channels_of(world, sms=provider)["sms"].deliver(a_letter("sms", address=number))
    assert len(world.aliyun.texts_to(PHONE)) == len(world.tencent.texts_to(f"+86{PHONE}")) == 1


@pytest.mark.parametrize("number", ["", "110", "zhang", "+86123", "13800000001;13800000002"])
def test_what_is_no_number_goes_nowhere(world: Providers, number: str) -> None:
    for provider in ("aliyun", "tencent"):
        with pytest.raises(DeliveryError) as refused:
            channels_of(world, sms=provider)["sms"].deliver(a_letter("sms", address=number))
        assert (refused.value.failure, refused.value.permanent) == (Failure.BAD_ADDRESS, True)
    assert world.aliyun.calls == world.tencent.calls == 0


Decided = Callable[[Any, str, str], None]
WAYS: dict[str, tuple[str, Decided]] = {
    "aliyun": ("MOBILE_NOT_ON_SERVICE", lambda server, one, code: server.report(one, code)),
    "tencent": ("MK:0001", lambda server, one, code: server.report(one, "FAIL", code)),
}


@pytest.mark.parametrize("provider", WAYS)
def test_what_became_of_short_messages_can_be_asked(world: Providers, provider: str) -> None:
    sms = channels_of(world, sms=provider)["sms"]
    assert isinstance(sms, TellsLater)
    phones = [f"1380000000{n}" for n in range(3)]
    asked = {
        sms.deliver(a_letter("sms", letter_id=f"0190-{phone}", address=phone)).provider_id: phone
        for phone in phones
    }
    assert sms.receipts(asked) == {}
    first, second, _ = asked
    why, fail = WAYS[provider]
    server = getattr(world, provider)
    server.report(first)
    fail(server, second, why)
    for _ in range(2):  # asking again loses nothing
        told = sms.receipts(asked)
        assert set(told) == {first, second}
        arrived, failed = told[first], told[second]
        assert not isinstance(arrived, DeliveryError)
        assert arrived.state == "delivered"
        assert isinstance(failed, DeliveryError)
        assert (failed.permanent, why in str(failed)) == (True, True)


def test_a_letter_to_a_school_reaches_its_families_through_the_citizens_app(
    world: Providers,
) -> None:
    world.zlb.families["school:shiyan"] = ["parent-1", "parent-2"]
    zlb = channels_of(world)["zlb"]
    first = zlb.deliver(a_letter("zlb", address="group:school:shiyan"))
    again = zlb.deliver(a_letter("zlb", address="group:school:shiyan"))
    assert first.provider_id == again.provider_id != ""
    assert [len(world.zlb.texts_to(f"parent-{n}")) for n in (1, 2)] == [1, 1]


def test_the_messenger_gets_letters_that_are_told_apart_and_short_enough(world: Providers) -> None:
    zwdd = channels_of(world)["zwdd"]
    long = "地点：月湖的北岸" * 400
    for serial in (1, 2, 3):
        zwdd.deliver(a_letter("zwdd", letter_id=f"0190-{serial}", serial=serial, text=long))
    assert len(set(world.zwdd.texts_to(ADDRESSES["zwdd"]))) == 3
    assert world.zwdd.dropped == []
    assert all("第" in text and "…" in text for text in world.zwdd.texts_to(ADDRESSES["zwdd"]))


def test_a_letter_that_the_messenger_had_taken_before_is_accepted_once(world: Providers) -> None:
    zwdd = channels_of(world)["zwdd"]
    for _ in range(2):
        assert zwdd.deliver(a_letter("zwdd")).state == "accepted"
    assert len(world.zwdd.texts_to(ADDRESSES["zwdd"])) == 1


def test_a_token_that_has_ended_is_renewed_once_by_itself(world: Providers) -> None:
    zwdd = channels_of(world)["zwdd"]
    zwdd.deliver(a_letter("zwdd"))
    world.zwdd.expire()
    zwdd.deliver(a_letter("zwdd", letter_id="0190-0002", serial=2))
    assert world.zwdd.tokens_given == 2
    assert len(world.zwdd.texts_to(ADDRESSES["zwdd"])) == 2


def test_a_token_is_kept_for_as_long_as_it_is_good(world: Providers) -> None:
    zwdd = channels_of(world)["zwdd"]
    for n in range(5):
        zwdd.deliver(a_letter("zwdd", letter_id=f"0190-{n}", serial=n))
    assert world.zwdd.tokens_given == 1


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
def test_a_robots_keyword_is_put_before_a_letter_without_it(world: Providers, name: str) -> None:
    robot = getattr(world, name)
    robot.keyword = "护校"
    channel = channels_of(world, keyword="护校")[name]
    channel.deliver(a_letter(name))
    channel.deliver(a_letter(name, letter_id="0190-2", subject="护校：月湖"))
    first, second = robot.texts_to("robot")
    assert first.startswith("护校 【溺水")
    assert second.startswith("护校：月湖")


def test_a_robots_letter_over_its_size_is_cut_and_says_so(world: Providers) -> None:
    channels_of(world)["wecom"].deliver(a_letter("wecom", text="月湖" * 2000))
    (text,) = world.wecom.texts_to("robot")
    assert len(text.encode()) <= 2048
    assert text.endswith("see the platform）")


@pytest.mark.parametrize("name", ["dingtalk", "wecom"])
def test_a_robot_that_is_asked_too_often_names_its_pause(world: Providers, name: str) -> None:
    channel = channels_of(world)[name]
    for n in range(20):
        channel.deliver(a_letter(name, letter_id=f"0190-{n}"))
    with pytest.raises(DeliveryError) as refused:
        channel.deliver(a_letter(name, letter_id="0190-over"))
    error = refused.value
    assert (error.failure, error.permanent) == (Failure.RATE_LIMITED, False)
    assert (error.retry_after_s or 0) >= 30
    assert len(getattr(world, name).texts_to("robot")) == 20
    assert channel.limits.per_address_per_minute == 20
