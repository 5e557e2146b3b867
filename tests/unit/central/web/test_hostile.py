"""What somebody sends who looks for faults is answered as a mistake of theirs, never of ours."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from central.core.people import Actor, Role

OFFICER = Actor("token:probe", "probe", Role.DUTY_OFFICER, "edu")


@pytest.fixture
def prober(calling: Callable[[Actor], FlaskClient]) -> FlaskClient:
    return calling(OFFICER)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/incidents?cursor=%00",
        "/api/v1/incidents/a%00b",
        "/api/v1/notifications?incident_id=%00",
        "/api/v1/incidents?since=%00",
        "/api/v1/incidents?limit=99999999999999999999999",
        "/sign-in?next=%00",
    ],
)
def test_an_odd_address_is_a_mistake_of_the_one_who_asks(prober: FlaskClient, path: str) -> None:
    assert 400 <= prober.get(path).status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 100_000,
        b'{"site_id": NaN}',
        b'{"site_id": "a\\u0000b", "scenario": "food_safety", "kind": "device_fault", "note": "x"}',
        b'{"site_id": "pond", "scenario": "food_safety", "kind": "device_fault", "note": "\x00"}',
        b"\xff\xfe",
        b'"' + b"x" * 3_000_000 + b'"',
    ],
)
def test_an_odd_body_is_a_mistake_of_the_one_who_sends(prober: FlaskClient, body: bytes) -> None:
    answer = prober.post("/api/v1/incidents", data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.mimetype == "application/problem+json"
