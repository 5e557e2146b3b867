"""A boarder is not in at curfew: the class teacher looks, others help, the door says who came."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from central.core.local_time import ZONE
from tests.scenarios.box import Box
from tests.scenarios.children import CHILDREN, Child
from tests.scenarios.people import Case
from tests.scenarios.stage import RELATIONS, Stage
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

UNIT = "school:shiyan"
PATH = f"boarding/{UNIT}"
BOARDERS = {"B1": "周一帆", "B2": "吴二南", "B3": "郑三山"}
FAMILY = Child("B2", BOARDERS["B2"], "三年级二班", "13700000002", "zlb-B2")


def settle(stage: Stage) -> Box:
    """Give the school a dormitory with three boarders and a door gateway."""
    related = [w for name, unit in RELATIONS.items() for w in ("--relation", f"{name}={unit}")]
    central = stage.district.central
    central("site", "add", "shiyan-dorm", "--kind", "dormitory", "--name", "实验小学宿舍", *related)
    bundle = stage.district.data / "devices" / "door-001"
    central("device", "add", "door-001", "--site", "shiyan-dorm", "--profile", "door",
            "--bundle", bundle)  # fmt: skip
    roster = stage.district.data.parent / "boarders.csv"
    lines = ["学校,班级,学号,姓名,住校,寝室,家长,家长手机,浙里办"]
    for number, name in BOARDERS.items():
        family = f"{name}家长,1370000000{number[1]},zlb-{number}"
        lines.append(f"{UNIT},三年级二班,{number},{name},是,101,{family}")
    roster.write_text("\n".join(lines), encoding="utf-8")
    central("roster", "import", roster)
    return stage.box("door-001")


def passes(door: Box, number: str, direction: str, at: datetime) -> None:
    """Let a boarder go through the door, told twice as at-least-once is; wait for the receipt."""
    event_id = f"{number}-{direction}-{at.timestamp()}"
    body = {"device_id": "door-001", "event_id": event_id, "door_id": "main", "school_no": number,
            "direction": direction, "at": at.isoformat().replace("+00:00", "Z")}  # fmt: skip
    for _ in range(2):
        door.says("door", body)
    wait_until(lambda: any(event_id in one.get("events", ()) for one in door.receipts), 30,
               f"the receipt of {event_id}: {door.receipts}")  # fmt: skip


def a_curfew_just_over() -> dict[str, Any]:
    """Give rules by which the grace has just ended, at whatever time this test runs."""
    now = datetime.now(ZONE)
    if now.hour >= 12 and now.minute + now.hour > 12:
        at = now - timedelta(minutes=1)
        return {"curfew": f"{at:%H:%M}", "grace_min": 0}
    return {"curfew": "23:59", "grace_min": 240 if now.hour >= 4 else 0}


def is_out(stage: Stage, door: Box) -> None:
    """Let one boarder be in, one out and one on leave when the curfew is over."""
    now = datetime.now(UTC)
    passes(door, "B1", "in", now - timedelta(hours=2))
    passes(door, "B2", "out", now - timedelta(hours=1))
    items = stage["anquan"].get(f"{PATH}/presence")["items"]
    pupils = {one["school_no"]: one["pupil_id"] for one in items}
    leave = {"pupil_id": pupils["B3"], "asked_by": "guardian",
             "from_at": (now - timedelta(days=1)).isoformat(),
             "to_at": (now + timedelta(days=1)).isoformat()}  # fmt: skip
    stage["anquan"].post(f"{PATH}/leaves", leave)
    rules = {"site_id": "shiyan-dorm", "nights": "every", "silent_after_h": 72}
    stage["anquan"].post(f"{PATH}/house", rules | a_curfew_just_over())


def the_case(stage: Stage) -> Case:
    found: list[Case] = []

    def there() -> bool:
        found[:] = stage["anquan"].cases(scenario="boarding_absence")
        return bool(found)

    wait_until(there, 30, "the case of a missing boarder")
    assert len(found) == 1
    return found[0]


def test_a_boarder_who_is_not_in_is_looked_for_and_the_door_says_when_they_have_come(
    stage: Stage,
) -> None:
    door = settle(stage)
    is_out(stage, door)
    case = the_case(stage)
    incident, number = case["incident_id"], case["number"]
    assert case["kind"] == "boarder_missing"
    stage.mailed("banzhuren", number, "请立即签收并处置", BOARDERS["B2"])
    assert not [text for text in stage.mails_to("linban") if number in text]
    assert not stage["zhenshui"].sees(incident)
    assert not stage.told_family(FAMILY, number)

    stage["banzhuren"].takes(incident, "acknowledge")
    stage["banzhuren"].takes(incident, "dispose", note="已问家长和室友")
    stage["banzhuren"].takes(
        incident, "report_back", note="家长和室友都不知去向", report={"outcome": "not_found"}
    )
    stage.mailed("minjing", number, "请立即签收并处置", BOARDERS["B2"])
    stage.mailed("zhenshui", number, "请立即签收并处置", BOARDERS["B2"])
    wait_until(lambda: bool(stage.told_family(FAMILY, number)), 30, "word to the family")
    stage["minjing"].takes(incident, "acknowledge")
    stage["zhenshui"].takes(incident, "acknowledge")

    passed = {"event_id": "http-1", "door_id": "main", "school_no": "B2", "direction": "in",
              "at": datetime.now(UTC).isoformat()}  # fmt: skip
    said = stage["anquan"].post("door-events", passed)["items"]
    assert [one["state"] for one in said] == ["kept"]
    stage.mailed("banzhuren", number, "已在宿舍")
    story = [entry["event"] for entry in stage["banzhuren"].case(incident)["timeline"]]
    assert "boarder_in" in story

    for username, note in (("minjing", "已找到，护送回校"), ("zhenshui", "已协助查找")):
        stage[username].takes(incident, "dispose", note=note)
        stage[username].takes(incident, "report_back", note=note)
    closed = stage["zhiban"].checks_and_closes(incident, UNIT, "station:yuelin", "town:yuelin")
    assert closed["status"] == "closed"
    stage.mailed("banzhuren", number, "已办结")
    others = [child for child in CHILDREN if stage.told_family(child, number)]
    assert not others
    counts = stage["anquan"].get(f"{PATH}/presence")
    assert (counts["present"], counts["on_leave"]) == (2, 1)
