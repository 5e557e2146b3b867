"""The side moves, each through the API and through the page: 退回 催办 督办 升级 误报 重开."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from central.adapters.store.engine import Store
from central.core.people import Actor
from central.incidents import Step
from tests.integration.case_district import (
    DUTY,
    MINUTE,
    NOON,
    SCHOOL,
    TOWN,
    close_all,
    incident,
    notices,
    open_one,
    step,
    story,
    task_of,
)

Calling = Callable[[Actor], FlaskClient]
SignIn = Callable[[str], FlaskClient]
Move = Callable[[str, str, dict[str, str]], int]


@pytest.fixture(params=["api", "page"])
def move(request: pytest.FixtureRequest, calling: Calling, signed_in: SignIn) -> Move:
    """Let the duty officer take a step by either way; give the answer's status."""
    if request.param == "api":
        api = calling(DUTY)

        def by_api(incident_id: str, task_id: str, body: dict[str, str]) -> int:
            path = f"/api/v1/incidents/{incident_id}/steps"
            return api.post(path, json={"task_id": task_id, **body}).status_code

        return by_api
    page = signed_in("zhiban")

    def by_page(incident_id: str, task_id: str, body: dict[str, str]) -> int:
        path = f"/incidents/{incident_id}/tasks/{task_id}/steps"
        return page.post(path, data=body).status_code

    return by_page


def opened(store: Store, *steps: Step) -> tuple[str, str]:
    with store.transaction() as connection:
        incident_id = open_one(connection)
        for one in steps:
            step(connection, TOWN, incident_id, one, NOON)
        return incident_id, task_of(connection, incident_id, TOWN.unit_code)


DONE = (200, 302)
REPORTED = (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK)


@pytest.mark.parametrize(
    ("before", "wanted", "moment"),
    [
        (REPORTED, "return", "returned"),
        ((), "urge", "urged"),
        ((), "supervise", "supervised"),
        ((), "escalate", "overdue"),
    ],
)
def test_a_side_move_is_told_to_the_unit_and_stands_in_the_story(
    store: Store, move: Move, before: tuple[Step, ...], wanted: str, moment: str
) -> None:
    incident_id, task_id = opened(store, *before)
    assert move(incident_id, task_id, {"step": wanted, "note": "请补充"}) in DONE
    with store.reading() as connection:
        told = notices(connection, incident_id, moment=moment)
        assert TOWN.actor_id in {one["recipient"] for one in told}
        assert SCHOOL.actor_id not in {one["recipient"] for one in told}
        last = next(one for one in reversed(story(connection, incident_id))
                    if one["event"] == wanted)  # fmt: skip
        assert (last["actor_name"], last["task_id"]) == (DUTY.name, task_id)


def test_a_false_alarm_with_its_label_ends_the_case_and_reopening_begins_it_anew(
    store: Store, move: Move
) -> None:
    incident_id, task_id = opened(store)
    wrong = {"step": "false_alarm", "note": "是只狗", "label": "animal"}
    assert move(incident_id, task_id, wrong) in DONE
    with store.reading() as connection:
        kept = incident(connection, incident_id)
        assert (kept["status"], kept["false_alarm_label"]) == ("closed", "animal")
    assert move(incident_id, task_id, {"step": "urge"}) == 409
    assert move(incident_id, task_id, {"step": "reopen", "note": "又出现"}) in DONE
    with store.reading() as connection:
        kept = incident(connection, incident_id)
        assert (kept["status"], kept["is_false_alarm"], kept["closed_at"]) == (
            "dispatched", False, None,
        )  # fmt: skip
        assert notices(connection, incident_id, moment="reopened")


def test_a_return_without_a_word_is_refused_by_both(store: Store, move: Move) -> None:
    incident_id, task_id = opened(store, *REPORTED)
    assert move(incident_id, task_id, {"step": "return", "note": " "}) == 409


def test_the_page_offers_only_what_may_be_done_now(store: Store, signed_in: SignIn) -> None:
    incident_id, _ = opened(store)
    with store.transaction() as connection:
        close_all(connection, incident_id, NOON + MINUTE)
    shown = signed_in("zhiban").get(f"/incidents/{incident_id}").text
    assert 'value="reopen"' in shown
    assert 'value="urge"' not in shown
    assert 'name="step"' not in signed_in("zhenshui").get(f"/incidents/{incident_id}").text
