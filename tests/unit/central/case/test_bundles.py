"""A letter that carries others keeps its own words and names every case, in both languages."""

import json

from hypothesis import given
from hypothesis import strategies as st

from central.core.bundles import MOST_LINES, carrying, carrying_data, fitting

OWN = (
    "溺水风险处置：请立即签收并处置。\n编号：HX-1\n\nDrowning risk: please act now.\nNumber: HX-1\n"
)


def facts(number: int, moment: str = "dispatched", **more: str) -> str:
    said = {"number": f"HX20261123-{number:04d}", "moment": moment, "scenario": "drowning_risk",
            "site_zh": "月湖", "site_en": "Moon Lake", **more}  # fmt: skip
    return json.dumps(said, ensure_ascii=False)


def test_it_keeps_its_own_words_and_names_each_case_once() -> None:
    text = carrying(OWN, [facts(2), facts(3), facts(3, "overdue")])
    chinese, english = text.split("\n\n")
    assert chinese.startswith("溺水风险处置：请立即签收并处置。")
    assert "另有 2 件" in chinese
    assert "HX20261123-0003 月湖，溺水风险处置：超时未办，已升级" in chinese
    assert "HX20261123-0002 Moon Lake, drowning risk: please acknowledge and act now" in english


def test_a_letter_that_carries_nothing_is_as_it_was_written() -> None:
    assert carrying(OWN, []) == OWN
    assert carrying_data(facts(1), []) == facts(1)


def test_what_an_audience_may_not_know_is_in_no_line() -> None:
    private = json.dumps({"number": "HX-9", "moment": "unusual", "scenario": "mind_care"})
    assert "HX-9，心灵关爱" in carrying(OWN, [private])


def test_a_template_that_shows_a_number_says_how_many_there_are() -> None:
    data = json.loads(carrying_data(facts(1), [facts(2), facts(3)], is_list=False))
    assert data["number"] == "HX20261123-0001等3件"
    assert [one["number"] for one in data["bundled"]] == ["HX20261123-0002", "HX20261123-0003"]


@given(st.integers(0, 120), st.integers(500, 20_000))
def test_what_fits_always_fits_and_nothing_is_cut(count: int, most_bytes: int) -> None:
    others = [facts(number) for number in range(2, count + 2)]
    number = fitting(OWN, others, most_bytes)
    assert number <= min(count, MOST_LINES)
    chinese = carrying(OWN, others[:number]).split("\n\n")[0]
    assert number == 0 or len(chinese.encode()) < most_bytes
    assert all(json.loads(one)["number"] in chinese for one in others[:number])
