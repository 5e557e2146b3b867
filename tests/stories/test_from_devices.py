"""Stories that a device begins, each on the pages from the alert to the closed case."""

import pytest
from playwright.sync_api import expect

from tests.browser import pages
from tests.scenarios import test_boarding_absence as boarding
from tests.scenarios.authority import asks
from tests.scenarios.children import CHILD
from tests.scenarios.stage import Stage
from tests.scenarios.test_person_of_concern import ACTION, watch_for
from tests.servers.mosquitto import wait_until
from tests.stories.cast import PATIENCE_MS, Cast

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_a_child_at_the_pond_is_fetched_by_people_with_phones(
    stage: Stage, on_phones: Cast
) -> None:
    pond = stage.box("water-001")
    on_duty = on_phones["zhiban"]
    on_duty.goes("/")
    alert = pond.sees("drowning_risk", "overstay", zone_id="edge", dwell_s=12.0, people=1)
    incident = pond.incident_of(alert)
    expect(pages.row(on_duty.page, incident).first).to_be_visible(timeout=PATIENCE_MS)

    assert not on_phones["biechu"].sees(incident)
    on_phones["zhenshui"].does_its_part(incident, "已到场，孩子已离开水边")
    on_phones["anquan"].does_its_part(incident, "已联系家长，已开展安全教育")
    on_duty.checks_and_closes(incident, "town:yuelin", "school:shiyan")
    wait_until(lambda: pond.hears(incident) == "closed", 20, f"the end: {pond.receipts}")


def test_an_empty_post_at_the_gate_is_manned_again(stage: Stage, on_phones: Cast) -> None:
    gate = stage.box("gate-001")
    incident = gate.incident_of(gate.sees("campus_four_100", "guard_absent", zone_id="post"))
    on_phones["anquan"].does_its_part(incident, "保安已到岗，已排查原因")
    on_phones["minjing"].does_its_part(incident, "已督促，已复查")
    on_phones["zhiban"].checks_and_closes(incident, "school:shiyan", "station:yuelin")
    assert not on_phones["jinping"].sees(incident)


def test_a_person_of_concern_is_met_at_the_gate(stage: Stage, on_phones: Cast) -> None:
    asks(stage["fenju"], "d-pages", ACTION)
    watch_for(stage, "w-pages", "d-pages")
    gate = stage.box("gate-001")
    match = {"entry_id": "w-pages", "similarity": 0.93, "votes": 3, "frames": 7}
    incident = gate.incident_of(
        gate.sees("person_of_concern", "person_of_concern_match", matches=[match])
    )
    guard, lead = on_phones["baoan"], on_phones["anquan"]
    guard.finds(incident)
    expect(guard.page.locator(".instruction")).to_contain_text(ACTION)
    guard.takes("签收")
    guard.takes("处置", 说明="保安在校门核实")
    lead.finds(incident)
    lead.takes("反馈", 说明="对方拒不离开，请民警到场", 结果="超出学校能力，需民警到场")
    on_phones["minjing"].does_its_part(incident, "民警到场，已带离")
    on_phones["zhenshui"].does_its_part(incident, "已派员协助疏导")
    on_phones["zhiban"].checks_and_closes(
        incident, "school:shiyan", "station:yuelin", "town:yuelin"
    )


def test_a_pupil_in_a_net_cafe_is_verified_before_anybody_hears_a_name(
    stage: Stage, at_desks: Cast
) -> None:
    cafe = stage.box("venue-001")
    hit = {"entry_id": CHILD.venue_entry, "similarity": 0.94, "votes": 4, "frames": 7}
    incident = cafe.incident_of(
        cafe.sees("venue_minor", "minor_match", zone_id="door", matches=[hit])
    )
    culture, school = at_desks["wenhua"], at_desks["anquan"]
    culture.finds(incident)
    expect(culture.page.locator(".subjects")).not_to_contain_text(CHILD.name)
    culture.takes("签收")
    culture.takes("处置", 说明="已到场")
    culture.page.locator(".subjects").get_by_role("button", name="核实属实").click()
    expect(culture.page.locator('[data-certainty="confirmed"]')).to_be_visible()
    culture.takes("反馈", 说明="确有未成年人上网，已责令整改", 结果="确有未成年人，已处置")
    school.finds(incident)
    expect(school.page.locator(".subjects")).to_contain_text(CHILD.name)
    school.does_its_part(incident, "已与家长沟通，已开展教育")
    at_desks["zhiban"].checks_and_closes(incident, "culture", "school:shiyan")


def test_a_boarder_who_is_not_in_is_found(stage: Stage, at_desks: Cast) -> None:
    door = boarding.settle(stage)
    boarding.is_out(stage, door)
    incident = boarding.the_case(stage)["incident_id"]
    teacher = at_desks["banzhuren"]
    teacher.finds(incident)
    teacher.takes("签收")
    teacher.takes("处置", 说明="已问家长和室友")
    teacher.takes("反馈", 说明="家长和室友都不知去向", 结果="仍未找到")
    for username, note in (("minjing", "已找到，护送回校"), ("zhenshui", "已协助查找")):
        at_desks[username].does_its_part(incident, note)
    lead = at_desks["anquan"]
    lead.goes("/boarding")
    name = boarding.BOARDERS["B2"]
    lead.page.get_by_label(name, exact=True).select_option(label="在寝")
    lead.page.get_by_role("button", name="录入点名").first.click()
    expect(lead.page.get_by_label(name, exact=True)).to_have_value("present")
    at_desks["zhiban"].checks_and_closes(incident, "school:shiyan", "station:yuelin", "town:yuelin")
