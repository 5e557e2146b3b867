"""A letter that is marked as a test."""

import json

from uuid_utils import uuid7

from central.core.local_time import clock_of
from central.ports import Letter

TEST_ZH = "这是一条测试通知，无需处置"
TEST_EN = "This is a test. There is nothing to do."


def trial(channel: str, address: str, at_ms: int) -> Letter:
    """Make a test letter for a channel."""
    number = f"TEST-{clock_of(at_ms)[-8:].replace(':', '')}"
    place = {"site_zh": "测试", "site_en": "test", "scenario_zh": "测试"}
    words = {"headline_zh": TEST_ZH, "words_zh": TEST_ZH, "words_en": TEST_EN}
    facts = {"number": number, "is_test": True, **place, **words}
    data = json.dumps(facts, ensure_ascii=False)
    return Letter(
        letter_id=str(uuid7()),
        incident_id="",
        moment="test",
        address=address,
        subject=f"【测试 TEST】{number}",
        text=data if channel == "webhook" else f"{TEST_ZH}。\n\n{TEST_EN}\n",
        created_at=at_ms,
        data=data,
    )
