"""The guard's post is empty, the video fails: the school puts it right in time."""

import pytest

from tests.scenarios.stage import Stage

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

KINDS = ("guard_absent", "video_fault", "gate_open")
REPEATED = len(KINDS)


def put_right(stage: Stage, kind: str) -> str:
    """Play one problem through, from the gate's alert to the closed case; give its number."""
    gate = stage.box("gate-001")
    alert = gate.sees("campus_four_100", kind, zone_id=kind)
    incident = gate.incident_of(alert)
    number = str(stage["zhiban"].case(incident)["number"])
    for username in ("anquan", "minjing"):
        stage.mailed(username, number, "请立即签收并处置")
    for username in ("zhiban", "fenju", "yingji"):
        stage.mailed(username, number, "抄送")

    tasks = {one["unit_code"]: one["part"] for one in stage["zhiban"].case(incident)["tasks"]}
    assert tasks == {"school:shiyan": "lead", "station:yuelin": "joint"}
    assert stage["fenju"].case(incident)["tasks"][0]["steps"] == []  # a copy carries no duty
    copies = {one["unit_code"]: one for one in stage["zhiban"].case(incident)["copies"]}
    assert copies["police"]["read_at"]
    assert not copies["emergency"]["read_at"]

    stage["anquan"].does_its_part(incident, "已到现场整改，恢复正常")
    stage["minjing"].does_its_part(incident, "已督促，已复查")
    closed = stage["zhiban"].checks_and_closes(incident, "school:shiyan", "station:yuelin")
    assert closed["status"] == "closed"
    assert not closed["is_overdue"]
    for username in ("anquan", "minjing", "fenju"):
        stage.mailed(username, number, "已办结")
    return number


def test_each_problem_is_put_right_and_a_school_with_repeated_ones_is_listed(stage: Stage) -> None:
    for kind in KINDS:
        put_right(stage, kind)
    asked = {"within_days": 30, "problems": REPEATED}
    listed = stage["zhiban"].get("statistics/four-100/problem-schools", **asked)["items"]
    school = next(one for one in listed if one["school_code"] == "school:shiyan")
    assert school["problems"] >= REPEATED
    assert set(school["by_kind"]) >= set(KINDS)
    assert not any(one["school_code"] == "school:jinping" for one in listed)


def test_a_report_that_says_too_little_goes_back_and_comes_again(stage: Stage) -> None:
    gate = stage.box("gate-001")
    incident = gate.incident_of(gate.sees("campus_four_100", "escort_absent", zone_id="escort"))
    number = stage["zhiban"].case(incident)["number"]
    stage["anquan"].does_its_part(incident, "好了")
    task = stage["zhiban"].task(incident, "school:shiyan")["task_id"]
    stage["zhiban"].takes(incident, "return", task_id=task, note="请写明整改措施")
    stage.mailed("anquan", number, "反馈被退回，请补充")
    stage["anquan"].takes(incident, "dispose")
    stage["anquan"].takes(incident, "report_back", note="护学岗已补足两人，门口已巡查")
    station = stage["zhiban"].task(incident, "station:yuelin")["task_id"]
    stage["zhiban"].takes(incident, "urge", task_id=station)
    stage.mailed("minjing", number, "催办")
    stage["zhiban"].takes(incident, "supervise", task_id=station)
    stage.mailed("minjing", number, "督办")
    stage["minjing"].does_its_part(incident, "已督促")
    closed = stage["zhiban"].checks_and_closes(incident, "school:shiyan", "station:yuelin")
    assert closed["status"] == "closed"
    again = stage["zhiban"].takes(incident, "reopen", task_id=task, note="复查又无人")
    assert again["status"] == "dispatched"
    stage.mailed("anquan", number, "事件重开")
    ended = stage["zhiban"].takes(incident, "false_alarm", task_id=task, note="看错了",
                                  label="other")  # fmt: skip
    assert (ended["status"], ended["is_false_alarm"]) == ("closed", True)
    stage.mailed("anquan", number, "系误报")
