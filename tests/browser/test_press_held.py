"""A press that has begun ends where it began, whatever comes from the district meanwhile."""

import pytest
from playwright.sync_api import Locator, expect

from central.adapters.clock import now_ms
from central.incidents import Step, take_alert, take_step
from tests.browser import pages
from tests.browser.pages import Watched
from tests.browser.served import PASSWORD, Served
from tests.integration.case_district import SCHOOL, an_alert, task_of

pytestmark = pytest.mark.stack

COMES_MS = 1500
"""What another takes is on an open page before."""


def school_takes(served: Served, incident_id: str, step: Step) -> None:
    with served.store.transaction() as connection:
        task_id = task_of(connection, incident_id, "school:shiyan")
        note = "已联系家长" if step is Step.DISPOSE else ""
        take_step(connection, SCHOOL, incident_id, task_id, step, now_ms(), note=note)


def holds(desk: Watched, button: Locator) -> None:
    """Press the mouse's button down, and keep it there."""
    button.hover()
    desk.page.mouse.down()


def test_a_press_is_taken_though_another_s_step_comes_in_the_midst_of_it(
    served: Served, desk: Watched
) -> None:
    with served.store.transaction() as connection:
        incident_id = take_alert(connection, an_alert(1, now_ms()), now_ms()).incident_id
    page = desk.page
    pages.sign_in(page, served.address, "zhenshui", PASSWORD)
    page.goto(f"{served.address}/incidents/{incident_id}")
    button = pages.task(page, "town:yuelin").get_by_role("button", name="签收", exact=True)
    expect(button).to_be_visible()

    holds(desk, button)
    school_takes(served, incident_id, Step.ACKNOWLEDGE)
    page.wait_for_timeout(COMES_MS)
    pages.stands(page, "school:shiyan", "dispatched")
    page.mouse.move(5, 5)  # thought better of it: what was kept back is asked for at once
    page.mouse.up()
    pages.stands(page, "school:shiyan", "acknowledged")
    pages.stands(page, "town:yuelin", "dispatched")

    holds(desk, button)
    school_takes(served, incident_id, Step.DISPOSE)
    page.wait_for_timeout(COMES_MS)
    page.mouse.up()
    pages.stands(page, "town:yuelin", "acknowledged")
    pages.stands(page, "school:shiyan", "disposed")


def test_who_goes_by_keyboard_stays_where_they_were_when_another_s_step_comes(
    served: Served, desk: Watched
) -> None:
    with served.store.transaction() as connection:
        incident_id = take_alert(connection, an_alert(1, now_ms()), now_ms()).incident_id
    page = desk.page
    pages.sign_in(page, served.address, "zhenshui", PASSWORD)
    page.goto(f"{served.address}/incidents/{incident_id}")
    button = pages.task(page, "town:yuelin").get_by_role("button", name="签收", exact=True)
    button.focus()

    school_takes(served, incident_id, Step.ACKNOWLEDGE)
    pages.stands(page, "school:shiyan", "acknowledged")
    expect(button).to_be_focused()

    page.keyboard.down("Space")
    school_takes(served, incident_id, Step.DISPOSE)
    page.wait_for_timeout(COMES_MS)
    page.keyboard.up("Space")
    pages.stands(page, "school:shiyan", "disposed")
    pages.stands(page, "town:yuelin", "acknowledged")
