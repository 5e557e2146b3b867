"""Four times 100 % by school, from heartbeats: once in effect, and nothing made up."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store import directory
from central.adapters.store.engine import Store
from central.adapters.store.schema.duties import DUTY_DAY
from central.adapters.store.tables import INCIDENT, SITE
from central.core.people import Actor
from central.incidents import take_alert
from central.reception import Reception
from contract.messages import DutyShare, Heartbeat
from contract.topics import Up, up
from tests.integration.case_district import (
    AUDITOR,
    DUTY,
    NOON,
    SCHOOL,
    TOWN,
    add_site,
    an_alert,
    rows,
)

Calling = Callable[[Actor], FlaskClient]
PATH = "/api/v1/statistics/four-100"
MONDAY = "2026-11-23"
RELATIONS = {"town": "town:yuelin", "school": "school:shiyan", "station": "station:yuelin"}
FIVE = ("campus_closed", "guard_on_post", "escort_post", "alarm_works", "video_works")


@pytest.fixture
def gates(app: APIFlask, store: Store) -> Store:
    assert app
    with store.transaction() as connection:
        directory.add_unit(connection, "school:jinping", "锦屏中学")
        for name in ("shiyan", "jinping"):
            add_site(connection, f"{name}-gate", "正门", RELATIONS | {"school": f"school:{name}"})
            device = {"device_id": f"gate-{name}", "site_id": f"{name}-gate", "profile": "gate",
                      "created_at": 0}  # fmt: skip
            directory.add_device(connection, device)
        connection.execute(update(SITE).where(SITE.c.site_id.like("%-gate")).values(kind="gate"))
    return store


def beat(store: Store, evidence: EvidenceFiles, *shares: DutyShare, at_ms: int = NOON,
         device_id: str = "gate-shiyan") -> None:  # fmt: skip
    said = Heartbeat(
        device_id=device_id, boot_id="b", at=datetime.fromtimestamp(at_ms / 1000, UTC),
        uptime_s=1, outbox_depth=0, duties=shares,
    )  # fmt: skip
    with store.transaction() as connection:
        body = said.model_dump_json().encode()
        Reception(evidence).take(connection, up(device_id, Up.HEARTBEAT), body, NOON)


def share(duty: str, numerator: float, denominator: float = 100, day: str = MONDAY) -> DutyShare:
    return DutyShare(duty=duty, day=day, numerator=numerator, denominator=denominator, unit="s")


def asked(client: FlaskClient, day: str = MONDAY) -> Any:
    return client.get(PATH, query_string={"since": day, "until": day}).json


def said(answer: Any) -> Any:
    return answer.json


def four(answer: Any, school: str = "school:shiyan") -> dict[str, Any]:
    (one,) = [one for one in answer["schools"] if one["school_code"] == school]
    return {quarter["code"]: quarter for quarter in one["shares"]}


def test_a_later_heartbeat_replaces_an_earlier_one_and_an_older_changes_nothing(
    gates: Store, evidence: EvidenceFiles, calling: Calling
) -> None:
    beat(gates, evidence, share("guard_on_post", 50), at_ms=NOON - 60_000)
    beat(gates, evidence, share("guard_on_post", 90), at_ms=NOON)
    for _ in range(3):
        beat(gates, evidence, share("guard_on_post", 10), at_ms=NOON - 90_000)
    (part,) = four(asked(calling(DUTY)))["guard_on_post"]["parts"]
    assert (part["numerator"], part["denominator"], part["share"]) == (90, 100, 0.9)


def test_a_school_without_figures_is_missing_and_never_100(
    gates: Store, evidence: EvidenceFiles, calling: Calling
) -> None:
    beat(gates, evidence, *(share(duty, 100) for duty in FIVE))
    answer = asked(calling(DUTY))
    assert [quarter["is_met"] for quarter in four(answer).values()] == [True] * 4
    assert answer["missing"] == ["school:jinping"]
    bare = four(answer, "school:jinping")
    assert [(quarter["share"], quarter["is_met"]) for quarter in bare.values()] == [
        (None, False)
    ] * 4
    assert [quarter["is_met"] for quarter in answer["district"]] == [False] * 4


def test_a_day_that_is_none_of_the_schools_and_days_to_come_are_not_expected(
    gates: Store, calling: Calling
) -> None:
    assert gates
    client = calling(DUTY)
    assert asked(client, "2026-11-22")["school_days"] == 0
    assert asked(client, "2026-12-23")["school_days"] == 0
    assert asked(client)["school_days"] == 1


def test_a_clock_that_is_years_off_fills_nothing(gates: Store, evidence: EvidenceFiles) -> None:
    beat(gates, evidence, share("guard_on_post", 1, day="2001-01-01"), share("mood", 1))
    with gates.reading() as connection:
        assert rows(connection, DUTY_DAY) == []


def test_schools_with_repeated_problems_are_listed_for_coaching(
    gates: Store, calling: Calling
) -> None:
    with gates.transaction() as connection:
        for seq, kind in enumerate(("gate_open", "guard_absent", "gate_open", "button_pressed"), 1):
            alert = an_alert(seq, NOON, device_id="gate-shiyan", scenario="campus_four_100",
                             kind=kind, zone_id=f"z{seq}", alert_id=f"a{seq}")  # fmt: skip
            take_alert(connection, alert, NOON)
    client = calling(DUTY)
    (one,) = said(client.get(f"{PATH}/problem-schools"))["items"]
    assert (one["school_code"], one["problems"]) == ("school:shiyan", 3)
    assert one["by_kind"] == {"gate_open": 2, "guard_absent": 1}
    stricter: Any = client.get(f"{PATH}/problem-schools", query_string={"problems": 4})
    assert stricter.json["items"] == []
    with gates.transaction() as connection:
        connection.execute(update(INCIDENT).values(is_false_alarm=True))
    assert said(client.get(f"{PATH}/problem-schools"))["items"] == []


def test_a_school_sees_its_own_and_others_none(gates: Store, calling: Calling) -> None:
    assert gates
    own = asked(calling(SCHOOL))
    assert [one["school_code"] for one in own["schools"]] == ["school:shiyan"]
    for who in (TOWN, AUDITOR):
        assert calling(who).get(PATH).status_code == 403


@pytest.mark.parametrize(
    "query", [{"since": "2026-13-01"}, {"since": "2026-11-24", "until": MONDAY},
              {"since": "2024-01-01", "until": MONDAY}, {"since": "x"}],
)  # fmt: skip
def test_days_that_make_no_sense_are_refused(
    gates: Store, calling: Calling, query: dict[str, str]
) -> None:
    assert gates
    assert calling(DUTY).get(PATH, query_string=query).status_code in {409, 422}
