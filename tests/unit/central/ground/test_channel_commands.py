"""What an operator sees of the channels, and how a test of each ends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from central.adapters.clock import now_ms
from central.adapters.store.engine import open_store
from central.adapters.store.tables import NOTIFICATION
from central.commands.channel import EXIT_CODES
from central.core.delivery import ADVICE, Failure
from central.dispatching import send_due
from tests.integration.case_district import NOON
from tests.integration.channel_kit import ADDRESSES, a_letter, channels_of
from tests.integration.test_channel_troubles import write
from tests.servers.providers import HOOK_SECRET, Providers, providers
from tests.servers.robots import DING_SECRET, DING_TOKEN
from tests.unit.central.ground.test_central_commands import Operator


@pytest.fixture
def world() -> Iterator[Providers]:
    with providers() as made:
        yield made


@pytest.fixture
def operator(tmp_path: Path, world: Providers) -> Operator:
    made = Operator(tmp_path / "data")
    made.does("init")
    file = made.data / "central.toml"
    text = world.settings(timeout_s=0.5)
    file.write_text(file.read_text("utf-8") + text, "utf-8")
    return made


def test_the_list_names_all_channels_with_limits_and_no_secret(operator: Operator) -> None:
    shown = json.loads(operator.does("channel", "list", "--json"))
    by_name = {row["channel"]: row for row in shown}
    assert set(by_name) == set(ADDRESSES)
    assert all(row["is_configured"] for row in shown)
    assert by_name["zwdd"]["limits"]["drops_repeats"]
    assert by_name["dingtalk"]["addresses"] == ["值班群"]
    words = operator.does("channel", "list")
    assert "20 每人每分钟" in words
    for secret in (HOOK_SECRET, DING_SECRET, DING_TOKEN, "mail-password"):
        assert secret not in words + json.dumps(shown)


def test_the_list_says_how_each_did_lately_and_what_to_do_about_its_trouble(
    operator: Operator, world: Providers
) -> None:
    store = open_store(f"sqlite:///{operator.data}/central.db")
    write(store, "zwdd", a_letter("zwdd"), [a_letter("wecom"), a_letter("sms")], ["wecom", "sms"])
    world.zwdd.app_secret = "another"  # noqa: S105 - opens nothing
    channels = channels_of(world, timeout_s=0.5)
    send_due(store, channels, NOON)
    with store.transaction() as connection:
        connection.execute(update(NOTIFICATION).values(created_at=now_ms()))
    store.close()
    by_name = {
        row["channel"]: row for row in json.loads(operator.does("channel", "list", "--json"))
    }
    assert by_name["wecom"]["lately"] == {"accepted": 1}
    assert (by_name["wecom"]["trouble"], by_name["email"]["lately"]) == (None, {})
    trouble = by_name["zwdd"]["trouble"]
    assert (trouble["failure"], trouble["advice_zh"]) == (
        "wrong_secret",
        ADVICE[Failure.WRONG_SECRET][0],
    )
    assert "signature does not match" in operator.does("channel", "list")


def test_a_channel_that_is_not_set_up_is_said_to_be(tmp_path: Path) -> None:
    bare = Operator(tmp_path / "bare")
    bare.does("init")
    assert "zwdd      未配置 not configured" in bare.does("channel", "list")
    result = bare.types("channel", "test", "zwdd", "--to", "1")
    assert result.exit_code == EXIT_CODES[Failure.NOT_CONFIGURED]
    assert ADVICE[Failure.NOT_CONFIGURED][0] in result.stdout


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_test_goes_out_marked_and_shows_the_providers_answer(
    operator: Operator, world: Providers, name: str
) -> None:
    told = json.loads(operator.does("channel", "test", name, "--to", ADDRESSES[name], "--json"))
    assert told["state"] == ("sent" if name == "apprise" else "accepted")
    assert told["answer"]
    got = [
        *(text for one in world.over_http() for text in [sent.text for sent in one.sent]),
        *(m.get_content() + str(m["subject"]) for m in world.mail.accepted),
        *(json.dumps(event, ensure_ascii=False) for event in world.hook.got),
    ]
    assert len(got) == 1
    assert "测试" in got[0]


@pytest.mark.parametrize(
    ("mood", "failure"),
    [("down", Failure.UNREACHABLE), ("slow", Failure.SLOW), ("portal", Failure.GARBAGE),
     ("limited", Failure.RATE_LIMITED)],
)  # fmt: skip
def test_a_test_that_fails_tells_its_kind_by_its_exit_code_and_what_to_do(
    operator: Operator, world: Providers, mood: str, failure: Failure
) -> None:
    world.zwdd.mood = mood
    result = operator.types("channel", "test", "zwdd", "--to", "1")
    assert result.exit_code == EXIT_CODES[failure]
    assert ADVICE[failure][0] in result.stdout
    assert ADVICE[failure][1] in result.stdout


def test_every_kind_of_trouble_has_an_exit_code_of_its_own() -> None:
    assert set(EXIT_CODES) == set(Failure)
    assert len(set(EXIT_CODES.values())) == len(Failure)
