"""A guardian reports spoiled food by QR code: all act, and the guardians hear the result."""

import pytest

from tests.scenarios.passer_by import reports, stands, why
from tests.scenarios.stage import Stage, zwdd_of
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

RESULT = "经检测，当日午餐一批次蔬菜不合格，已全部下架，供餐单位停业整改。"
INSIDE = "内部：约谈供餐单位负责人三次"


def test_food_reported_by_a_guardian_is_dealt_with_and_the_result_reaches_all_guardians(
    stage: Stage,
) -> None:
    receipt = reports(stage, "shiyan-gate", "food", "午餐青菜有异味，孩子回家后肚子疼")
    case = stage["zhiban"].cases(scenario="food_safety")[0]
    incident, number = case["incident_id"], case["number"]
    assert "已受理，已转责任单位" in stands(stage, receipt)
    for username in ("zhiban", "shichang", "anquan"):
        stage.told("zwdd", zwdd_of(username), number, "请立即签收并处置", "食品安全")
    assert not stage["weijian"].sees(incident)

    again = reports(stage, "shiyan-gate", "food", "我家孩子也说菜不新鲜")
    assert "已受理" in stands(stage, again)
    assert [c["incident_id"] for c in stage["zhiban"].cases(scenario="food_safety")] == [incident]

    stage["anquan"].does_its_part(incident, "三名学生不适，已停供留样", report={"outcome": "joint"})
    for username in ("weijian", "fenju", "zhenshui"):
        stage.told("zwdd", zwdd_of(username), number, "请立即签收并处置")
    stage["shichang"].does_its_part(incident, "已封存取样", report={"outcome": "joint"})
    stage["weijian"].does_its_part(incident, "三名学生已就诊，无大碍")
    stage["fenju"].does_its_part(incident, "已固定证据")
    stage["zhenshui"].does_its_part(incident, "已协助与家长沟通")

    stage["zhiban"].takes(incident, "acknowledge")
    stage["zhiban"].takes(incident, "dispose", note=INSIDE)
    assert "公布给家长的处置结果" in why(
        stage["zhiban"].refused(incident, "report_back", note=INSIDE)
    )
    stage["zhiban"].takes(incident, "report_back", note=INSIDE, report={"public_result": RESULT})
    assert "另一人核查" in why(stage["zhiban"].refused(incident, "verify"))
    assert not [sent for sent in stage.providers.zlb.broadcasts if RESULT in sent.text]

    units = ("edu", "market", "school:shiyan", "health", "police", "town:yuelin")
    closed = stage["guanli"].checks_and_closes(incident, *units)
    assert closed["status"] == "closed"
    wait_until(lambda: any(RESULT in s.text for s in stage.providers.zlb.broadcasts), 30,
               f"the guardians: {stage.providers.zlb.broadcasts}")  # fmt: skip
    to_families = [s for s in stage.providers.zlb.broadcasts if number in s.text]
    assert all("shiyan" in sent.to for sent in to_families)
    assert not any(INSIDE in sent.text or "三名学生" in sent.text for sent in to_families)
    assert "已办结" in stands(stage, receipt)
