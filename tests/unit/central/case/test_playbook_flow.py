"""A playbook from its opening to its end: nothing is left out, nothing stands twice."""

import pytest

from central.adapters.playbooks import shipped
from central.core.playbook import Opening, Playbook
from central.core.playbook_flow import stages

SHIPPED = {one.playbook: one for one in shipped()}


@pytest.mark.parametrize("playbook", SHIPPED.values(), ids=SHIPPED)
def test_each_task_copy_and_notice_has_one_stage(playbook: Playbook) -> None:
    found = stages(playbook)
    duties = [duty for stage in found for duty in stage.duties]
    assert len(duties) == len(playbook.tasks)
    assert {duty.duty_zh for duty in duties} == {duty.duty_zh for duty in playbook.tasks}
    notices = [one for stage in found for one in stage.notices]
    assert sorted(notices, key=str) == sorted(playbook.notices, key=str)
    assert [one for stage in found for one in stage.copies] == list(playbook.copies)


@pytest.mark.parametrize("playbook", SHIPPED.values(), ids=SHIPPED)
def test_it_begins_with_the_opening_and_ends_with_the_end(playbook: Playbook) -> None:
    found = stages(playbook)
    assert (found[0].upon, found[-1].upon) == ("open", "close")
    assert len({stage.upon for stage in found}) == len(found)
    for stage in found[1:-1]:
        assert stage.duties or stage.notices


def test_what_waits_for_the_same_report_backs_begins_together() -> None:
    joint = stages(SHIPPED["food_safety"])[1]
    wanted = (
        Opening(task="inspect", outcomes=("joint",)),
        Opening(task="stop", outcomes=("joint",)),
    )
    assert joint.upon == wanted
    assert [duty.who.unit or duty.who.relation for duty in joint.duties] == [
        "health",
        "police",
        "town",
    ]


def test_a_notice_upon_a_report_back_stands_with_the_tasks_that_it_opens() -> None:
    missing = stages(SHIPPED["boarding_absence"])[1]
    assert len(missing.duties) == 2
    assert len(missing.notices) == 1
