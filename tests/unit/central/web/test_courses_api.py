"""A school books a course, moves or cancels it, reports how many came; coverage follows."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from central.adapters.store import bookings
from central.adapters.store.engine import Store
from central.adapters.store.tables import DEADLINE, INCIDENT, NOTIFICATION, TASK
from central.core.courses import ServicePoint
from central.core.local_time import to_ms
from central.core.people import Actor, Role
from tests.integration.case_district import DUTY, SCHOOL, TOWN, add_person, rows
from tests.unit.central.web.reporting_kit import picture, said

Calling = Callable[[Actor], FlaskClient]
SignIn = Callable[[str], FlaskClient]
YOUTH = Actor("account:tuanwei", "团区委 方晴", Role.UNIT_OFFICER, "youth")
WISH = {"unit_code": "school:shiyan", "course_code": "FZ-02", "class_name": "四年级（2）班",
        "starts_at": "2026-12-10T06:00:00Z", "expected": 42}  # fmt: skip


@pytest.fixture(name="calling")
def _calling(store: Store, calling: Calling) -> Calling:
    with store.transaction() as connection:
        add_person(connection, YOUTH)
    return calling


def booked(client: FlaskClient, **changes: Any) -> str:
    answer = client.post("/api/v1/bookings", json=WISH | changes)
    assert answer.status_code == 201, answer.text
    return str(said(answer)["booking_id"])


def the_booking(client: FlaskClient) -> dict[str, Any]:
    (one,) = said(client.get("/api/v1/bookings"))["items"]
    return dict(one)


def test_a_booking_opens_a_case_for_school_and_lecturer_and_says_what_it_is(
    store: Store, calling: Calling
) -> None:
    booked(calling(SCHOOL))
    with store.reading() as connection:
        (case,) = rows(connection, INCIDENT)
        assert {task["unit_code"] for task in rows(connection, TASK)} == {"school:shiyan", "youth"}
        texts = [row["text"] for row in rows(connection, NOTIFICATION)
                 if row["recipient"] == YOUTH.actor_id]  # fmt: skip
    assert case["kind"] == "course_booked"
    assert any("《未成年人保护法六大保护》2026-12-10 14:00，四年级（2）班，预计 42 人" in one
               for one in texts)  # fmt: skip


def test_nothing_is_late_before_the_day_of_the_course(store: Store, calling: Calling) -> None:
    booked(calling(SCHOOL), starts_at="2027-05-10T06:00:00Z")
    with store.reading() as connection:
        waits = rows(connection, DEADLINE)
    starts = to_ms_of("2027-05-10T06:00:00+00:00")
    assert all(w["next_due_at"] > starts for w in waits if w["waits_for"] != "acknowledge")
    assert all(w["next_due_at"] < starts for w in waits if w["waits_for"] == "acknowledge")


def to_ms_of(text: str) -> int:
    from datetime import datetime  # noqa: PLC0415

    return to_ms(datetime.fromisoformat(text))


def test_moved_or_cancelled_everybody_who_takes_part_is_told(
    store: Store, calling: Calling
) -> None:
    school = calling(SCHOOL)
    booking_id = booked(school)
    moved = school.post(f"/api/v1/bookings/{booking_id}/move",
                        json={"starts_at": "2026-12-17T06:00:00Z"})  # fmt: skip
    assert moved.status_code == 200, moved.text
    with store.reading() as connection:
        told = rows(connection, NOTIFICATION, moment="changed")
    assert {row["recipient"] for row in told} >= {YOUTH.actor_id, SCHOOL.actor_id}
    assert all("2026-12-17 14:00" in row["text"] for row in told)
    with store.transaction() as connection:
        connection.execute(update(NOTIFICATION).values(state="sent"))
    cancelled = school.post(f"/api/v1/bookings/{booking_id}/cancel", json={"why": "运动会"})
    assert cancelled.status_code == 200
    with store.reading() as connection:
        (case,) = rows(connection, INCIDENT)
        over = rows(connection, NOTIFICATION, moment="over")
        assert all(row["next_due_at"] is None for row in rows(connection, DEADLINE))
    assert case["status"] == "closed"
    assert any("课程取消（运动会）" in row["text"] for row in over)
    again = school.post(f"/api/v1/bookings/{booking_id}/cancel", json={})
    assert again.status_code == 409
    assert the_booking(school)["state"] == "cancelled"


def test_how_many_came_is_reported_with_a_photo_and_counts_in_coverage(calling: Calling) -> None:
    school, office = calling(SCHOOL), calling(DUTY)
    booked(school)
    incident_id = the_booking(school)["incident_id"]
    task = next(t for t in said(school.get(f"/api/v1/incidents/{incident_id}"))["tasks"]
                if t["unit_code"] == "school:shiyan")  # fmt: skip
    steps = f"/api/v1/incidents/{incident_id}/steps"
    photo = school.post(f"/api/v1/incidents/{incident_id}/photos", data=picture(),
                        content_type="image/jpeg")  # fmt: skip
    for step in ("acknowledge", "dispose"):
        school.post(steps, json={"step": step, "task_id": task["task_id"]})
    report = {"step": "report_back", "task_id": task["task_id"], "note": "课已上完",
              "report": {"photos": [said(photo)["sha256"]]}}  # fmt: skip
    refused = school.post(steps, json=report)
    assert refused.status_code == 409
    assert "到课人数" in said(refused)["detail"]
    report["report"] = {"photos": [said(photo)["sha256"]], "attended": 40}
    assert school.post(steps, json=report).status_code == 200
    assert (the_booking(school)["state"], the_booking(school)["attended"]) == ("held", 40)
    counts = said(office.get("/api/v1/statistics/courses"))
    assert counts["term"] == "2026-1"
    assert counts["schools"]["numerator"] == 1
    assert counts["courses"] == {"numerator": 1, "denominator": 90}
    assert counts["by_school"]["school:shiyan"]["pupils"] == 40
    assert counts["by_course"]["FZ-02"]["numerator"] == 1
    other = said(office.get("/api/v1/statistics/courses", query_string={"term": "2025-2"}))
    assert other["pupils"] == 0


@pytest.mark.parametrize(
    ("actor", "change", "status"),
    [
        (SCHOOL, {"unit_code": "school:other"}, 403),
        (TOWN, {}, 403),
        (SCHOOL, {"course_code": "XX-99"}, 404),
        (SCHOOL, {"point_id": "nowhere"}, 404),
        (SCHOOL, {"starts_at": "2026-11-01T06:00:00Z"}, 409),
        (SCHOOL, {"starts_at": "2029-11-01T06:00:00Z"}, 409),
        (SCHOOL, {"expected": 0}, 422),
    ],
)
def test_a_booking_that_does_not_fit_is_refused_in_words(
    calling: Calling, actor: Actor, change: dict[str, Any], status: int
) -> None:
    answer = calling(actor).post("/api/v1/bookings", json=WISH | change)
    assert answer.status_code == status, answer.text


def test_a_class_is_not_booked_twice_at_once_and_a_service_point_may_be_named(
    store: Store, calling: Calling
) -> None:
    point = ServicePoint(point_id="yong-1", name_zh="甬爱e家", town_code="town:yuelin")
    with store.transaction() as connection:
        bookings.replace_points(connection, [point], 0)
    school = calling(SCHOOL)
    booked(school, point_id="yong-1")
    assert the_booking(school)["point_name"] == "甬爱e家"
    assert school.post("/api/v1/bookings", json=WISH | {"course_code": "FZ-03"}).status_code == 409
    listed = said(school.get("/api/v1/service-points", query_string={"town": "town:yuelin"}))
    assert [one["point_id"] for one in listed["items"]] == ["yong-1"]


def test_a_district_replaces_the_sample_menu_by_its_own(store: Store, calling: Calling) -> None:
    school = calling(SCHOOL)
    assert said(school.get("/api/v1/courses"))["is_sample"]
    from central.adapters.menu import read_courses  # noqa: PLC0415

    content = "code,category,title_zh\nFZ-01,law,本区法治课\n".encode()
    own = read_courses(content, "m.csv")
    with store.transaction() as connection:
        bookings.replace_menu(connection, own, 0)
    menu = said(school.get("/api/v1/courses"))
    assert not menu["is_sample"]
    assert [one["title_zh"] for one in menu["items"]] == ["本区法治课"]


def test_the_page_shows_the_menu_books_and_says_what_is_wrong(signed_in: SignIn) -> None:
    school = signed_in("anquan")
    assert "示例课名" in school.get("/courses").text
    form = {"unit_code": "school:shiyan", "course_code": "FZ-02", "class_name": "四（2）",
            "starts": "2026-12-10T14:00", "expected": "42"}  # fmt: skip
    assert school.post("/courses", data=form).status_code == 302
    assert "四（2）" in school.get("/courses").text
    wrong = school.post("/courses", data=form)
    assert wrong.status_code == 409
    assert "该班级此时已有课程" in wrong.text


def test_a_plan_is_kept_by_version_and_not_over_anothers(
    calling: Calling, signed_in: SignIn
) -> None:
    measure = {"measure": "staggered", "how": "分年级错时十分钟", "who": "教导处"}
    plan = {"problem": "放学时校门前机动车停满", "measures": [measure]}
    school, office = calling(SCHOOL), calling(DUTY)
    address = "/api/v1/plans/school:shiyan"
    assert school.post(address, json={"plan": plan, "base": 0}).status_code == 201
    clash = office.post(address, json={"plan": plan, "base": 0})
    assert clash.status_code == 409
    second = office.post(address, json={"plan": plan, "base": 1, "note": "加派警力"})
    assert said(second) == {"version": 2}
    versions = [one["version"] for one in said(school.get(address))["items"]]
    assert versions == [2, 1]
    assert calling(TOWN).post(address, json={"plan": plan, "base": 2}).status_code == 403
    page = signed_in("anquan").get("/plans/school:shiyan").text
    assert "分年级错时十分钟" in page
    form = {
        "base": "2",
        "problem": "仍然拥堵",
        "how-parking": "启用临时停车场",
        "who-parking": "总务处",
    }
    assert signed_in("anquan").post("/plans/school:shiyan", data=form).status_code == 302
    assert signed_in("anquan").post("/plans/school:shiyan", data={"base": "3"}).status_code == 400
