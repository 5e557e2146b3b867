"""Each channel says what the provider said, and whether trying again helps."""

import socket
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

import pytest

from central.adapters.notifiers.email import EmailChannel
from central.adapters.notifiers.webhook import WebhookChannel
from central.config import EmailSection, WebhookSection
from central.ports import Answer, DeliveryError, Letter
from tests.servers.hook import SECRET, Receiver, webhook_receiver
from tests.servers.mail import MailServer, mail_server

TO = "zhenshui@demo.invalid"
SUBJECT = "【溺水风险处置】HX20261123-0001 月湖：请立即签收并处置"


def a_letter(**changes: Any) -> Letter:
    fields: dict[str, Any] = {
        "letter_id": "0190-0001",
        "incident_id": "0190-case",
        "moment": "dispatched",
        "address": TO,
        "subject": SUBJECT,
        "text": "地点：月湖\n\nPlace: Moon Lake\n",
        "created_at": 1_795_406_400_000,
    }
    return Letter(**fields | changes)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def email_by(mail: MailServer, **changes: Any) -> EmailChannel:
    fields: dict[str, Any] = {"host": "127.0.0.1", "port": mail.port, "timeout_s": 5.0,
                              "sender": "huxiao@demo.invalid"}  # fmt: skip
    return EmailChannel(EmailSection(**fields | changes), public_url="https://huxiao.example/")


def test_a_mail_is_accepted_when_the_server_says_so(mail: MailServer) -> None:
    answer = email_by(mail).deliver(a_letter())
    assert answer == Answer("accepted", "250 OK, queued as 4711")


def test_a_mail_arrives_in_chinese_with_a_stable_id_and_a_link(mail: MailServer) -> None:
    for _ in range(2):
        email_by(mail).deliver(a_letter())
    first, second = mail.accepted
    assert first["Subject"] == SUBJECT
    assert first["Message-ID"] == second["Message-ID"] == "<0190-0001@demo.invalid>"
    assert parseaddr(first["To"])[1] == TO
    assert first["Date"] == "Mon, 23 Nov 2026 04:00:00 +0000"
    body = first.get_content()
    assert "地点：月湖" in body
    assert "https://huxiao.example/incidents/0190-case" in body


def test_a_recipient_refused_for_good_is_not_tried_again(mail: MailServer) -> None:
    mail.answers[TO] = "550 No such user here"
    with pytest.raises(DeliveryError, match="550 No such user here") as failed:
        email_by(mail).deliver(a_letter())
    assert failed.value.permanent
    assert email_by(mail).deliver(a_letter(address="anquan@demo.invalid")).state == "accepted"


@pytest.mark.parametrize("when", ["recipient", "data"])
def test_a_server_that_asks_for_patience_is_tried_again(mail: MailServer, when: str) -> None:
    if when == "recipient":
        mail.answers[TO] = "451 greylisted, come back later"
    else:
        mail.answer_to_data = "452 4.3.1 disk is full"
    with pytest.raises(DeliveryError, match=r"^45[12] ") as failed:
        email_by(mail).deliver(a_letter())
    assert not failed.value.permanent


def test_a_mail_server_that_is_away_is_tried_again_and_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refuses
        away = MailServer(port=taken.getsockname()[1])
        with pytest.raises(DeliveryError, match=rf"127.0.0.1:{away.port}.*refused") as failed:
            email_by(away).deliver(a_letter())
    assert not failed.value.permanent


@pytest.mark.parametrize("address", ["not an address", "a@b\r\nBcc: c@d", "", "王敏@demo.invalid"])
def test_an_address_that_is_none_is_refused_for_good(mail: MailServer, address: str) -> None:
    with pytest.raises(DeliveryError) as failed:
        email_by(mail).deliver(a_letter(address=address))
    assert failed.value.permanent
    assert mail.accepted == []


def test_a_subject_cannot_smuggle_a_header(mail: MailServer) -> None:
    with pytest.raises(DeliveryError) as failed:
        email_by(mail).deliver(a_letter(subject="月湖\r\nBcc: everybody@demo.invalid"))
    assert failed.value.permanent
    assert mail.accepted == []


def test_starttls_that_the_server_does_not_offer_is_never_left_out(mail: MailServer) -> None:
    with pytest.raises(DeliveryError, match="STARTTLS"):
        email_by(mail, starttls=True).deliver(a_letter())
    assert mail.accepted == []


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with webhook_receiver() as receiver:
        yield receiver


