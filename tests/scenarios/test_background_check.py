"""A check of a builder has a finding: school and district act on a code, and never learn why."""

import json

import pytest

from tests.scenarios.stage import Stage

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

LIST = """person,unit,category,outcome,checked_on
S-101,school:shiyan,staff,clear,2026-11-20
S-102,school:shiyan,temporary,pending,
B-017,school:shiyan,builder,needs_action,2026-11-20
"""


def test_a_finding_is_acted_on_by_school_and_district_without_anybody_learning_why(
    stage: Stage,
) -> None:
    police = stage["fenju"]
    csv = {"Content-Type": "text/csv"}
    with_reason = LIST.replace("checked_on", "checked_on,reason").replace("-20\n", "-20,盗窃\n")
    refused = police.client.post("background-checks", content=with_reason.encode(), headers=csv)
    assert refused.status_code == 409
    assert "reason" in refused.text
    assert "盗窃" not in refused.text
    answer = police.client.post("background-checks", content=LIST.encode(), headers=csv)
    assert answer.is_success, answer.text
    (incident,) = answer.json()["incidents"]
    number = stage["zhiban"].case(incident)["number"]

    stage.mailed("anquan", number, "请立即签收并处置", "背景审查")
    stage.mailed("zhiban", number, "请立即签收并处置", "督促学校落实并复核")
    assert not stage["jinping"].sees(incident)
    assert not stage["baoan"].sees(incident) or "B-017" not in json.dumps(
        stage["baoan"].case(incident)
    )

    stage["anquan"].does_its_part(incident, "已停工并调离", report={"outcome": "left_post"})
    stage["zhiban"].does_its_part(incident, "已复核落实")
    closed = stage["guanli"].checks_and_closes(incident, "school:shiyan", "edu")

    assert closed["status"] == "closed"
    stage.mailed("anquan", number, "已办结")
    mails = json.dumps([str(mail) for mail in stage.mail.accepted], ensure_ascii=False)
    assert "B-017" not in json.dumps(closed, ensure_ascii=False) + mails
    (mine,) = stage["anquan"].get("background-checks/coverage")["items"]
    assert (mine["numerator"], mine["denominator"]) == (2, 3)
    stage["anquan"].post("background-checks/left", {"unit": "school:shiyan", "person": "B-017"})
    (after,) = stage["anquan"].get("background-checks/coverage")["items"]
    assert after["denominator"] == 2
