"""What the API's description says of methods, lists and alternatives is so."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.core.people import Actor
from central.web.uploads import LIST, MOST_LIST_BYTES
from tests.integration.case_district import DUTY, SCHOOL

Calling = Callable[[Actor], FlaskClient]

AN_ID = "0190a1b2-0000-7000-8000-000000000000"
IMPLICIT = {"HEAD", "OPTIONS"}
LETTER = "\U00020bb7"
"""No other letter is longer in JSON: twelve bytes, where it is escaped."""


def described(client: FlaskClient) -> dict[str, Any]:
    found = client.get("/api/v1/openapi.json").json
    assert isinstance(found, dict)
    return found


def named(header: str | None) -> set[str]:
    return set(re.split(r",\s*", header or "")) - IMPLICIT


def test_each_address_names_the_methods_that_are_described_of_it(calling: Calling) -> None:
    client = calling(DUTY)
    paths = {re.sub(r"\{\w+\}", AN_ID, path): {one.upper() for one in operations}
             for path, operations in described(client)["paths"].items()}  # fmt: skip
    assert len(paths) > 50
    assert {path: named(client.options(path).headers["Allow"]) for path in paths} == paths
    refused = {path: client.patch(path) for path in paths}
    assert {answer.status_code for answer in refused.values()} == {405}
    assert {path: named(answer.headers["Allow"]) for path, answer in refused.items()} == paths


CARD = {"school_no": LETTER * 32, "card": "a" * 64}
MARK = {"pupil_id": LETTER * 64, "state": "present"}
ASSESSED = {"school_no": LETTER * 32, "name": LETTER * 40, "class_name": LETTER * 40,
            "instrument": LETTER * 60, "band": "attention"}  # fmt: skip
LONGEST: dict[str, dict[str, Any]] = {
    "/api/v1/care/assessments": {"unit_code": LETTER * 64, "rows": [ASSESSED] * 5000},
    "/api/v1/boarding/none/cards": {"cards": [CARD] * 2000},
    "/api/v1/boarding/none/roll-calls": {"roll_call_id": LETTER * 64, "marks": [MARK] * 2000},
}


@pytest.mark.parametrize("path", LONGEST)
def test_the_longest_list_that_is_described_is_read(calling: Calling, path: str) -> None:
    client, body = calling(DUTY), LONGEST[path]
    assert client.post(path, json=body).status_code in {403, 409}
    one_more = {name: [*value, value[0]] if isinstance(value, list) else value
                for name, value in body.items()}  # fmt: skip
    assert client.post(path, json=one_more).status_code == 422


def test_what_is_longer_than_any_list_is_refused_unread(app: APIFlask, calling: Calling) -> None:
    ends = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert ends >= LIST
    text = json.dumps({"cards": "x" * MOST_LIST_BYTES})
    answer = calling(DUTY).post("/api/v1/boarding/none/cards", data=text,
                                content_type="application/json")  # fmt: skip
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [
    {}, {"pupil_id": "a", "school_no": "b"}, {"pupil_id": "a", "school_no": ""},
    {"pupil_id": ""}, {"school_no": None},
])  # fmt: skip
def test_a_pupil_is_named_in_exactly_one_way(calling: Calling, body: dict[str, Any]) -> None:
    assert calling(SCHOOL).post("/api/v1/incidents/x/subjects", json=body).status_code == 422


def test_the_one_way_to_name_a_pupil_is_described(calling: Calling) -> None:
    schemas = described(calling(DUTY))["components"]["schemas"]
    ways = schemas["NamingWanted"]["oneOf"]
    assert [one["required"] for one in ways] == [["pupil_id"], ["school_no"]]
    assert all(not one["additionalProperties"] for one in ways)
