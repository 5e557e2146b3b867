"""What became of every letter, and what to do, as people and programs read it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.store.engine import Store
from central.core.delivery import ADVICE, Failure
from central.core.fates import WITHIN
from central.core.people import Actor
from central.dispatching import send_due
from central.ports import Limits
from tests.integration.case_district import DUTY, NOON, SECOND, TOWN, open_one
from tests.integration.sending_kit import Limited, Refusing, Watch
from tests.unit.central.web.test_health import figures

Calling = Callable[[Actor], FlaskClient]


def opened(store: Store, *seqs: int) -> list[str]:
    with store.transaction() as connection:
        return [open_one(connection, NOON + seq * 600 * SECOND, seq) for seq in seqs]


def asked(calling: Calling, **wanted: str) -> list[dict[str, Any]]:
    answer = calling(DUTY).get("/api/v1/notifications", query_string=wanted)
    assert answer.json is not None
    return list(answer.json["items"])


@pytest.mark.parametrize("failure", [Failure.WRONG_SECRET, Failure.BAD_ADDRESS, Failure.SLOW])
def test_a_trouble_is_said_with_what_to_do_about_it(
    store: Store, calling: Calling, signed_in: Callable[[str], FlaskClient], failure: Failure
) -> None:
    client = signed_in("zhiban")
    (incident_id,) = opened(store, 1)
    send_due(store, {"email": Refusing(failure)}, NOON + 600 * SECOND)
    page = client.get(f"/incidents/{incident_id}").get_data(as_text=True)
    assert ADVICE[failure][0] in page
    found = asked(calling, incident_id=incident_id)
    mine = next(one for one in found if one["recipient"] == TOWN.actor_id)
    assert mine["failure"] == failure
    zh, en = ADVICE[failure]
    assert {"zh": zh, "en": en} in mine["remarks"]


def test_a_letter_within_another_says_so(store: Store, calling: Calling) -> None:
    ids = opened(store, 1, 2, 3)
    mail = Limited(Watch(), limits=Limits(per_address_per_minute=1))
    send_due(store, {"email": mail}, NOON + 1800 * SECOND)
    found = [one for one in asked(calling) if one["recipient"] == TOWN.actor_id]
    assert {one["incident_id"] for one in found} == set(ids)
    bundled = [one for one in found if one["state"] == "bundled"]
    assert len(bundled) == len(found) - 1 == 2
    assert {one["bundle_state"] for one in bundled} == {"accepted"}
    assert all({"zh": WITHIN[0], "en": WITHIN[1]} in one["remarks"] for one in bundled)


def test_a_channel_that_does_not_work_stands_on_the_districts_board(
    store: Store, clock: list[int], signed_in: Callable[[str], FlaskClient]
) -> None:
    clock[0] = NOON + 600 * SECOND
    officer, warden = signed_in("zhiban"), signed_in("zhenshui")
    opened(store, 1)
    send_due(store, {"email": Refusing(Failure.WRONG_SECRET)}, clock[0])
    strip = re.search(r'<p class="trouble"[^>]*>([^<]+)', officer.get("/").get_data(as_text=True))
    assert strip
    assert ADVICE[Failure.WRONG_SECRET][0] in strip[1]
    assert 'class="trouble"' not in warden.get("/").get_data(as_text=True)


def test_how_long_a_call_for_help_has_waited_is_a_figure(store: Store, app: APIFlask) -> None:
    opened(store, 1)
    assert figures(app)["huxiao_life_safety_oldest_waiting_seconds", ""] > 0
    send_due(store, {"email": Limited(Watch()), "webhook": Limited(Watch())}, NOON + 600 * SECOND)
    assert figures(app)["huxiao_life_safety_oldest_waiting_seconds", ""] == 0
