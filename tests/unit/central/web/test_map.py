"""Nobody sees on the map what they may not see on the board; what is on it is on the table too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.maps.archive import about
from central.adapters.store import geography
from central.adapters.store.engine import Store
from central.adapters.store.tables import INCIDENT, SITE
from central.core.labels import Label
from central.core.people import Actor
from central.incidents import Step, take_alert
from central.web.app import create_app
from tests.browser.served import settings
from tests.integration.case_district import (
    AUDITOR,
    DUTY,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    TOWN,
    an_alert,
    open_one,
    step,
)

Calling = Callable[[Actor], FlaskClient]
YARD = [(121.405, 29.654), (121.407, 29.654), (121.407, 29.656), (121.405, 29.656)]


@pytest.fixture
def placed(app: APIFlask, store: Store) -> Store:
    assert app
    with store.transaction() as connection:
        geography.put_point(connection, "yuehu", 29.65, 121.41)
        geography.put_boundary(connection, "school:shiyan", YARD, 0)
    return store


def features(client: FlaskClient, **query: str) -> dict[str, list[dict[str, Any]]]:
    answer: Any = client.get("/api/v1/map", query_string=query)
    assert answer.status_code == 200
    assert answer.json["type"] == "FeatureCollection"
    found: dict[str, list[dict[str, Any]]] = {}
    for one in answer.json["features"]:
        found.setdefault(one["properties"]["layer"], []).append(one)
    return found


def test_an_open_case_stands_at_its_place_and_a_closed_one_is_gone(
    placed: Store, calling: Calling
) -> None:
    with placed.transaction() as connection:
        incident_id = open_one(connection)
    client = calling(DUTY)
    (one,) = features(client)["incidents"]
    assert one["id"] == incident_id
    assert one["geometry"] == {"type": "Point", "coordinates": [121.41, 29.65]}
    with placed.transaction() as connection:
        connection.execute(update(INCIDENT).values(status="closed"))
    assert "incidents" not in features(client)


def test_nobody_sees_a_mark_of_a_case_that_is_not_theirs(placed: Store, calling: Calling) -> None:
    with placed.transaction() as connection:
        open_one(connection)
    assert len(features(calling(TOWN))["incidents"]) == 1
    assert features(calling(OTHER_TOWN)).get("incidents") is None
    assert features(calling(AUDITOR)).get("incidents") is None


@pytest.mark.parametrize("scenario", ["mind_care", "boarding_absence"])
def test_mind_care_and_boarders_are_on_no_map_not_even_the_offices(
    placed: Store, calling: Calling, scenario: str
) -> None:
    with placed.transaction() as connection:
        open_one(connection)
        connection.execute(update(INCIDENT).values(scenario=scenario))
    assert "incidents" not in features(calling(DUTY))


def test_a_dormitory_is_no_place_of_the_map(placed: Store, calling: Calling) -> None:
    with placed.transaction() as connection:
        open_one(connection)
        connection.execute(update(SITE).where(SITE.c.site_id == "yuehu").values(kind="dormitory"))
    found = features(calling(DUTY))
    assert [one["id"] for one in found["sites"]] == ["bare"]
    assert "incidents" not in found


def test_devices_are_marked_for_those_who_look_after_them_only(
    placed: Store, calling: Calling
) -> None:
    assert placed
    assert {one["id"] for one in features(calling(DUTY))["devices"]} >= {"water-001", "water-002"}
    assert "devices" not in features(calling(TOWN))


def test_a_school_has_its_boundary_and_the_ring_of_a_hundred_metres(
    placed: Store, calling: Calling
) -> None:
    assert placed
    for who in (DUTY, SCHOOL, TOWN):
        boundary, ring = features(calling(who), layer="schools")["schools"]
        assert boundary["geometry"]["coordinates"][0][0] == list(YARD[0])
        assert ring["properties"]["metres"] == 100.0
    assert features(calling(OTHER_TOWN), layer="schools") == {}


def test_hot_spots_count_what_really_happened_by_hour(placed: Store, calling: Calling) -> None:
    with placed.transaction() as connection:
        for seq in range(1, 4):
            take_alert(connection, an_alert(seq, NOON, zone_id=f"z{seq}"), NOON)
        take_alert(connection, an_alert(4, NOON, zone_id="z4", is_drill=True), NOON)
        mistaken = take_alert(connection, an_alert(5, NOON, zone_id="z5"), NOON).incident_id
        step(connection, DUTY, mistaken, Step.FALSE_ALARM, NOON, unit=TOWN.unit_code,
             label=Label.ANIMAL)  # fmt: skip
    client = calling(DUTY)
    (one,) = features(client, layer="hot_spots")["hot_spots"]
    assert one["properties"]["by_hour"] == {"12": 3}
    assert one["properties"]["peak_count"] == 3
    assert "hot_spots" in features(calling(TOWN), layer="hot_spots")
    assert features(calling(OTHER_TOWN), layer="hot_spots") == {}


def test_one_place_is_asked_for_with_its_own_school(placed: Store, calling: Calling) -> None:
    assert placed
    client = calling(DUTY)
    found = features(client, site_id="yuehu")
    assert [one["id"] for one in found["sites"]] == ["yuehu"]
    assert len(found["schools"]) == 2
    assert features(client, site_id="bare", layer="schools") == {}
    assert features(client, site_id="nowhere") == {}


def test_the_table_says_what_the_map_shows(
    placed: Store, signed_in: Callable[[str], FlaskClient]
) -> None:
    with placed.transaction() as connection:
        open_one(connection)
    page = signed_in("zhiban").get("/map").text
    assert 'id="place-yuehu"' in page
    assert 'data-lon="121.41"' in page
    assert "长时间停留" in page
    assert "未登记坐标" in page
    assert "uri.amap.com" in page
    assert "style=" not in page
    other = signed_in("biechu").get("/map/part").text
    assert "长时间停留" not in other


def test_layers_that_are_off_are_not_read(
    placed: Store, signed_in: Callable[[str], FlaskClient]
) -> None:
    with placed.transaction() as connection:
        open_one(connection)
    client = signed_in("zhiban")
    assert "长时间停留" not in client.get("/map/part?layers=sites").text
    assert "没有可显示的内容" in client.get("/map/part?layers=").text


def test_a_base_map_is_given_in_ranges_and_a_damaged_one_is_none(
    placed: Store, tmp_path: Path, evidence: EvidenceFiles
) -> None:
    file = tmp_path / "base.pmtiles"
    app = create_app(placed, settings(evidence, base_map=file))
    assert app.test_client().get("/map/base.pmtiles").status_code == 302
    assert about(file) is None
    file.write_bytes(b"PMTiles no more")
    assert about(file) is None
