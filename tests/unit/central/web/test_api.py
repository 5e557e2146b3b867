"""What programs may ask, what they are told, and what they never see."""

from collections.abc import Callable
from datetime import datetime

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT, INCIDENT_COPY
from central.core.people import Actor
from tests.integration.case_district import (
    AUDITOR,
    DUTY,
    MINUTE,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    STATION,
    TOWN,
    open_one,
    rows,
    task_of,
)

Calling = Callable[[Actor], FlaskClient]


def opened(store: Store, seq: int = 1, at_ms: int = NOON) -> str:
    with store.transaction() as connection:
        return open_one(connection, at_ms, seq)


def test_the_list_is_newest_first_and_goes_on_where_it_ended(
    store: Store, calling: Calling
) -> None:
    ids = [opened(store, seq, NOON + seq * 10 * MINUTE) for seq in (1, 2, 3)]
    duty = calling(DUTY)
    first = duty.get("/api/v1/incidents?limit=2").json
    assert first
    assert [item["incident_id"] for item in first["items"]] == [ids[2], ids[1]]
    second = duty.get("/api/v1/incidents", query_string={"before": first["next"]}).json
    assert second
    assert [item["incident_id"] for item in second["items"]] == [ids[0]]
    assert second["next"] is None


def test_one_incident_tells_alerts_tasks_story_and_evidence(store: Store, calling: Calling) -> None:
    incident_id = opened(store)
    case = calling(DUTY).get(f"/api/v1/incidents/{incident_id}").json
    assert case
    assert case["number"].startswith("HX20261123-")
    alert = case["alerts"][0]
    assert (alert["kind"], alert["zone_id"], alert["people"]) == ("overstay", "edge", 2)
    assert alert["occurred_at"] == "2026-11-23T04:00:00.000Z"
    assert datetime.fromisoformat(alert["received_at"]).tzinfo
    assert [(task["unit_code"], task["part"], task["status"]) for task in case["tasks"]] == [
        ("town:yuelin", "lead", "dispatched"),
        ("school:shiyan", "joint", "dispatched"),
    ]
    assert case["timeline"][0]["at"].endswith("Z")
    assert {copy["unit_code"] for copy in case["copies"]} == {"edu", "police"}


@pytest.mark.parametrize(
    ("actor", "status"),
    [(DUTY, 200), (TOWN, 200), (SCHOOL, 200), (OTHER_TOWN, 404), (STATION, 404), (AUDITOR, 404)],
)
def test_an_incident_outside_ones_scope_is_not_there(
    store: Store, calling: Calling, actor: Actor, status: int
) -> None:
    incident_id = opened(store)
    caller = calling(actor)
    for path in (
        f"/api/v1/incidents/{incident_id}",
        f"/api/v1/incidents/{incident_id}/evidence/{'0' * 64}",
    ):
        assert caller.get(path).status_code in {status, 404}
    assert caller.get(f"/api/v1/incidents/{incident_id}").status_code == status
    listed = caller.get("/api/v1/incidents").json
    assert listed
    assert len(listed["items"]) == (1 if status == 200 else 0)
    told = caller.get(f"/api/v1/notifications?incident_id={incident_id}").json
    assert told
    assert bool(told["items"]) == (status == 200)


def test_a_step_is_taken_back_once_by_whoever_took_it(store: Store, calling: Calling) -> None:
    with store.transaction() as connection:
        incident_id = open_one(connection)
        task_id = task_of(connection, incident_id, "town:yuelin")
    path, body = f"/api/v1/incidents/{incident_id}", {"task_id": task_id}
    town = calling(TOWN)
    assert town.post(f"{path}/undo", json=body).status_code == 409  # nothing was done yet
    assert town.post(f"{path}/steps", json=body | {"step": "acknowledge"}).status_code == 200
    assert calling(OTHER_TOWN).post(f"{path}/undo", json=body).status_code == 404
    assert calling(DUTY).post(f"{path}/undo", json=body).status_code == 409
    answer = town.post(f"{path}/undo", json=body)
    (task,) = (one for one in answer.get_json()["tasks"] if one["task_id"] == task_id)
    assert (answer.status_code, task["status"]) == (200, "dispatched")
    assert "acknowledge" in task["steps"]
    assert town.post(f"{path}/undo", json=body).status_code == 409


def test_a_step_is_taken_and_the_answer_shows_it(store: Store, calling: Calling) -> None:
    incident_id = opened(store)
    with store.reading() as connection:
        task_id = task_of(connection, incident_id, TOWN.unit_code)
    body = {"task_id": task_id, "step": "acknowledge"}
    answer = calling(TOWN).post(f"/api/v1/incidents/{incident_id}/steps", json=body)
    assert answer.status_code == 200
    assert answer.json
    assert answer.json["tasks"][0]["status"] == "acknowledged"
    assert "dispose" in answer.json["tasks"][0]["steps"]


