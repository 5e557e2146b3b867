"""No text says more than its audience may know."""

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.disclosure import DEPARTMENT, MAY_KNOW, Facts, visible
from central.core.letters import HEADLINES, Moment, data, lasted, subject, text
from contract.scenarios import Kind, Scenario, Severity

AUDIENCES = [*MAY_KNOW, "water"]
MARKED_TEXTS = (
    "number",
    "site_zh",
    "site_en",
    "status",
    "zone_id",
    "device_id",
    "camera_id",
    "note",
    "unit_zh",
    "unit_en",
    "duty_zh",
    "duty_en",
    "waits_zh",
    "waits_en",
    "unreachable",
)
MARKED_NUMBERS = {"people": 7001, "dwell_s": 7002.0, "alert_count": 7003, "reminder": 7004}


def everything(moment: Moment = Moment.DISPATCHED, **changes: Any) -> Facts:
    """Give facts of which each is a mark that can be found again in a text."""
    marks: dict[str, Any] = {name: f"<{name}>" for name in MARKED_TEXTS} | MARKED_NUMBERS
    plain: dict[str, Any] = {
        "moment": moment,
        "scenario": Scenario.DROWNING_RISK,
        "kind": Kind.OVERSTAY,
        "severity": Severity.WARNING,
        "occurred_at": 1_795_406_400_000,
        "waited_s": 7005 * 86_400,
    }
    return Facts(**marks | plain | changes)


def marks_in(words: str) -> set[str]:
    found = {name for name in MARKED_TEXTS if f"<{name}>" in words}
    found |= {name for name, mark in MARKED_NUMBERS.items() if f"{mark:.0f}" in words}
    return found | ({"waited_s"} if "7005" in words else set())


@given(st.sampled_from(AUDIENCES), st.sampled_from(Moment))
def test_no_text_says_anything_outside_the_audiences_fields(audience: str, moment: Moment) -> None:
    allowed = MAY_KNOW.get(audience, DEPARTMENT)
    facts = everything(moment)
    for words in (subject(facts, audience), text(facts, audience), data(facts, audience)):
        assert marks_in(words) <= allowed


@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_an_audience_may_not_know_changes_nothing_in_its_texts(audience: str) -> None:
    allowed = MAY_KNOW.get(audience, DEPARTMENT)
    hidden: dict[str, Any] = {
        field.name: field.default for field in fields(Facts)
        if field.name not in allowed and field.default in {None, False, 1, "open"}
    }  # fmt: skip
    bare, full = everything(**hidden), everything()
    for say in (subject, text, data):
        assert say(bare, audience) == say(full, audience)


def test_the_words_of_a_reporter_stay_with_the_district() -> None:
    knows = {audience for audience in AUDIENCES if "note" in visible(everything(), audience)}
    assert knows == {"edu"}


def test_every_field_of_the_table_exists() -> None:
    names = {field.name for field in fields(Facts)}
    assert set().union(*MAY_KNOW.values(), DEPARTMENT) <= names


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("audience", sorted(set(AUDIENCES) - {"platform"}))
def test_every_text_is_chinese_first_and_english_too(audience: str, moment: Moment) -> None:
    words = text(everything(moment), audience)
    chinese, english = (words.index(part) for part in HEADLINES[moment])
    assert chinese < english
    assert "{" not in words


def test_a_warden_learns_at_a_glance_where_and_what() -> None:
    facts = Facts(
        "HX20261123-0001", Moment.DISPATCHED, Scenario.DROWNING_RISK, Kind.OVERSTAY,
        Severity.WARNING, "月湖", "Moon Lake", 1_795_406_400_000,
        people=2, dwell_s=12.4, zone_id="edge", duty_zh="到现场", duty_en="go there",
    )  # fmt: skip
    assert subject(facts, "town") == "【溺水风险处置】HX20261123-0001 月湖：请立即签收并处置"
    assert text(facts, "town").splitlines()[:9] == [
        "溺水风险处置：请立即签收并处置。",
        "编号：HX20261123-0001",
        "地点：月湖",
        "区域：edge",
        "情况：长时间停留（预警）",
        "人数：2",
        "停留：12 秒",
        "预警次数：1",
        "时间：2026-11-23 12:00:00",
    ]


def test_a_line_is_left_out_when_a_part_of_it_is_not_known() -> None:
    assert "已等待" in text(everything(), "town")
    assert "已等待" not in text(everything(waited_s=None), "town")


def test_machines_get_codes_and_utc() -> None:
    said = json.loads(data(everything(), "platform"))
    assert said["kind"] == "overstay"
    assert said["occurred_at"] == "2026-11-23T04:00:00.000+00:00"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 秒"), (119, "119 秒"), (180, "3 分钟"), (7199, "119 分钟"), (7200, "2 小时"),
     (172_799, "47 小时"), (172_800, "2 天")],
)  # fmt: skip
def test_a_duration_is_said_in_the_largest_unit_that_fits(seconds: int, words: str) -> None:
    assert lasted(seconds)[0] == words
