"""Staff report by hand: on their page and through the API, with photographs, once for each key."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from central.adapters.store.engine import Store
from central.adapters.store.tables import INCIDENT, TIMELINE
from central.core.people import Actor
from tests.integration.case_district import ADMIN, DUTY, MINUTE, SCHOOL, TOWN, rows
from tests.unit.central.web.reporting_kit import picture, said

Calling = Callable[[Actor], FlaskClient]
SignIn = Callable[[str], FlaskClient]


def test_staff_see_and_print_the_code_of_their_places_only(signed_in: SignIn) -> None:
    school = signed_in("anquan")
    assert "/r/yuehu" in school.get("/sites/yuehu/qr").text
    drawn = school.get("/sites/yuehu/qr.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.data.startswith(b"<svg")
    assert school.get("/sites/bare/qr").status_code == 404
    assert school.get("/reports").status_code == 403
    assert signed_in("guanli").get("/sites/bare/qr").status_code == 200


def test_staff_report_on_their_page_with_photos_and_when_it_was(
    store: Store, signed_in: SignIn
) -> None:
    school = signed_in("anquan")
    assert "食品安全问题" in school.get("/report").text
    form = {"site_id": "yuehu", "kind": "vendor_reported", "note": "门口三个摊位",
            "occurred": "2026-11-23T11:30", "key": "page-1",
            "photos": (io.BytesIO(picture()), "a.jpg")}  # fmt: skip
    answer = school.post("/report", data=form)
    assert answer.status_code in {200, 302}
    with store.reading() as connection:
        (case,) = rows(connection, INCIDENT)
        (reported,) = rows(connection, TIMELINE, event="reported")
    assert case["kind"] == "vendor_reported"
    assert case["opened_at"] - case["occurred_at"] == 30 * MINUTE
    assert reported["detail"]["report"]["photos"]
    refused = school.post("/report", data=form | {"site_id": "bare", "key": "page-2",
                                                  "photos": (io.BytesIO(b""), "")})  # fmt: skip
    assert refused.status_code == 403
    assert "门口三个摊位" in refused.text


def test_a_report_by_the_api_brings_photos_its_time_and_counts_once(calling: Calling) -> None:
    town = calling(TOWN)
    photo = town.post("/api/v1/reports/photos", data=picture(), content_type="image/jpeg")
    assert photo.status_code == 201
    body = {"site_id": "yuehu", "scenario": "traffic_hazard", "kind": "manhole_reported",
            "note": "井盖缺失", "occurred_at": "2026-11-23T02:00:00Z",
            "photos": [said(photo)["sha256"]], "idempotency_key": "a-1"}  # fmt: skip
    first = town.post("/api/v1/incidents", json=body)
    assert first.status_code == 201, first.text
    assert town.post("/api/v1/incidents", json=body).json == first.json
    other = town.post("/api/v1/incidents", json=body | {"note": "另一件"})
    assert other.status_code == 409
    assert calling(SCHOOL).post(
        "/api/v1/incidents", json=body | {"idempotency_key": "b"}
    ).status_code == 409  # the photo is another's  # fmt: skip
    case = said(calling(ADMIN).get(f"/api/v1/incidents/{said(first)['incident_id']}"))
    assert case["occurred_at"] == "2026-11-23T02:00:00.000Z"
    assert len(case["evidence"]) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scenario": "food_safety"}, 409),
        ({"kind": "referral_graded", "scenario": "mind_care"}, 409),
        ({"occurred_at": "2027-01-01T00:00:00Z"}, 409),
        ({"occurred_at": "2020-01-01T00:00:00Z"}, 409),
        ({"occurred_at": "yesterday"}, 400),
        ({"photos": ["0" * 64]}, 409),
        ({"idempotency_key": "a b"}, 422),
    ],
)
def test_a_report_that_does_not_fit_is_a_problem_in_words(
    calling: Calling, change: dict[str, object], code: int
) -> None:
    body = {"site_id": "yuehu", "scenario": "traffic_hazard", "kind": "manhole_reported",
            "note": "井盖缺失"}  # fmt: skip
    answer = calling(DUTY).post("/api/v1/incidents", json=body | change)
    assert answer.status_code == code, answer.text
    assert answer.mimetype == "application/problem+json"
