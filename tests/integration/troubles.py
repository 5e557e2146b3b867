"""What can go wrong with a provider, how each is made to, and what a district then has to see."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from central.core.delivery import Failure
from tests.integration.channel_kit import ADDRESSES, FACTS, a_letter
from tests.servers.providers import Providers
from tests.servers.zlb import Zlb
from tests.servers.zwdd import Zwdd

Make = Callable[[Providers, Any], None]
"""Brings a trouble about; the second is the channel's own server."""

SERVERS = {
    "zwdd": "zwdd",
    "zlb": "zlb",
    "aliyun": "aliyun",
    "tencent": "tencent",
    "email": "mail",
    "webhook": "hook",
    "dingtalk": "dingtalk",
    "wecom": "wecom",
    "feishu": "feishu",
    "apprise": "longtail",
}
"""Each way to reach people, with its server; short messages go two ways."""

SECRETS = {
    "zwdd": "app_secret",
    "aliyun": "key_secret",
    "tencent": "secret_key",
    "email": "password",
    "wecom": "key",
    "apprise": "password",
}
"""The name of the secret that a server checks, where it is not `secret`."""


@dataclass(frozen=True)
class Trouble:
    """One trouble: how it comes about, which kind each way sees; `letter` is what is written.

    A way that is not in `kinds` cannot have it. None: the letter goes out all the same.
    """

    make: Make
    kinds: Mapping[str, Failure | None]
    letter: Mapping[str, Any] | None = None
    words: str = ""
    """What else the answer has to say."""


def _all(kind: Failure | None, **others: Failure | None) -> dict[str, Failure | None]:
    return dict.fromkeys(SERVERS, kind) | others


def _mood(mood: str) -> Make:
    def make(_: Providers, server: Any) -> None:
        server.mood = mood

    return make


def _secret(providers: Providers, server: Any) -> None:
    way = next(way for way, name in SERVERS.items() if getattr(providers, name) is server)
    setattr(server, SECRETS.get(way, "secret"), "whsec_" + "QUJD" * 8)


def _rate(_: Providers, server: Any) -> None:
    for name in ("per_minute", "per_phone_per_minute", "per_day"):
        if hasattr(server, name):
            setattr(server, name, 0)
            return
    server.mood = "limited"
    if hasattr(server, "answers"):
        server.mood = "well"
        server.answers[ADDRESSES["email"]] = "451 4.7.1 too many messages, try later"


def _nobody(_: Providers, server: Any) -> None:
    if isinstance(server, Zwdd):
        server.unknown_accounts.add(ADDRESSES["zwdd"])
    elif isinstance(server, Zlb):
        server.unknown_people.add(ADDRESSES["zlb"])
    else:
        server.answers[ADDRESSES["email"]] = "550 5.1.1 no such user here"


def _clock(_: Providers, server: Any) -> None:
    server.ahead_s = 7200


def _tokens_end(providers: Providers, _: Any) -> None:
    providers.zwdd.expire()


def _tokens_are_none(providers: Providers, _: Any) -> None:
    providers.zwdd.accepts_tokens = False


SIGNED_BY_TIME = ("zwdd", "zlb", "aliyun", "tencent", "webhook", "dingtalk", "feishu")
BY_NAME = ("webhook", "dingtalk", "wecom", "feishu", "apprise")
BAD_FACTS = json.dumps(FACTS | {"site_zh": "违禁词"}, ensure_ascii=False)

TROUBLES: dict[str, Trouble] = {
    "down": Trouble(_mood("down"), _all(Failure.UNREACHABLE)),
    "busy": Trouble(_mood("busy"), {way: Failure.UNREACHABLE for way in SERVERS if way != "email"}),
    "wrong secret": Trouble(_secret, _all(Failure.WRONG_SECRET)),
    "wrong clock": Trouble(
        _clock, dict.fromkeys(SIGNED_BY_TIME, Failure.WRONG_SECRET), words="本机时钟比对方慢"
    ),
    "refused content": Trouble(
        lambda *_: None,
        _all(Failure.REFUSED_CONTENT, apprise=None),
        {"text": "违禁词", "data": BAD_FACTS},
    ),
    "expired token": Trouble(_tokens_end, {"zwdd": None}),
    "token that never holds": Trouble(_tokens_are_none, {"zwdd": Failure.EXPIRED_TOKEN}),
    "slow": Trouble(_mood("slow"), _all(Failure.SLOW)),
    "trickling": Trouble(
        _mood("trickle"), {way: Failure.SLOW for way in SERVERS if way not in {"email", "apprise"}}
    ),
    "a page for browsers": Trouble(
        _mood("portal"),
        {way: Failure.GARBAGE for way in SERVERS if way != "email"} | {"apprise": None},
    ),
    "noise": Trouble(_mood("noise"), _all(Failure.GARBAGE, apprise=Failure.UNREACHABLE)),
    "over its rate": Trouble(_rate, _all(Failure.RATE_LIMITED)),
    "nobody there": Trouble(_nobody, dict.fromkeys(("zwdd", "zlb", "email"), Failure.BAD_ADDRESS)),
    "no number": Trouble(
        lambda *_: None,
        dict.fromkeys(("aliyun", "tencent"), Failure.BAD_ADDRESS),
        {"address": "110"},
    ),
    "no such name": Trouble(
        lambda *_: None,
        dict.fromkeys(
            ("webhook", "dingtalk", "wecom", "feishu", "apprise"), Failure.NOT_CONFIGURED
        ),
        {"address": "elsewhere"},
    ),
}

CASES = [
    (way, name, kind) for name, trouble in TROUBLES.items() for way, kind in trouble.kinds.items()
]


def channel_of(way: str) -> str:
    """Give the channel's name; both providers of short messages are `sms`."""
    return "sms" if way in {"aliyun", "tencent"} else way


def make_trouble(providers: Providers, way: str, name: str) -> None:
    """Bring a trouble about for one way."""
    TROUBLES[name].make(providers, getattr(providers, SERVERS[way]))


def troubled_letter(way: str, name: str, **changes: Any) -> Any:
    """Give the letter that meets the trouble."""
    wanted = dict(TROUBLES[name].letter or {})
    if way == "webhook" and "data" in wanted:
        wanted["text"] = wanted["data"]
    return a_letter(channel_of(way), **wanted | changes)
