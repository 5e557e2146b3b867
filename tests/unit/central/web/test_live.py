"""What the open pages hear: everything of theirs, soon, nothing of others, and not for ever."""

from collections.abc import Callable, Iterator
from contextlib import closing
from time import monotonic

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import delete

from central.adapters.store.engine import Store
from central.adapters.store.tables import SIGN_IN
from central.core.people import Actor
from central.incidents import Step, take_alert
from central.web import live
from central.web.door import ASK
from central.web.events import Listener
from central.web.live import MOST_LISTENERS, Change, Feed, TooManyError
from tests.integration.case_district import (
    AUDITOR,
    DUTY,
    MINUTE,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    TOWN,
    an_alert,
    open_one,
    step,
)

SignIn = Callable[[str], FlaskClient]


def opened(store: Store, seq: int = 1) -> str:
    with store.transaction() as connection:
        return open_one(connection, NOON + seq * 10 * MINUTE, seq)


def hear(lines: Iterator[bytes], wanted: str, within_s: float = 5.0) -> str:
    """Read on until a message contains something."""
    until = monotonic() + within_s
    for line in lines:
        if wanted in line.decode():
            return line.decode()
        assert monotonic() < until
    raise AssertionError


def test_a_listener_hears_of_a_new_incident_at_once(store: Store, app: APIFlask) -> None:
    assert app
    feed = Feed(store)
    with feed.listening() as position:
        began = monotonic()
        incident_id = opened(store)
        _, changes = feed.wait(position, 5.0)
        assert {change.incident_id for change in changes} == {incident_id}
        assert monotonic() - began < 1.0


def test_nothing_is_told_twice_and_nothing_is_skipped(store: Store, app: APIFlask) -> None:
    assert app
    feed, heard = Feed(store), []
    with feed.listening() as first:
        position = first
        for seq in range(1, 6):
            opened(store, seq)
            position, changes = feed.wait(position, 5.0)
            heard += [change.timeline_id for change in changes]
    assert heard == sorted(set(heard))
    assert heard[-1] == feed.newest()


def test_only_so_many_listen_and_a_place_is_free_again(store: Store, app: APIFlask) -> None:
    assert app
    feed = Feed(store)
    listening = [feed.listening() for _ in range(MOST_LISTENERS)]
    for one in listening:
        one.__enter__()
    with pytest.raises(TooManyError), feed.listening():
        pass
    for one in listening:
        one.__exit__(None, None, None)
    with feed.listening():
        pass


def test_a_page_that_comes_back_hears_first_what_it_missed(
    store: Store, app: APIFlask, signed_in: SignIn
) -> None:
    assert app
    client = signed_in("zhiban")
    opened(store)
    answer = client.get("/events", headers={"Last-Event-ID": "1"}, buffered=False)
    with closing(answer):
        assert answer.mimetype == "text/event-stream"
        assert "event: change" in hear(iter(answer.response), "event: change")  # type: ignore[arg-type]


def test_a_page_that_missed_nothing_hears_nothing_first(
    store: Store, app: APIFlask, signed_in: SignIn
) -> None:
    client = signed_in("zhiban")
    opened(store)
    newest = str(app.extensions["huxiao"].feed.newest())
    answer = client.get("/events", headers={"Last-Event-ID": newest}, buffered=False)
    with closing(answer):
        first = next(iter(answer.response))
        assert b"event" not in bytes(first)  # type: ignore[arg-type]


def test_who_has_signed_out_hears_nothing_more_but_to_ask(store: Store, signed_in: SignIn) -> None:
    client = signed_in("zhiban")
    with closing(client.get("/events", buffered=False)) as answer:
        lines = iter(answer.response)
        hear(lines, "event: change")  # type: ignore[arg-type]
        with store.transaction() as connection:
            connection.execute(delete(SIGN_IN))
        opened(store)
        assert hear(lines, "event: change") == ASK  # type: ignore[arg-type]
        assert list(lines) == []


def test_an_unknown_listener_hears_only_to_ask(app: APIFlask) -> None:
    answer = app.test_client().get("/events", headers={"Accept": "text/event-stream"})
    assert answer.get_data(as_text=True) == ASK


@pytest.mark.parametrize(("actor", "count"), [(DUTY, 1), (TOWN, 1), (OTHER_TOWN, 0), (AUDITOR, 0)])
def test_nobody_hears_of_an_incident_that_is_not_theirs_to_see(
    store: Store, app: APIFlask, actor: Actor, count: int
) -> None:
    assert app
    feed, change = Feed(store), Change(1, opened(store))
    assert len(Listener(feed, actor, None).hears([change])) == count
    assert len(Listener(feed, actor, change.incident_id).hears([change])) == count
    assert Listener(feed, actor, "another").hears([change]) == []


def test_who_is_far_behind_is_told_in_any_case(
    store: Store, app: APIFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app
    monkeypatch.setattr(live, "KEPT", 1)
    feed = Feed(store)
    with feed.listening() as first, feed.listening():
        position = first
        for seq in range(1, 4):
            opened(store, seq)
            position, _ = feed.wait(position, 5.0)
        assert feed.is_behind(first)
        assert not feed.is_behind(position)


def test_a_critical_case_is_urgent_until_somebody_has_taken_it_up(
    store: Store, app: APIFlask
) -> None:
    assert app
    feed = Feed(store)
    with feed.listening() as first:
        with store.transaction() as connection:
            alert = an_alert(9, NOON, severity="critical")
            incident_id = take_alert(connection, alert, NOON).incident_id
        position, changes = feed.wait(first, 5.0)
        assert feed.is_urgent(changes)
        for actor in (TOWN, SCHOOL):
            with store.transaction() as connection:
                step(connection, actor, incident_id, Step.ACKNOWLEDGE, NOON + MINUTE)
            position, changes = feed.wait(position, 5.0)
            while not changes:
                position, changes = feed.wait(position, 5.0)
        assert not feed.is_urgent(changes)


def test_a_case_that_changes_hands_is_held_against_its_new_unit(
    store: Store, app: APIFlask
) -> None:
    assert app
    feed = Feed(store)
    with feed.listening() as first:
        incident_id = opened(store)
        position, changes = feed.wait(first, 5.0)
        assert not feed.known(OTHER_TOWN, changes)
        with store.transaction() as connection:
            step(connection, TOWN, incident_id, Step.TRANSFER, NOON + 11 * MINUTE,
                 to_unit="town:jinping")  # fmt: skip
        _, changes = feed.wait(position, 5.0)
        assert feed.known(OTHER_TOWN, changes)
