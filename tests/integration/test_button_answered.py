"""A press at the school, an answer from the district: what lamp and voice say comes from receipts.

Broker, central, link and button are real processes; the officer's steps are taken in the store.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from central.adapters.store import directory
from central.adapters.store.tables import SITE, TASK
from central.core.people import Actor, Role
from central.incidents import Step, take_step
from edge_agent.adapters.voice.said import Said, said_in
from edge_agent.wiring.linking import opened_outbox
from tests.integration.case_district import rows
from tests.integration.whole_line import Line, whole_line
from tests.servers.mosquitto import wait_until
from tests.torture.pressing import Button, arrive, become_a_gate, button

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

DUTY = Actor("account:zhiban", "值班员 周宁", Role.DUTY_OFFICER, "edu")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with whole_line(tmp_path, f"sqlite:///{tmp_path}/central.db") as made:
        become_a_gate(made)
        made.start("broker", "central", "link")
        yield made


def said(line: Line) -> list[Said]:
    with opened_outbox(line.state) as outbox:
        return said_in(outbox)


def is_said(line: Line, *phrases: str) -> None:
    wait_until(lambda: [one.phrase_id for one in said(line)] == [*phrases], 90, f"{phrases}")


def comes_to_say(line: Line, phrase: str) -> None:
    """Wait for a phrase, whatever was said before: a slow start is said too."""
    wait_until(lambda: phrase in {one.phrase_id for one in said(line)}, 60, phrase)


def take(line: Line, *steps: Step) -> None:
    ((incident_id,),) = line.rows("select incident_id from incident")
    for step in steps:
        with line.store.transaction() as connection:
            for task in rows(connection, TASK, incident_id=incident_id):
                now_ms = time.time_ns() // 1_000_000
                own = Actor("account:own", "经办人", Role.UNIT_OFFICER, task["unit_code"])
                who = DUTY if step in {Step.VERIFY, Step.CLOSE} else own
                take_step(
                    connection, who, str(incident_id), task["task_id"], step, now_ms, "已到现场"
                )


def take_as(line: Line, actor: Actor, step: Step) -> None:
    """Take a step on the task of one unit."""
    ((incident_id,),) = line.rows("select incident_id from incident")
    with line.store.transaction() as connection:
        (task,) = rows(connection, TASK, incident_id=incident_id, unit_code=actor.unit_code)
        now_ms = time.time_ns() // 1_000_000
        take_step(connection, actor, str(incident_id), task["task_id"], step, now_ms, "已到场")


def give_the_school_a_station(line: Line) -> None:
    """Let the place have a school, a station and a town, each with its own task."""
    units = {"town": "town:qiao", "school": "school:qiao", "station": "station:qiao"}
    with line.store.transaction() as connection:
        for code in units.values():
            directory.add_unit(connection, code, code)
        connection.execute(update(SITE).values(relations=units))


def shows(made: Button, lamp: str) -> None:
    wait_until(lambda: made.says(f"lamp GPIO22: {lamp}"), 90, f"the lamp: {lamp}")


def test_the_school_hears_that_it_was_received_then_that_it_was_taken_up(line: Line) -> None:
    with button(line) as made:
        made.press()
        arrive(line, 1)
        is_said(line, "alarm_received")
        assert not made.says("lamp GPIO22: on")
        take(line, Step.ACKNOWLEDGE)
        shows(made, "on")
        is_said(line, "alarm_received", "alarm_acknowledged")
        take(line, Step.DISPOSE, Step.REPORT_BACK, Step.VERIFY, Step.CLOSE)
        shows(made, "off")
    ((alert_id,),) = line.rows("select alert_id from alert where kind = 'button_pressed'")
    assert {one.alert_id for one in said(line)} == {alert_id}


GUARD = Actor("account:baoan", "保安 李强", Role.GUARD, "school:qiao")
STATION = Actor("account:minjing", "民警 何军", Role.STATION_OFFICER, "station:qiao")
WARDEN = Actor("account:zhenshui", "专管员 林涛", Role.WATER_WARDEN, "town:qiao")


@pytest.mark.parametrize("who", [STATION, WARDEN], ids=["station", "town"])
def test_only_station_or_town_answer_the_lamp_and_the_voice(line: Line, who: Actor) -> None:
    give_the_school_a_station(line)
    with button(line) as made:
        made.press()
        arrive(line, 1)
        comes_to_say(line, "alarm_received")
        take_as(line, GUARD, Step.ACKNOWLEDGE)
        assert line.rows("select count(*) from down_message where body like '%acknowledged%'") == [
            (0,)
        ]
        take_as(line, who, Step.ACKNOWLEDGE)
        shows(made, "on")
        comes_to_say(line, "alarm_acknowledged")
