"""Each trouble of each provider has its kind, its reason and its advice; the others go on."""

from collections.abc import Iterator

import pytest

from central.core.delivery import ADVICE, Failure
from central.ports import Answer, DeliveryError
from tests.integration.channel_kit import a_letter, channels_of
from tests.integration.troubles import (
    CASES,
    TROUBLES,
    channel_of,
    make_trouble,
    troubled_letter,
)
from tests.servers.providers import HOOK_SECRET, Providers, providers
from tests.servers.robots import DING_SECRET, DING_TOKEN, FEISHU_SECRET, FEISHU_TOKEN, WECOM_KEY

TIMEOUT_S = 0.5
KEPT = [
    DING_TOKEN, DING_SECRET, WECOM_KEY, FEISHU_TOKEN, FEISHU_SECRET, HOOK_SECRET,
    "zwdd-secret-of-the-test", "the connector's secret", "aliyun-secret-of-the-test",
    "tencent-secret-of-the-test", "mail-password", "longtail-password",
]  # fmt: skip
"""What no answer may hold."""


@pytest.fixture
def world() -> Iterator[Providers]:
    with providers() as made:
        yield made


def sms_of(way: str) -> str:
    return way if way in {"aliyun", "tencent"} else "aliyun"


@pytest.mark.parametrize(("way", "name", "kind"), CASES)
def test_a_trouble_has_its_kind_and_the_providers_words_without_secrets(
    world: Providers, way: str, name: str, kind: Failure | None
) -> None:
    channel = channels_of(world, sms=sms_of(way), timeout_s=TIMEOUT_S)[channel_of(way)]
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
