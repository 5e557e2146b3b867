"""Providers post what became of letters, prove who they are, and may say it twice."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from werkzeug.serving import make_server

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store.engine import Store
from central.adapters.store.tables import NOTIFICATION
from central.dispatching import send_due
from central.ports import Channel, TakesReceipts
from central.web.app import create_app
from tests.browser.served import settings
from tests.integration.case_district import NOON, rows
from tests.integration.channel_kit import a_letter, channels_of
from tests.integration.test_channel_troubles import write
from tests.servers.providers import HOOK_SECRET, Providers, providers


@pytest.fixture
def world() -> Iterator[Providers]:
    with providers() as made:
        yield made


@contextmanager
def hooks(store: Store, channels: dict[str, Channel], folder: Path) -> Iterator[str]:
    """Serve the pages with these channels' receipts taken; give the address for receipts."""
    able = {name: one for name, one in channels.items() if isinstance(one, TakesReceipts)}
    taken = {one.provider: (name, one) for name, one in able.items()}
    app = create_app(store, settings(EvidenceFiles(folder), hooks=taken, now_ms=lambda: NOON))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hooks"
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


def sent(store: Store, channels: dict[str, Channel], channel: str) -> str:
    """Send one letter and give the provider's name for it."""
    write(store, channel, a_letter(channel), [], [])
    send_due(store, channels, NOON)
    return str(kept(store)["provider_id"])


def kept(store: Store) -> dict[str, Any]:
    with store.reading() as connection:
        (row,) = [r for r in rows(connection, NOTIFICATION) if r["notification_id"] == "0190-0"]
    return row


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
def test_a_pushed_receipt_moves_its_letter_and_is_not_posted_again(
    store: Store, world: Providers, tmp_path: Path, provider: str
) -> None:
    channels = channels_of(world, sms=provider)
    name = sent(store, channels, "sms")
    assert kept(store)["state"] == "accepted"
    server = getattr(world, provider)
    server.report(name)
    with hooks(store, channels, tmp_path) as address:
        said = list(server.reports)
        for _ in range(2):
            server.reports[:] = said  # it says it again, as after an answer that was lost
            assert server.push(f"{address}/{provider}/{HOOK_SECRET}").status_code == 200
            assert server.reports == []
    assert kept(store)["state"] == "delivered"


def test_a_message_that_did_not_arrive_after_all_has_failed_with_its_reason(
    store: Store, world: Providers, tmp_path: Path
) -> None:
    channels = channels_of(world)
    name = sent(store, channels, "sms")
    world.aliyun.report(name, "MOBILE_NOT_ON_SERVICE")
    with hooks(store, channels, tmp_path) as address:
        world.aliyun.push(f"{address}/aliyun/{HOOK_SECRET}")
    row = kept(store)
    assert (row["state"], row["failure"]) == ("failed", "bad_address")
    assert "MOBILE_NOT_ON_SERVICE" in row["answer"]


@pytest.mark.parametrize("secret", ["", "/", "/guess", f"/{HOOK_SECRET}x", f"/{HOOK_SECRET}/more"])
def test_who_does_not_know_the_address_finds_nothing_there(
    store: Store, world: Providers, tmp_path: Path, secret: str
) -> None:
    channels = channels_of(world)
    name = sent(store, channels, "sms")
    world.aliyun.report(name)
    with hooks(store, channels, tmp_path) as address:
        assert world.aliyun.push(f"{address}/aliyun{secret}").status_code == 404
    assert len(world.aliyun.reports) == 1
    assert kept(store)["state"] == "accepted"


def test_without_a_secret_of_its_own_no_address_is_open(
    store: Store, world: Providers, tmp_path: Path
) -> None:
    channels = channels_of(world, hook_secret="")
    with hooks(store, channels, tmp_path) as address:
        for path in ("aliyun", "aliyun/", "aliyun/x", "tencent/x", "nobody/x"):
            assert httpx.post(f"{address}/{path}", json=[]).status_code == 404


def test_the_connector_signs_its_receipts(store: Store, world: Providers, tmp_path: Path) -> None:
    channels = channels_of(world)
    name = sent(store, channels, "zlb")
    told = [{"messageId": name, "status": "delivered"}, {"messageId": name, "status": "read"}]
    with hooks(store, channels, tmp_path) as address:
        assert world.zlb.push(f"{address}/zlb", told[:1], "another secret").status_code == 404
        assert kept(store)["state"] == "accepted"
        for entry in told:
            assert world.zlb.push(f"{address}/zlb", [entry]).json() == {"code": "0"}
    assert kept(store)["state"] == "read"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b"[1]", b'[{"biz_id": 1}]', b"[" * 2000, b"\xff", b'"x"']
)
def test_receipts_that_make_no_sense_are_refused_in_words(
    store: Store, world: Providers, tmp_path: Path, body: bytes
) -> None:
    channels = channels_of(world)
    with hooks(store, channels, tmp_path) as address:
        answer = httpx.post(f"{address}/aliyun/{HOOK_SECRET}", content=body)
        assert answer.status_code == 400
        assert "receipts that make no sense" in answer.text
        assert HOOK_SECRET not in answer.text


def test_a_receipt_of_a_letter_that_is_not_ours_is_harmless(
    store: Store, world: Providers, tmp_path: Path
) -> None:
    channels = channels_of(world)
    entry = {"phone_number": "13800000009", "success": True, "err_code": "DELIVERED",
             "biz_id": "of-another-system"}  # fmt: skip
    with hooks(store, channels, tmp_path) as address:
        answer = httpx.post(f"{address}/aliyun/{HOOK_SECRET}", content=json.dumps([entry]))
    assert answer.json() == {"code": 0, "msg": "成功"}