def test_without_a_task_the_only_one_that_fits_is_meant(store: Store, calling: Calling) -> None:
    incident_id = opened(store)
    path = f"/api/v1/incidents/{incident_id}/steps"
    assert calling(SCHOOL).post(path, json={"step": "acknowledge"}).status_code == 200
    assert calling(DUTY).post(path, json={"step": "urge"}).status_code == 404


@pytest.mark.parametrize(
    ("actor", "body", "status"),
    [
        (DUTY, {"step": "acknowledge"}, 403),
        (TOWN, {"step": "dispose"}, 409),
        (TOWN, {"step": "dance"}, 422),
        (TOWN, {"step": "acknowledge", "hat": 1}, 422),
        (OTHER_TOWN, {"step": "acknowledge"}, 404),
    ],
)
def test_what_cannot_be_done_is_a_problem_in_words(
    store: Store, calling: Calling, actor: Actor, body: dict[str, object], status: int
) -> None:
    incident_id = opened(store)
    with store.reading() as connection:
        task_id = task_of(connection, incident_id, TOWN.unit_code)
    answer = calling(actor).post(
        f"/api/v1/incidents/{incident_id}/steps", json=body | {"task_id": task_id}
    )
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json
    assert answer.json["status"] == status
    assert answer.json["detail"]


def test_a_person_can_report_what_they_saw(calling: Calling) -> None:
    body = {"site_id": "yuehu", "scenario": "drowning_risk", "kind": "overstay", "note": "两个孩子"}
    duty = calling(DUTY)
    answer = duty.post("/api/v1/incidents", json=body)
    assert answer.status_code == 201
    assert answer.json
    incident_id = answer.json["incident_id"]
    assert duty.get(f"/api/v1/incidents/{incident_id}").status_code == 200


def test_every_look_is_kept_and_one_that_goes_on_is_kept_once(
    store: Store, calling: Calling, clock: list[int]
) -> None:
    incident_id = opened(store)
    town = calling(TOWN)
    for _ in range(3):
        town.get(f"/api/v1/incidents/{incident_id}")
    clock[0] += 11 * MINUTE
    town.get(f"/api/v1/incidents/{incident_id}")
    with store.reading() as connection:
        looks = rows(connection, AUDIT, action="look")
    assert [look["at"] for look in looks] == [NOON, NOON + 11 * MINUTE]


def test_the_first_look_of_a_copied_unit_is_its_receipt(store: Store, calling: Calling) -> None:
    incident_id = opened(store)
    calling(DUTY).get(f"/api/v1/incidents/{incident_id}")
    with store.reading() as connection:
        (copy,) = rows(connection, INCIDENT_COPY, incident_id=incident_id, unit_code="edu")
    assert (copy["read_at"], copy["read_by"]) == (NOON, DUTY.name)


def test_the_audit_log_is_the_auditors_alone(store: Store, calling: Calling) -> None:
    opened(store)
    assert calling(DUTY).get("/api/v1/audit").status_code == 403
    listed = calling(AUDITOR).get("/api/v1/audit").json
    assert listed
    assert listed["items"][0]["action"] == "look"


def test_statistics_count_by_hour_of_the_district(store: Store, calling: Calling) -> None:
    opened(store)
    found = calling(DUTY).get("/api/v1/statistics?since=2026-11-23T00:00:00Z").json
    assert found
    assert found["by_hour"] == {"12": 1}
    assert found["by_kind"] == {"overstay": 1}


def test_sites_and_devices_are_listed(calling: Calling) -> None:
    duty = calling(DUTY)
    sites, devices = duty.get("/api/v1/sites").json, duty.get("/api/v1/devices").json
    assert sites
    assert {site["site_id"] for site in sites["items"]} == {"yuehu", "bare"}
    assert devices
    assert len(devices["items"]) == 3
    assert calling(TOWN).get("/api/v1/devices").status_code == 403


def test_the_document_describes_every_path(app: APIFlask) -> None:
    spec = app.test_client().get("/api/v1/openapi.json").json
    assert spec
    assert spec["openapi"].startswith("3.1")
    assert spec["security"] == [{"bearer": []}]
    rules = [str(rule) for rule in app.url_map.iter_rules()]
    routes = {rule.replace("<uuid:", "<") for rule in rules if rule.startswith("/api/v1/")}
    described = {path.replace("{", "<").replace("}", ">") for path in spec["paths"]}
    assert routes - described == {"/api/v1/openapi.json"}
