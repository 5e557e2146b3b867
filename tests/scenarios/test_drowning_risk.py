"""A child stays at the pond: the town and the school come, the district sees it closed."""

import pytest

from tests.scenarios.children import CHILD, NEIGHBOUR, names_heard
from tests.scenarios.stage import Stage, phone_of, zwdd_of
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]


def test_a_child_who_stays_at_the_pond_is_fetched_and_the_case_is_closed(stage: Stage) -> None:
    pond = stage.box("water-001")
    alert = pond.sees("drowning_risk", "overstay", zone_id="edge", dwell_s=12.0, people=1)
    incident = pond.incident_of(alert)
    number = stage["zhiban"].case(incident)["number"]

    stage.mailed("zhenshui", number, "请立即签收并处置", "岳林街道月湖")
    stage.mailed("anquan", number, "请立即签收并处置")

    stage.told("zwdd", zwdd_of("zhenshui"), number, "请立即签收并处置")
    stage.told("sms", phone_of("zhenshui"), number, "岳林街道月湖")

    assert not stage["biechu"].sees(incident)
    assert not stage["jinping"].sees(incident)

    stage["zhenshui"].does_its_part(incident, "已到场，孩子已离开水边")
    stage["anquan"].does_its_part(incident, "已联系家长，已开展安全教育")
    closed = stage["zhiban"].checks_and_closes(incident, "town:yuelin", "school:shiyan")

    assert closed["status"] == "closed"
    wait_until(lambda: pond.hears(incident) == "closed", 20, f"the end: {pond.receipts}")
    stage.mailed("zhenshui", number, "已办结")
    wait_until(lambda: any(e["subject"] == number for e in stage.hook.got), 20, "the platform")


def test_a_child_whom_the_pond_knows_is_told_of_at_once_to_those_who_can_call_it_away(
    stage: Stage,
) -> None:
    pond = stage.box("water-001")
    hit = {"entry_id": CHILD.pond_entry, "similarity": 0.95, "votes": 4, "frames": 7}
    alert = pond.sees("drowning_risk", "line_crossed", zone_id="bank", people=1, matches=[hit])
    incident = pond.incident_of(alert)
    number = stage["zhiban"].case(incident)["number"]

    wait_until(lambda: any("可能" in text for text in stage.told_family(CHILD, number)), 30,
               f"the family: {stage.providers.zlb.sent}")  # fmt: skip
    stage.mailed("banzhuren", number, f"可能是 3年级2班 {CHILD.name}")
    stage.mailed("anquan", number, f"可能是 3年级2班 {CHILD.name}")
    stage.mailed("zhenshui", number, "请立即签收并处置")
    assert names_heard(stage, number) == {"family", "banzhuren", "anquan"}
    assert stage.told_family(NEIGHBOUR, number) == []
    assert stage["banzhuren"].subjects(incident)[0]["name"] == CHILD.name
    assert not stage["linban"].sees(incident)
    (at_the_town,) = stage["zhenshui"].subjects(incident)
    assert (at_the_town["name"], at_the_town["may_verify"]) == (None, False)

    stage["zhenshui"].does_its_part(incident, "已到场，孩子已离开水边")
    stage["anquan"].takes(incident, "acknowledge")
    stage["anquan"].takes(incident, "dispose", note="已联系家长")
    assert "verify first" in stage["anquan"].refused(incident, "report_back", note="已教育")
    stage["anquan"].takes(
        incident, "report_back", note="家长已确认，已开展安全教育", report={"outcome": "educated"}
    )
    (verified,) = stage["anquan"].subjects(incident)
    assert (verified["name"], verified["certainty"]) == (CHILD.name, "confirmed")
    closed = stage["zhiban"].checks_and_closes(incident, "town:yuelin", "school:shiyan")
    assert closed["status"] == "closed"
    wait_until(lambda: any("已办结" in text for text in stage.told_family(CHILD, number)), 30,
               "the end")  # fmt: skip
    stage.mailed("zhenshui", number, "已办结")
    assert names_heard(stage, number) <= {"family", "banzhuren", "anquan"}


def test_a_family_that_was_told_by_mistake_hears_that_it_was_one(stage: Stage) -> None:
    pond = stage.box("water-001")
    hit = {"entry_id": NEIGHBOUR.pond_entry, "similarity": 0.91, "votes": 3, "frames": 7}
    alert = pond.sees("drowning_risk", "overstay", zone_id="steps", people=1, matches=[hit])
    incident = pond.incident_of(alert)
    number = stage["zhiban"].case(incident)["number"]
    wait_until(lambda: bool(stage.told_family(NEIGHBOUR, number)), 30, "the family")
    stage["anquan"].verifies(incident, "not_the_person", note="当时在教室上课")
    wait_until(
        lambda: any("不是您的孩子" in text for text in stage.told_family(NEIGHBOUR, number)), 30,
        f"the apology: {stage.told_family(NEIGHBOUR, number)}",
    )  # fmt: skip
    assert not stage["linban"].sees(incident)
