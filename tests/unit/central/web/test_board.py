"""What the board puts before whom, how it is narrowed and paged, and what has been read."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from central.adapters.store import seen, watch
from central.adapters.store.engine import Store
from central.core.board_filter import BoardFilter
from central.deadlines import sweep
from central.incidents import Step
from tests.integration.case_district import (
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    TOWN,
    close_all,
    incident,
    open_one,
    step,
    task_of,
)

SignIn = Callable[[str], FlaskClient]


def opened(store: Store, at_ms: int = NOON, seq: int = 1) -> str:
    with store.transaction() as connection:
        return open_one(connection, at_ms, seq)


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def listed(shown: str) -> list[str]:
    return re.findall(r'id="incident-([^"]+)"', shown)


def waiting(shown: str) -> list[tuple[str, str]]:
    return re.findall(r'id="need-([^"]+)" data-row data-step="(\w+)"', shown)


def test_what_waits_for_somebody_comes_first_and_overdue_before_all(
    store: Store, signed_in: SignIn, clock: list[int]
) -> None:
    client = signed_in("zhenshui")
    late = opened(store)
    new = opened(store, NOON + 6 * MINUTE, 2)
    clock[0] = NOON + 7 * MINUTE
    sweep(store, clock[0])
    with store.reading() as connection:
        tasks = [task_of(connection, one, TOWN.unit_code) for one in (late, new)]
    assert waiting(page(client)) == [(tasks[0], "acknowledge"), (tasks[1], "acknowledge")]


def test_what_was_asked_for_is_not_pushed_away_by_what_waits(
    store: Store, signed_in: SignIn
) -> None:
    client, incident_id = signed_in("zhenshui"), opened(store)
    for query in ("?state=all", "?q=HX", "?overdue=1&state=waiting", "?mine=1"):
        shown = page(client, query)
        assert waiting(shown) == []
        assert 'class="needs-elsewhere"' in shown
    assert listed(page(client, "?q=HX")) == [incident_id]
    assert len(waiting(page(client))) == 1


def test_a_step_taken_makes_room_for_the_next_persons(store: Store, signed_in: SignIn) -> None:
    officer, town = signed_in("zhiban"), signed_in("zhenshui")
    incident_id = opened(store)
    assert waiting(page(officer)) == []  # it is in the hands of the units, and in time
    with store.transaction() as connection:
        task_id = task_of(connection, incident_id, TOWN.unit_code)
        for one in (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK):
            step(connection, TOWN, incident_id, one, NOON)
    assert waiting(page(officer)) == [(task_id, "verify")]
    assert waiting(page(town)) == []


def test_nobody_is_told_of_what_is_not_theirs(store: Store, signed_in: SignIn) -> None:
    client = signed_in("biechu")
    number = ""
    incident_id = opened(store)
    with store.reading() as connection:
        number = incident(connection, incident_id)["number"]
        assert watch.needs(connection, OTHER_TOWN, NOON, 10) == ([], 0)
        assert watch.ringing(connection, OTHER_TOWN, NOON) == []
        assert seen.changed(connection, OTHER_TOWN, NOON, 10)[0] == []
    shown = page(client)
    assert incident_id not in shown
    assert number not in page(client, f"?q={number[-4:]}").replace(f'value="{number[-4:]}"', "")


def test_each_filter_narrows_the_list(store: Store, signed_in: SignIn, clock: list[int]) -> None:
    client = signed_in("zhiban")
    one, closed = opened(store), opened(store, NOON + HOUR, 2)
    clock[0] = NOON + 2 * HOUR
    with store.transaction() as connection:
        close_all(connection, closed, clock[0])
    assert listed(page(client)) == [one]
    assert listed(page(client, "?state=closed")) == [closed]
    assert listed(page(client, "?state=all")) == [closed, one]
    assert listed(page(client, "?state=all&scenario=food_safety")) == []
    assert listed(page(client, "?state=all&unit=town:yuelin")) == [closed, one]
    assert listed(page(client, "?state=all&unit=town:jinping")) == []
    assert listed(page(client, "?state=all&site=yuehu")) == [closed, one]
    assert listed(page(client, "?state=all&site=bare")) == []
    assert listed(page(client, "?state=all&severity=critical")) == []
    assert listed(page(client, "?state=all&period=today")) == [closed, one]
    assert listed(page(client, "?state=all&drills=only")) == []
    assert listed(page(client, "?overdue=1")) == [one]
    assert listed(page(client, "?mine=1")) == [one]


def test_a_whole_number_leads_to_its_case_and_a_part_of_it_lists(
    store: Store, signed_in: SignIn
) -> None:
    client = signed_in("zhiban")
    incident_id = opened(store)
    with store.reading() as connection:
        number = incident(connection, incident_id)["number"]
    assert client.get(f"/?q={number.lower()}").headers["Location"] == f"/incidents/{incident_id}"
    assert listed(page(client, f"?q={number[-4:]}")) == [incident_id]
    assert listed(page(client, "?q=月湖")) == [incident_id]
    assert listed(page(client, "?q=nowhere")) == []
    with store.transaction() as connection:
        close_all(connection, incident_id, NOON)
    assert listed(page(client)) == []
    assert listed(page(client, "?q=月湖")) == [incident_id]


def test_pages_of_the_list_hold_every_case_once(store: Store, signed_in: SignIn) -> None:
    assert signed_in("zhiban")
    wanted = [opened(store, NOON + seq * HOUR, seq + 1) for seq in range(7)]
    now = NOON + 6 * HOUR + MINUTE
    with store.transaction() as connection:
        for one in wanted[2:]:
            step(connection, TOWN, one, Step.ACKNOWLEDGE, now)
            step(connection, SCHOOL, one, Step.ACKNOWLEDGE, now)
    for state in ("open", "all"):
        found, chosen = [], BoardFilter(state=state)
        for _page in range(4):
            with store.reading() as connection:
                rows, after = watch.listed(connection, DUTY, chosen, now, 2)
            found += [row["incident_id"] for row in rows]
            chosen = BoardFilter(state=state, after=str(after or ""))
        assert sorted(found) == sorted(wanted)
    assert found == wanted[::-1]


def test_what_others_did_is_told_until_it_has_been_read(
    store: Store, signed_in: SignIn, clock: list[int]
) -> None:
    client = signed_in("zhiban")
    incident_id = opened(store)
    assert f'id="changed-{incident_id}"' in page(client)
    client.get(f"/incidents/{incident_id}")  # reading the case is reading its news
    assert f'id="changed-{incident_id}"' not in page(client)
    clock[0] += MINUTE
    with store.transaction() as connection:
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, clock[0])
    shown = page(client)
    assert f'id="changed-{incident_id}"' in shown
    assert TOWN.name in shown
    line = re.search(r'name="line" value="(\d+)"', shown)
    assert line
    client.post("/board/seen", data={"line": line[1]})
    assert f'id="changed-{incident_id}"' not in page(client)


def test_life_safety_rings_for_its_unit_and_the_office_until_acknowledged(
    store: Store, signed_in: SignIn
) -> None:
    town, officer, other = signed_in("zhenshui"), signed_in("zhiban"), signed_in("biechu")
    incident_id = opened(store)
    with store.reading() as connection:
        task_id = task_of(connection, incident_id, TOWN.unit_code)
    for client in (town, officer):
        assert f'data-ids="{task_id}"' in client.get("/alarm").get_data(as_text=True)
    assert 'data-ids=""' in other.get("/alarm").get_data(as_text=True)
    with store.transaction() as connection:
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
    for client in (town, officer):
        assert 'data-ids=""' in client.get("/alarm").get_data(as_text=True)


def test_nothing_rings_for_a_day(store: Store, signed_in: SignIn) -> None:
    assert signed_in("zhenshui")
    opened(store)
    with store.reading() as connection:
        assert len(watch.ringing(connection, TOWN, NOON + 23 * HOUR)) == 1
        assert watch.ringing(connection, TOWN, NOON + 24 * HOUR) == []
