"""Whatever a provider answers, a channel ends with an answer or a `DeliveryError`, fit to keep."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.ports import Answer, DeliveryError, TakesReceipts, TellsLater
from central.ports import Pushed as Posted
from tests.integration.channel_kit import PHONE, a_letter, channels_of
from tests.integration.troubles import SERVERS, channel_of
from tests.servers.provider import Asked, Provider, Said
from tests.servers.providers import HOOK_SECRET, Providers, providers

KEYS = (
    "success", "content", "data", "accessToken", "msgId", "code", "message", "errcode", "errmsg",
    "StatusCode", "Code", "Message", "BizId", "RequestId", "Response", "Error", "SendStatusSet",
    "PullSmsSendStatusSet", "SmsSendDetailDTOs", "SmsSendDetailDTO", "SendStatus", "SerialNo",
    "ReportStatus", "ErrCode",
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.sampled_from(["OK", "Ok", "0", "\x00", "\ud800", "签名", "token", "x" * 3000])
    | st.text(max_size=20)
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=12,
)
STATUSES = st.sampled_from([200, 200, 200, 201, 302, 400, 401, 404, 429, 500, 503])
WAYS = [way for way in SERVERS if way not in {"email", "apprise"}]
SETTINGS = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@dataclass
class _Parrot:
    """Says to everybody what it was told to say."""

    said: Said

    def __call__(self, _: Asked) -> Said:
        return self.said


@pytest.fixture(scope="module")
def world() -> Iterator[Providers]:
    with providers() as made:
        yield made


def is_fit_to_keep(said: Answer | DeliveryError) -> bool:
    text = said.text if isinstance(said, Answer) else str(said)
    text.encode()
    named = said.provider_id if isinstance(said, Answer) else ""
    return "\x00" not in text and len(text) < 2000 and len(named.encode()) <= 400


@pytest.mark.parametrize("way", WAYS)
@SETTINGS
@given(body=TREES, status=STATUSES)
def test_any_answer_ends_in_words(world: Providers, way: str, body: Any, status: int) -> None:
    sms = way if way in {"aliyun", "tencent"} else "aliyun"
    channel = channels_of(world, sms=sms)[channel_of(way)]
    server: Provider = getattr(world, SERVERS[way])
    object.__setattr__(server, "answer", _Parrot(Said(json.dumps(body).encode(), status)))
    said: list[Answer | DeliveryError] = []
    try:
        said.append(channel.deliver(a_letter(channel_of(way))))
        if isinstance(channel, TellsLater):
            said += channel.receipts({"biz": PHONE}).values()
    except DeliveryError as error:
        said.append(error)
    assert all(is_fit_to_keep(one) for one in said)


@pytest.mark.parametrize("way", ["aliyun", "tencent"])
@SETTINGS
@given(body=st.binary(max_size=200) | st.lists(TREES, max_size=3).map(lambda b: repr(b).encode()))
def test_anything_posted_as_a_receipt_is_read_or_refused(
    world: Providers, way: str, body: bytes
) -> None:
    channel = channels_of(world, sms=way)["sms"]
    assert isinstance(channel, TakesReceipts)
    try:
        told = channel.pushed(Posted(HOOK_SECRET, {}, body))
    except ValueError:
        return
    assert all(is_fit_to_keep(one) for one in told.values())
