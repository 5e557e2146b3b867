"""What a report-back lacks is named, all at once, in words for whoever fills it in."""

import pytest

from central.core.report_back import NOTHING_MORE, Demand, Outcome, Place, Report, missing

PHOTO, OTHER = "a" * 64, "b" * 64
STRICT = Demand(
    text_min=5, photos=2, place=True, outcomes={"left": Outcome(zh="已离开", en="has left")}
)
WHOLE = Report(photos=(PHOTO, OTHER), place=Place(lat=29.6, lon=121.4), outcome="left")


def test_what_is_asked_for_and_given_is_enough() -> None:
    assert missing(STRICT, "已经离开了", WHOLE) == []
    assert missing(Demand(), "好了", NOTHING_MORE) == []


def test_everything_that_is_missing_is_named_at_once() -> None:
    said = [zh for zh, _en in missing(STRICT, "短", NOTHING_MORE)]
    assert said == ["说明至少 5 个字", "照片至少 2 张", "地点", "结果，取其一：left（已离开）"]


@pytest.mark.parametrize(
    ("report", "lack"),
    [
        (WHOLE.model_copy(update={"photos": (PHOTO, PHOTO)}), "2 photo(s) or more"),
        (WHOLE.model_copy(update={"outcome": "fled"}), "an outcome, one of: left (has left)"),
        (WHOLE.model_copy(update={"place": None}), "the place"),
    ],
)
def test_the_same_photo_twice_or_an_unknown_outcome_is_not_enough(report: Report, lack: str
                                                                   ) -> None:  # fmt: skip
    assert [en for _zh, en in missing(STRICT, "已经离开了", report)] == [lack]


def test_an_outcome_may_be_optional_but_never_made_up() -> None:
    open_to = STRICT.model_copy(update={"outcome_optional": True})
    assert missing(open_to, "已经离开了", WHOLE.model_copy(update={"outcome": None})) == []
    assert missing(open_to, "已经离开了", WHOLE.model_copy(update={"outcome": "fled"}))
    assert missing(Demand(), "好了", Report(outcome="left"))
