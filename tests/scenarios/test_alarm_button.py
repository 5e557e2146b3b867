"""Somebody at the school presses the alarm: station and town come, and the school hears of it."""

import pytest

from tests.scenarios.stage import Stage
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

PARTS = ("station:yuelin", "school:shiyan", "town:yuelin")


def heard(stage: Stage, incident: str) -> list[str]:
    """Give what the gate's device has heard of a case, in order."""
    receipts = stage.box("gate-001").receipts
    return [one["status"] for one in receipts if one.get("incident_id") == incident]


def test_the_alarm_is_taken_up_by_the_station_worked_through_by_all_and_closed(
    stage: Stage,
) -> None:
    gate = stage.box("gate-001")
    alert = gate.sees("person_of_concern", "button_pressed", severity="critical")
    incident = gate.incident_of(alert)
    number = stage["zhiban"].case(incident)["number"]

    for username in ("minjing", "zhenshui", "anquan", "baoan"):
        stage.mailed(username, number, "请立即签收并处置")
    for username in ("zhiban", "fenju"):
        stage.mailed(username, number, "抄送")
    assert not stage["biechu"].sees(incident)
    assert not stage["jinping"].sees(incident)

    stage["baoan"].takes(incident, "acknowledge")
    assert "acknowledged" not in heard(stage, incident)  # the school's own guard is no answer
    stage["minjing"].refused(incident, "dispose")  # nobody has taken it up yet
    stage["minjing"].takes(incident, "acknowledge")
    wait_until(lambda: "acknowledged" in heard(stage, incident), 20, f"{gate.receipts}")
    assert stage["zhenshui"].task(incident)["status"] == "dispatched"  # silences nobody else

    stage["zhenshui"].takes(incident, "acknowledge")
    for username in ("minjing", "zhenshui", "baoan"):
        stage[username].takes(incident, "dispose", note="已到场")
        stage[username].takes(incident, "report_back", note="已到场处置，人员安全")
    closed = stage["zhiban"].checks_and_closes(incident, *PARTS)

    assert closed["status"] == "closed"
    wait_until(lambda: "closed" in heard(stage, incident), 20, f"{gate.receipts}")
    assert heard(stage, incident).count("acknowledged") == 1
    for username in ("minjing", "zhenshui", "anquan", "baoan"):
        stage.mailed(username, number, "已办结")
    wait_until(lambda: any(e["subject"] == number for e in stage.hook.got), 20, "the platform")


def test_a_drill_of_the_button_is_heard_by_the_device_and_told_to_nobody(stage: Stage) -> None:
    gate = stage.box("gate-001")
    alert = gate.sees("campus_four_100", "button_pressed", is_drill=True)
    incident = gate.incident_of(alert)
    case = stage["zhiban"].case(incident)
    assert case["is_drill"]

    stage["minjing"].takes(incident, "acknowledge")
    wait_until(lambda: "acknowledged" in heard(stage, incident), 20, f"{gate.receipts}")
    for username in ("zhenshui", "baoan"):
        stage[username].takes(incident, "acknowledge")
    for username in ("minjing", "zhenshui", "baoan"):
        stage[username].takes(incident, "dispose", note="演练到场")
        stage[username].takes(incident, "report_back", note="演练完成")
    stage["zhiban"].checks_and_closes(incident, *PARTS)
    wait_until(lambda: "closed" in heard(stage, incident), 20, f"{gate.receipts}")
    assert stage["zhiban"].get("notifications", incident_id=incident)["items"] == []
    assert not any(case["number"] in text for text in stage.mails_to("minjing"))


def test_a_drill_that_tells_everybody_is_marked_in_every_letter(stage: Stage) -> None:
    asked = {"site_id": "shiyan-gate", "scenario": "campus_four_100", "kind": "button_pressed",
             "note": "全区演练", "tell": "everybody"}  # fmt: skip
    incident = stage["zhiban"].post("drills", asked)["incident_id"]
    number = stage["zhiban"].case(incident)["number"]
    for username in ("minjing", "zhenshui", "anquan"):
        assert stage.mailed(username, number).startswith("【演练】")
    wait_until(lambda: any(e["subject"] == number for e in stage.hook.got), 20, "the platform")
    got = next(one for one in stage.hook.got if one["subject"] == number)
    assert got["data"]["is_drill"] is True
    counted = stage["zhiban"].get("statistics")["by_kind"]
    opened = stage["zhiban"].cases(limit=200)  # a device files a press under another scenario
    earnest = [c for c in opened if c["kind"] == "button_pressed" and not c["is_drill"]]
    assert counted.get("button_pressed", 0) == len(earnest)
