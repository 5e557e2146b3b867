"""Vendors go to the city's enforcement; congestion ends in the school's own plan."""

import pytest

from tests.scenarios.passer_by import brings, reports, stands, why
from tests.scenarios.stage import Stage, zwdd_of

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_vendors_reported_by_anybody_are_cleared_in_time_with_a_photo(stage: Stage) -> None:
    receipt = reports(stage, "shiyan-gate", "vendor", "校门口三个摊位占了人行道")
    case = stage["zhiban"].cases(scenario="traffic_hazard")[0]
    incident, number = case["incident_id"], case["number"]
    assert case["kind"] == "vendor_reported"
    stage.told("zwdd", zwdd_of("zhifa"), number, "请立即签收并处置", "流动摊贩占道")
    stage.told("zwdd", zwdd_of("minjing"), number, "请立即签收并处置")
    stage.told("zwdd", zwdd_of("anquan"), number, "抄送")

    stage["zhifa"].takes(incident, "acknowledge")
    assert "责任单位正在处置" in stands(stage, receipt) or "已受理" in stands(stage, receipt)
    stage["zhifa"].takes(incident, "dispose", note="已劝离")
    assert "照片" in why(stage["zhifa"].refused(incident, "report_back", note="已劝离并设岗"))
    photo = brings(stage, "zhifa", incident)
    stage["zhifa"].takes(incident, "report_back", note="已劝离并设岗", report={"photos": [photo]})
    stage["minjing"].does_its_part(incident, "已巡逻维护秩序")
    closed = stage["zhiban"].checks_and_closes(incident, "enforcement", "station:yuelin")
    assert closed["status"] == "closed"
    stage.told("zwdd", zwdd_of("zhifa"), number, "已办结")
    assert "已办结" in stands(stage, receipt)


def test_congestion_ends_in_a_plan_that_the_school_and_its_station_made(stage: Stage) -> None:
    report = {"site_id": "shiyan-gate", "scenario": "traffic_hazard",
              "kind": "congestion_reported", "note": "放学时校门前堵车二十分钟",
              "idempotency_key": f"story-{stage.device_port}"}  # fmt: skip
    incident = stage["anquan"].post("incidents", report)["incident_id"]
    assert stage["anquan"].post("incidents", report)["incident_id"] == incident
    number = stage["zhiban"].case(incident)["number"]
    for username in ("minjing", "anquan", "zhiban", "zhifa"):
        stage.told("zwdd", zwdd_of(username), number, "请立即签收并处置")
    stage.told("zwdd", zwdd_of("fenju"), number, "抄送")

    stage["minjing"].takes(incident, "acknowledge")
    stage["minjing"].takes(incident, "dispose", note="已到场疏导")
    photo = brings(stage, "minjing", incident, shade=90)
    note = {"note": "已与学校会商，制定方案并落实", "report": {"photos": [photo]}}
    assert "一校一策" in why(stage["minjing"].refused(incident, "report_back", **note))
    measures = [
        {"measure": "staggered", "how": "低中高年级错时十分钟放学", "who": "教导处"},
        {"measure": "wardens", "how": "放学时段民警、保安劝导", "who": "岳林派出所"},
    ]
    plan = {"problem": "放学时段家长车辆集中，占用人行横道", "measures": measures}
    base = max((one["version"] for one in stage["anquan"].get("plans/school:shiyan")["items"]),
               default=0)  # fmt: skip
    assert stage["anquan"].post("plans/school:shiyan", {"plan": plan, "base": base}) == {
        "version": base + 1
    }
    stage["minjing"].takes(incident, "report_back", **note)
    stage["anquan"].does_its_part(incident, "错时放学已执行")
    stage["zhifa"].does_its_part(incident, "违停已清理")
    stage["zhiban"].does_its_part(incident, "方案已审核")
    units = ("station:yuelin", "school:shiyan", "enforcement", "edu")
    closed = stage["guanli"].checks_and_closes(incident, *units)
    assert closed["status"] == "closed"
