"""A press sent until it arrives is taken once, and refused cleanly where it came too late."""

from collections.abc import Callable

from flask.testing import FlaskClient

from central.adapters.store.engine import Store
from central.incidents import Step
from tests.integration.case_district import (
    MINUTE,
    NOON,
    SCHOOL,
    TOWN,
    open_one,
    step,
    story,
    task_of,
)

SignIn = Callable[[str], FlaskClient]
JSON = {"Accept": "application/json"}
PRESS = "0123456789abcdef0123456789abcdef"


def opened(store: Store, unit: str = TOWN.unit_code) -> tuple[str, str]:
    with store.transaction() as connection:
        incident_id = open_one(connection)
        return incident_id, task_of(connection, incident_id, unit)


def press(client: FlaskClient, of: tuple[str, str], **form: object) -> tuple[int, str]:
    address = f"/incidents/{of[0]}/tasks/{of[1]}/acknowledge"
    answer = client.post(address, data={"press_id": PRESS} | form, headers=JSON)
    return answer.status_code, (answer.get_json() or {}).get("said", "")


def acknowledged(store: Store, incident_id: str) -> list[str]:
    with store.reading() as connection:
        return [one["note"] for one in story(connection, incident_id)
                if one["event"] == Step.ACKNOWLEDGE]  # fmt: skip


def test_the_same_press_twice_is_one_step(store: Store, signed_in: SignIn) -> None:
    client = signed_in("zhenshui")
    task = opened(store)
    assert press(client, task) == (200, "已签收")
    assert press(client, task) == (200, "已签收")
    assert acknowledged(store, task[0]) == [""]


def test_a_press_that_comes_after_somebody_else_is_told_so(store: Store, signed_in: SignIn) -> None:
    client = signed_in("zhenshui")
    task = opened(store)
    with store.transaction() as connection:
        step(connection, TOWN, task[0], Step.ACKNOWLEDGE, NOON)
    status, said = press(client, task)
    assert (status, said) == (409, "任务现为“已签收”，不能签收")
    assert press(client, task)[0] == 409  # a refused press is no press: nothing was kept of it


def test_a_press_that_travelled_long_says_when_it_was_made(
    store: Store, signed_in: SignIn, clock: list[int]
) -> None:
    client = signed_in("zhenshui")
    task = opened(store)
    clock[0] = NOON + 5 * MINUTE
    assert press(client, task, pressed_at=NOON + MINUTE)[0] == 200
    (note,) = acknowledged(store, task[0])
    assert note.startswith("12:01 ")


def test_a_clock_that_is_wrong_says_nothing(store: Store, signed_in: SignIn) -> None:
    client = signed_in("zhenshui")
    task = opened(store)
    assert press(client, task, pressed_at=NOON + 90 * MINUTE)[0] == 200
    assert acknowledged(store, task[0]) == [""]


def test_who_may_not_is_refused_and_who_may_not_see_finds_nothing(
    store: Store, signed_in: SignIn
) -> None:
    task = opened(store, SCHOOL.unit_code)
    assert press(signed_in("zhenshui"), task)[0] == 403
    assert press(signed_in("biechu"), task)[0] == 404
    assert acknowledged(store, task[0]) == []


def test_a_key_that_is_none_is_refused(store: Store, signed_in: SignIn) -> None:
    assert press(signed_in("zhenshui"), opened(store), press_id="x y")[0] == 400


def test_without_a_script_one_is_led_to_the_case(store: Store, signed_in: SignIn) -> None:
    task = opened(store)
    answer = signed_in("zhenshui").post(f"/incidents/{task[0]}/tasks/{task[1]}/acknowledge")
    assert answer.headers["Location"] == f"/incidents/{task[0]}"
    assert acknowledged(store, task[0]) == [""]
