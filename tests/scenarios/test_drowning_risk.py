"""A child stays at the pond: the town and the school come, the district sees it closed."""

import pytest

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

    stage["zhenshui"].does_its_part(incident, "已到场,孩子已离开水边")
    stage["anquan"].does_its_part(incident, "已联系家长,已开展安全教育")
    closed = stage["zhiban"].checks_and_closes(incident, "town:yuelin", "school:shiyan")

    assert closed["status"] == "closed"
    wait_until(lambda: pond.hears(incident) == "closed", 20, f"the end: {pond.receipts}")
    stage.mailed("zhenshui", number, "已办结")
    wait_until(lambda: any(e["subject"] == number for e in stage.hook.got), 20, "the platform")
