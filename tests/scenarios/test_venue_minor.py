"""A pupil in a net café: nobody hears of the child before a person has verified it."""

import pytest

from tests.scenarios.children import CHILD, NEIGHBOUR, names_heard
from tests.scenarios.stage import Stage
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def test_a_pupil_in_a_net_cafe_is_verified_then_the_family_hears_and_the_case_is_closed(
    stage: Stage,
) -> None:
    cafe = stage.box("venue-001")
    hit = {"entry_id": CHILD.venue_entry, "similarity": 0.94, "votes": 4, "frames": 7}
    alert = cafe.sees("venue_minor", "minor_match", zone_id="door", matches=[hit])
    incident = cafe.incident_of(alert)
    number = stage["zhiban"].case(incident)["number"]

    stage.mailed("wenhua", number, "请立即签收并处置", "年龄段")
    (seen,) = stage["wenhua"].subjects(incident)
    assert (seen["name"], seen["unit_code"], seen["certainty"]) == (None, None, "hint")
    assert "年龄段" in seen["age_zh"]
    (at_school,) = stage["anquan"].subjects(incident)
    assert (at_school["name"], at_school["class_name"]) == (CHILD.name, "3年级2班")
    assert not stage["jinping"].sees(incident)
    assert names_heard(stage, number) == set()

    stage["wenhua"].takes(incident, "acknowledge")
    stage["wenhua"].takes(incident, "dispose", note="已到场")
    stage["wenhua"].verifies(incident, "confirmed")
    stage["wenhua"].takes(
        incident,
        "report_back",
        note="确有未成年人上网，已责令整改",
        report={"outcome": "confirmed"},
    )

    wait_until(lambda: any("经核实" in text for text in stage.told_family(CHILD, number)), 30,
               f"the family: {stage.providers.zlb.sent}")  # fmt: skip
    stage.mailed("banzhuren", number, "经核实", f"3年级2班 {CHILD.name}")
    assert {"family", "banzhuren"} <= names_heard(stage, number)
    assert names_heard(stage, number) <= {"family", "banzhuren", "anquan"}
    assert stage.told_family(NEIGHBOUR, number) == []

    stage.mailed("anquan", number, "请立即签收并处置")
    stage["anquan"].does_its_part(incident, "已与家长沟通，已开展教育")
    closed = stage["zhiban"].checks_and_closes(incident, "culture", "school:shiyan")
    assert closed["status"] == "closed"
    wait_until(lambda: any("已办结" in text for text in stage.told_family(CHILD, number)), 30,
               "the end")  # fmt: skip

    assert stage["jiancha"].case(incident)["status"] == "closed"
    listed = stage["jiancha"].get("statistics/repeat-venues", least=1)["items"]
    assert [one["site_id"] for one in listed] == ["langyu"]
    assert names_heard(stage, number) <= {"family", "banzhuren", "anquan"}


def test_a_match_that_was_somebody_else_reaches_no_family(stage: Stage) -> None:
    cafe = stage.box("venue-001")
    hit = {"entry_id": CHILD.venue_entry, "similarity": 0.91, "votes": 3, "frames": 7}
    alert = cafe.sees("venue_minor", "minor_match", zone_id="bar", matches=[hit])
    incident = cafe.incident_of(alert)
    number = stage["zhiban"].case(incident)["number"]
    stage.mailed("wenhua", number, "请立即签收并处置")
    stage["wenhua"].does_its_part(incident, "不是未成年人", report={"outcome": "not_a_minor"})
    (found,) = stage["wenhua"].subjects(incident)
    assert (found["certainty"], found["finding"]) == ("rejected", "not_the_person")
    closed = stage["zhiban"].checks_and_closes(incident, "culture")
    assert closed["status"] == "closed"
    stage.mailed("wenhua", number, "已办结")
    assert stage.told_family(CHILD, number) == []
    assert names_heard(stage, number) == set()
    counted = stage["zhiban"].get("statistics/false-matches")["items"]
    wrong = {one["device_id"]: one["false_matches"] for one in counted}
    assert wrong["venue-001"] >= 1
