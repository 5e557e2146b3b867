"""What guardians are told of food is a text of its own, looked at twice before it goes out."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from central.adapters.store.engine import Store
from central.adapters.store.tables import NOTIFICATION
from central.core.people import Actor
from tests.integration.case_district import ADMIN, DUTY, rows
from tests.unit.central.web.reporting_kit import said

Calling = Callable[[Actor], FlaskClient]
RESULT = "经检测合格，涉事批次已全部下架。"
NOTE = "内部：供货商张某约谈三次"


class Led:
    """A food case whose lead task is played by one officer."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        body = {"site_id": "yuehu", "scenario": "food_safety", "kind": "food_reported",
                "note": "饭菜有异味"}  # fmt: skip
        self.incident_id = said(client.post("/api/v1/incidents", json=body))["incident_id"]
        case = said(client.get(f"/api/v1/incidents/{self.incident_id}"))
        self.task_id = next(t["task_id"] for t in case["tasks"] if t["part"] == "lead")

    def step(self, step: str, client: FlaskClient | None = None, **more: Any) -> Any:
        body = {"step": step, "task_id": self.task_id, **more}
        return (client or self.client).post(
            f"/api/v1/incidents/{self.incident_id}/steps", json=body
        )

    def report(self, **report: Any) -> Any:
        self.step("acknowledge")
        self.step("dispose")
        return self.step("report_back", note=NOTE, report=report)


@pytest.fixture(name="led")
def _led(calling: Calling) -> Led:
    return Led(calling(DUTY))


def to_guardians(store: Store) -> list[str]:
    with store.reading() as connection:
        return [row["text"] for row in rows(connection, NOTIFICATION, audience="guardian")]


def test_the_lead_cannot_report_back_without_a_text_for_guardians(led: Led) -> None:
    answer = led.report()
    assert answer.status_code == 409
    assert "公布给家长的处置结果" in said(answer)["detail"]


def test_nothing_reaches_guardians_before_a_second_person_has_verified(
    store: Store, led: Led, calling: Calling
) -> None:
    assert led.report(public_result=RESULT).status_code == 200
    assert to_guardians(store) == []
    assert led.step("verify").status_code == 403
    assert to_guardians(store) == []
    assert led.step("verify", calling(ADMIN)).status_code == 200
    (text,) = to_guardians(store)
    assert RESULT in text
    assert NOTE not in text
    assert "张某" not in text


def test_a_returned_text_is_not_sent_the_new_one_is(
    store: Store, led: Led, calling: Calling
) -> None:
    led.report(public_result="第一稿，还不准确")
    second = calling(ADMIN)
    assert led.step("return", second, note="请写清批次").status_code == 200
    led.step("dispose")
    led.step("report_back", note=NOTE, report={"public_result": RESULT})
    led.step("verify", second)
    (text,) = to_guardians(store)
    assert RESULT in text
    assert "第一稿" not in text


def test_other_tasks_carry_no_text_for_guardians(calling: Calling) -> None:
    from tests.integration.case_district import SCHOOL  # noqa: PLC0415

    led = Led(calling(DUTY))
    school = calling(SCHOOL)
    case = said(school.get(f"/api/v1/incidents/{led.incident_id}"))
    led.task_id = next(t["task_id"] for t in case["tasks"] if t["unit_code"] == "school:shiyan")
    for step in ("acknowledge", "dispose"):
        led.step(step, school)
    answer = led.step("report_back", school, note="已停供",
                      report={"outcome": "settled", "public_result": "学校自己发布"})  # fmt: skip
    assert answer.status_code == 409