def webhook_to(hook: Receiver, **changes: Any) -> WebhookChannel:
    fields: dict[str, Any] = {
        "name": "jczz",
        "url": hook.address,
        "secret": SECRET,
        "timeout_s": 5.0,
    }
    return WebhookChannel([WebhookSection(**fields | changes)])


def an_event(**changes: Any) -> Letter:
    text = '{"number": "HX20261123-0001", "site_zh": "月湖"}'
    return a_letter(address="jczz", text=text, **changes)


def test_a_webhook_is_a_signed_cloud_event(hook: Receiver) -> None:
    answer = webhook_to(hook).deliver(an_event())
    assert answer == Answer("accepted", '200 {"accepted": true}')
    assert hook.ids == ["0190-0001"]
    assert hook.got == [
        {
            "specversion": "1.0",
            "id": "0190-0001",
            "source": "urn:huxiao:central",
            "type": "cn.huxiao.incident.dispatched",
            "subject": "HX20261123-0001",
            "time": "2026-11-23T04:00:00.000+00:00",
            "datacontenttype": "application/json",
            "data": {
                "incident_id": "0190-case",
                "number": "HX20261123-0001",
                "site_zh": "月湖",
            },
        }
    ]


def test_a_letter_that_is_no_json_is_an_event_all_the_same(hook: Receiver) -> None:
    letter = a_letter(address="jczz", text="三件事 three cases", data='{"number": "HX1"}')
    webhook_to(hook).deliver(letter)
    assert (hook.got[0]["subject"], hook.got[0]["data"]["text"]) == ("HX1", "三件事 three cases")


def test_a_wrong_secret_is_refused_by_the_receiver(hook: Receiver) -> None:
    with pytest.raises(DeliveryError, match="401") as failed:
        webhook_to(hook, secret="whsec_" + "AAAA" * 6).deliver(an_event())
    assert failed.value.permanent
    assert hook.got == []


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (410, True), (302, True), (429, False), (500, False), (503, False)],
)
def test_a_refusal_tells_whether_trying_again_helps(
    hook: Receiver, status: int, permanent: bool
) -> None:
    hook.status, hook.body = status, "稍后 later".encode()
    with pytest.raises(DeliveryError, match=f"{status} 稍后 later") as failed:
        webhook_to(hook).deliver(an_event())
    assert failed.value.permanent is permanent


def test_a_receivers_own_pause_is_kept(hook: Receiver) -> None:
    hook.status, hook.headers = 429, {"Retry-After": "77"}
    with pytest.raises(DeliveryError) as failed:
        webhook_to(hook).deliver(an_event())
    assert failed.value.retry_after_s == 77


@pytest.mark.parametrize(
    "body",
    [
        b'{"errcode": 310000, "errmsg": "keywords not in content"}',
        b'{"success": false}',
        b'{"errcode": {}}',
        b'{"accepted": false}',
    ],
)
def test_a_200_that_says_no_is_a_refusal(hook: Receiver, body: bytes) -> None:
    hook.body = body
    with pytest.raises(DeliveryError, match="200"):
        webhook_to(hook).deliver(an_event())


@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b'{"errcode": 0}', b'{"code": 200}', b"\xff"])
def test_a_200_that_says_nothing_against_it_is_accepted(hook: Receiver, body: bytes) -> None:
    hook.body = body
    assert webhook_to(hook).deliver(an_event()).state == "accepted"


def test_a_receiver_that_talks_garbage_is_tried_again(hook: Receiver) -> None:
    hook.mood = "noise"
    with pytest.raises(DeliveryError, match="RemoteProtocolError") as failed:
        webhook_to(hook).deliver(an_event())
    assert not failed.value.permanent


def test_a_receiver_that_is_slow_is_given_up_for_now(hook: Receiver) -> None:
    hook.mood = "slow"
    with pytest.raises(DeliveryError, match="ReadTimeout") as failed:
        webhook_to(hook, timeout_s=0.2).deliver(an_event())
    assert not failed.value.permanent


def test_a_receiver_that_is_not_configured_is_named(hook: Receiver) -> None:
    with pytest.raises(DeliveryError, match="elsewhere") as failed:
        webhook_to(hook).deliver(a_letter(address="elsewhere", text="{}"))
    assert failed.value.permanent
