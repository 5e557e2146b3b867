"""Playbooks: what ships is sound, and what is not sound is refused in words."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from central.adapters.playbooks import PlaybookError, in_force, read_playbook, shipped
from central.core.playbook import Playbook, choose
from contract.scenarios import Kind, Scenario

ROOT = Path(__file__).resolve().parents[4]
SOURCE = ROOT / "central" / "playbooks" / "drowning_risk.yaml"


def fields() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return found


def read(changed: dict[str, Any]) -> Playbook:
    return read_playbook(yaml.safe_dump(changed, allow_unicode=True), "mine.yaml")


@pytest.mark.parametrize(("scenario", "kind"), list(product(Scenario, Kind)))
def test_there_is_a_playbook_for_whatever_a_device_may_say(scenario: Scenario, kind: Kind) -> None:
    assert choose(shipped(), scenario, kind)


@pytest.mark.parametrize(
    ("kind", "name"), [("overstay", "drowning_risk"), ("line_crossed", "drowning_risk"),
                       ("video_fault", "general")]
)  # fmt: skip
def test_a_playbook_that_names_the_kind_goes_first(kind: str, name: str) -> None:
    for playbooks in (shipped(), shipped()[::-1]):
        chosen = choose(playbooks, Scenario.DROWNING_RISK, Kind(kind))
        assert chosen is not None
        assert chosen.playbook == name


def test_a_playbook_comes_back_from_the_incident_as_it_went_in() -> None:
    for playbook in shipped():
        assert Playbook.model_validate(playbook.model_dump(mode="json")) == playbook


def test_every_wait_ends_with_the_district_and_says_whose_limit_it_is() -> None:
    for playbook, duty in ((p, duty) for p in shipped() for duty in p.tasks):
        for deadline in duty.deadlines:
            assert any(r.reaches_the_district for r in deadline.levels[-1].tell)
            assert deadline.origin == playbook.limits_origin == "ours"


def broken(**changes: Any) -> dict[str, Any]:
    return fields() | changes


def without_district() -> dict[str, Any]:
    changed = fields()
    level = changed["tasks"][0]["deadlines"][0]["levels"][-1]
    level["tell"] = [{"relation": "station", "roles": ["station_officer"]}]
    return changed


def levels_backwards() -> dict[str, Any]:
    changed = fields()
    changed["tasks"][0]["deadlines"][0]["levels"].reverse()
    return changed


def without_report() -> dict[str, Any]:
    changed = fields()
    changed["tasks"][1]["deadlines"] = changed["tasks"][1]["deadlines"][:1]
    return changed


def with_auditor() -> dict[str, Any]:
    changed = fields()
    changed["copies"] = [{"unit": "edu", "roles": ["auditor"]}]
    return changed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (broken(colour="red"), r"mine.yaml:\d+: colour: .*there is no such field"),
        (broken(stale_after_s=0), r"stale_after_s: .*should be greater than 0"),
        (broken(scenarios=["drowning"]), r"scenarios.0: .*should be 'campus_four_100'"),
        (broken(note_on=["dispose"]), "report_back must ask for a note"),
        (
            broken(channels={"town": ["email"]}),
            "no way is given to reach edu, guardian, police",
        ),
        (broken(channels={"town": ["pigeon"]}), "channels.town.0"),
        (broken(tasks=fields()["tasks"][:1] * 2), "exactly one part must be lead, found 2"),
        (broken(tasks=[]), "tasks: .*should have at least 1 item"),
        (broken(copies=[{"unit": "edu", "relation": "town"}]), "in exactly one way"),
        (without_district(), "nothing ends silently"),
        (levels_backwards(), "later and later"),
        (without_report(), "a deadline is missing for report_back"),
        (with_auditor(), "auditor takes no part"),
    ],
)
def test_what_is_not_sound_is_refused_in_words(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(PlaybookError, match=words):
        read(changed)


@pytest.mark.parametrize("text", ["{", "- a list", "", "tasks: !!python/object:os.system {}"])
def test_what_is_no_playbook_at_all_is_refused_in_words(text: str) -> None:
    with pytest.raises(PlaybookError, match=r"mine.yaml"):
        read_playbook(text, "mine.yaml")


def test_a_district_puts_its_own_in_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    own = fields() | {"version": 7, "stale_after_s": 60}
    (tmp_path / "drowning_risk.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    chosen = choose(in_force(tmp_path), Scenario.DROWNING_RISK, Kind.OVERSTAY)
    assert chosen is not None
    assert chosen.version == 7
    assert choose(in_force(tmp_path), Scenario.FOOD_SAFETY, Kind.DEVICE_FAULT)
    assert in_force(None) == in_force(tmp_path / "nothing") == shipped()


def test_all_mistakes_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("{", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("playbook: x", encoding="utf-8")
    with pytest.raises(PlaybookError) as refused:
        in_force(tmp_path)
    assert re.search(r"a\.yaml(.|\n)*b\.yaml", str(refused.value))


def test_a_mistake_is_said_with_its_line_and_what_to_do() -> None:
    text = SOURCE.read_text(encoding="utf-8").replace("stale_after_s:", "stale_after:")
    line = 1 + text[: text.index("stale_after:")].count("\n")
    with pytest.raises(PlaybookError) as refused:
        read_playbook(text, "mine.yaml")
    said = str(refused.value)
    assert f"mine.yaml:{line}: stale_after: 没有这个字段" in said
    assert "did you mean: stale_after_s" in said
    assert "mine.yaml:3: stale_after_s: 缺少这个字段，请补上" in said


def following_nobody() -> dict[str, Any]:
    changed = fields()
    changed["tasks"][2]["opens_on"] = {"task": "atend"}
    return changed


def on_an_unknown_outcome() -> dict[str, Any]:
    changed = fields()
    changed["notices"][0]["upon"] = {"task": "attend", "outcomes": ["fled"]}
    return changed


def guardian_with_a_duty() -> dict[str, Any]:
    changed = fields()
    changed["tasks"][1]["who"] = {"relation": "guardian"}
    return changed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (following_nobody(), "no task has the code atend, there are: attend"),
        (on_an_unknown_outcome(), "task attend has no outcome: fled"),
        (guardian_with_a_duty(), "a task goes to a unit"),
    ],
)
def test_what_follows_nothing_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(PlaybookError, match=words):
        read(changed)


def test_every_scenario_of_the_plan_has_a_playbook_of_its_own() -> None:
    own = {one.scenarios[0] for one in shipped() if len(one.scenarios) == 1}
    assert own == set(Scenario)


def test_a_report_calls_for_the_tasks_of_its_outcome_only() -> None:
    playbook = read(fields())
    attend = playbook.tasks[0]
    assert playbook.opened_by(attend, "led_away") == ()
    assert [duty.who.unit for duty in playbook.opened_by(attend, "defect")] == ["water"]


def test_a_district_without_a_channel_is_told_through_those_that_it_has() -> None:
    playbook = read(fields()).through({"sms"})
    assert playbook.channels["town"] == ("sms",)
    assert playbook.channels["edu"] == ("email",)
    assert playbook.platforms == ()


def test_what_was_frozen_before_tasks_could_follow_still_loads() -> None:
    old = read(fields()).model_dump(mode="json")
    for duty in old["tasks"]:
        del duty["report"], duty["code"]
        duty["opens_on"] = None
    del old["notices"]
    assert len(Playbook.model_validate(old).at_once) == 3
