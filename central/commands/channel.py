"""`huxiao-central channel`: the ways to reach people, and whether each of them works."""

import sys
from dataclasses import asdict
from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.notifiers.configured import NAMES
from central.adapters.notifiers.trial import trial
from central.adapters.store import audit
from central.adapters.store.channels import Lately, lately
from central.commands.options import Central, json_option, opened, show
from central.core.delivery import ADVICE, Failure
from central.core.local_time import clock_of
from central.ports import Answer, Channel, DeliveryError, Limits

DAY_MS = 86_400_000

EXIT_CODES: dict[Failure, int] = {
    Failure.OTHER: 10,
    Failure.UNREACHABLE: 11,
    Failure.SLOW: 12,
    Failure.RATE_LIMITED: 13,
    Failure.WRONG_SECRET: 14,
    Failure.EXPIRED_TOKEN: 15,
    Failure.REFUSED_CONTENT: 16,
    Failure.BAD_ADDRESS: 17,
    Failure.GARBAGE: 18,
    Failure.NOT_CONFIGURED: 19,
}
"""By the kind of trouble; 0 when the provider has taken the letter."""

PARTS: tuple[tuple[str, str], ...] = (
    ("per_minute", "每分钟 a minute"),
    ("per_hour", "每小时 an hour"),
    ("per_day", "每天 a day"),
    ("per_address_per_minute", "每人每分钟 each a minute"),
    ("per_address_per_hour", "每人每小时 each an hour"),
    ("per_address_per_day", "每人每天 each a day"),
    ("most_bytes", "字节 bytes"),
)


@click.group()
def channel() -> None:
    """通道:有哪些、最近怎样、测试。 Ways to reach people: list, test.

    在 central.toml 中配置。 They are set up in central.toml.
    """


@channel.command(name="list")
@click.option("--hours", type=click.IntRange(1, 8760), default=24, show_default=True,
              help="统计最近几小时 / of how many hours")  # fmt: skip
@json_option
@opened
def list_channels(central: Central, *, hours: int, as_json: bool) -> None:
    """列出通道:额度、最近情况、出了什么问题。 List them: limits, how each did, its trouble."""
    configured = central.channels()
    since_ms = now_ms() - hours * DAY_MS // 24
    with central.store.reading() as connection:
        did = lately(connection, since_ms)
    rows = [
        _row(name, configured.get(name), did.get(name, Lately()))
        for name in sorted({*NAMES, *did}, key=[*NAMES, *sorted(did)].index)
    ]
    show(rows, "\n".join(map(_line, rows)), as_json=as_json)


def _row(name: str, found: Channel | None, did: Lately) -> dict[str, Any]:
    row: dict[str, Any] = {
        "channel": name,
        "is_configured": found is not None,
        "addresses": list(found.everyone()) if found else [],
        "limits": asdict(found.limits) if found else {},
        "lately": dict(did.by_state),
        "trouble": None,
    }
    if did.failure:
        zh, en = ADVICE[did.failure]
        row["trouble"] = {"failure": did.failure, "answer": did.answer, "at": did.at,
                          "advice_zh": zh, "advice_en": en}  # fmt: skip
    return row


def _line(row: dict[str, Any]) -> str:
    if not row["is_configured"]:
        head = f"{row['channel']:<10}未配置 not configured"
    else:
        limits = Limits(**row["limits"])
        bounds = [f"{getattr(limits, key)} {words}" for key, words in PARTS if getattr(limits, key)]
        if limits.drops_repeats:
            bounds.append("同文每日一次 the same text once a day")
        named = f" [{', '.join(row['addresses'])}]" if row["addresses"] else ""
        head = f"{row['channel']:<10}{'; '.join(bounds) or '不限 no limits'}{named}"
    did = ", ".join(f"{state} {count}" for state, count in sorted(row["lately"].items()))
    lines = [head, *([f"{'':<10}{did}"] if did else [])]
    trouble = row["trouble"]
    if trouble:
        lines += [
            f"{'':<10}{clock_of(trouble['at'])} {trouble['failure']}: {trouble['answer']}",
            f"{'':<10}→ {trouble['advice_zh']} / {trouble['advice_en']}",
        ]
    return "\n".join(lines)


@channel.command()
@click.argument("name")
@click.option("--to", "address", required=True, metavar="ADDRESS",
              help="接收地址：手机号、邮箱、账号、机器人名 / phone, e-mail, account, robot's name",
)  # fmt: skip
@json_option
@opened
def test(central: Central, *, name: str, address: str, as_json: bool) -> None:
    """发一条标明"测试"的通知,显示对方答复。 Send a marked test, and show what the provider says.

    退出码说明问题的种类:0 已受理,10 其他,11 连不上,12 超时,13 超频,14 密钥,15 令牌,16 内容,
    17 地址,18 乱答,19 未配置。 The exit code tells the kind of trouble.
    """
    found = central.channels().get(name)
    with central.store.transaction() as connection:
        audit.append(connection, now_ms(), "cli", "channel.test", f"channel:{name}")
    if found is None:
        words = f"{name}: 没有配置此通道 / not configured in central.toml"
        outcome: Answer | DeliveryError = DeliveryError(words, failure=Failure.NOT_CONFIGURED)
    else:
        try:
            outcome = found.deliver(trial(name, address, now_ms()))
        except DeliveryError as error:
            outcome = error
    _say(name, outcome, as_json=as_json)


def _say(name: str, outcome: Answer | DeliveryError, *, as_json: bool) -> None:
    if isinstance(outcome, Answer):
        said = {"channel": name, "state": outcome.state, "answer": outcome.text,
                "provider_id": outcome.provider_id}  # fmt: skip
        show(said, f"{name}: {outcome.state}\n{outcome.text}", as_json=as_json)
        return
    zh, en = ADVICE[outcome.failure]
    said = {"channel": name, "state": "failed", "failure": outcome.failure, "answer": str(outcome),
            "advice_zh": zh, "advice_en": en}  # fmt: skip
    text = f"{name}: failed ({outcome.failure})\n{outcome}\n→ {zh} / {en}"
    show(said, text, as_json=as_json)
    sys.exit(EXIT_CODES[outcome.failure])
