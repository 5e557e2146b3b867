"""The district's own quiet hours, read from its settings."""

import tomllib

import pytest
from pydantic import ValidationError

from central.config import CentralConfig
from central.config.quiet import rules
from central.core.quiet_hours import OURS


def read(text: str) -> CentralConfig:
    return CentralConfig.model_validate(tomllib.loads(text))


def test_a_district_that_says_nothing_has_ours() -> None:
    assert rules(read("").quiet_hours) == OURS


def test_an_empty_list_is_none_at_all() -> None:
    assert rules(read("quiet_hours = []").quiet_hours) == ()


def test_each_rule_has_its_hours_audiences_and_channels() -> None:
    said = """
[[quiet_hours]]
begins = "21:30"
ends = "07:00"
audiences = ["guardian"]
channels = ["sms"]
"""
    (rule,) = rules(read(said).quiet_hours)
    assert (rule.begins, rule.ends) == (21 * 60 + 30, 7 * 60)
    assert (rule.audiences, rule.channels) == (frozenset({"guardian"}), frozenset({"sms"}))


@pytest.mark.parametrize("wrong", ["begins = '24:00'", "audiences = ['nobody']", "from = '22:00'"])
def test_a_rule_that_makes_no_sense_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        read(f"[[quiet_hours]]\n{wrong}")
