"""When boarders have to be in, and what a night's check makes of those who are not."""

from datetime import date, datetime

import pytest

from central.adapters.calendars import calendar_of
from central.core.curfew import Boarder, Fault, Finding, House, check, curfew_at, nights_at
from central.core.local_time import ZONE, to_ms
from central.core.presence import Where

HOUR = 3600 * 1000
DUE = 100 * HOUR
is_school_day = calendar_of(None).is_school_day


def at(year: int, month: int, day: int, hour: int, minute: int) -> int:
    return to_ms(datetime(year, month, day, hour, minute, tzinfo=ZONE))


def house(**changes: object) -> House:
    return House.model_validate(changes)


def boarders(present: int, absent: int, **more: bool) -> list[Boarder]:
    where = [Where.PRESENT] * present + [Where.ABSENT] * absent
    return [Boarder(f"b{n}", one, more.get("is_on_leave", False), more.get("is_seen", False))
            for n, one in enumerate(where)]  # fmt: skip


def test_a_school_night_has_its_curfew_and_a_friday_has_none() -> None:
    assert curfew_at(house(), date(2026, 11, 23), is_school_day) == at(2026, 11, 23, 21, 30)
    assert curfew_at(house(), date(2026, 11, 27), is_school_day) is None


def test_a_sunday_before_a_school_day_counts_and_a_night_before_a_holiday_does_not() -> None:
    assert curfew_at(house(), date(2026, 11, 29), is_school_day) is not None
    assert curfew_at(house(), date(2026, 9, 30), is_school_day) is None  # the first of October


def test_the_night_before_a_make_up_saturday_counts() -> None:
    assert curfew_at(house(), date(2026, 10, 9), is_school_day) is not None  # 调休 on the tenth


def test_a_weekday_may_have_a_curfew_of_its_own_and_a_house_may_count_every_night() -> None:
    own = house(curfews={"1": "20:45"}, nights="every")
    assert curfew_at(own, date(2026, 11, 23), is_school_day) == at(2026, 11, 23, 20, 45)
    assert curfew_at(own, date(2026, 11, 27), is_school_day) == at(2026, 11, 27, 21, 30)


def test_after_midnight_last_nights_check_is_still_under_way() -> None:
    yesterday, today = nights_at(at(2026, 11, 24, 0, 20))
    assert (yesterday, today) == (date(2026, 11, 23), date(2026, 11, 24))


def test_who_is_in_or_on_leave_is_not_missing() -> None:
    found = check(house(), boarders(3, 0), DUE - HOUR, DUE)
    assert found == Finding(absent=0, expected=3)
    away = [Boarder("b1", Where.ABSENT, is_on_leave=True), *boarders(1, 0)]
    assert check(house(), away, DUE - HOUR, DUE).missing == ()


@pytest.mark.parametrize("where", [Where.ABSENT, Where.UNKNOWN])
def test_one_who_is_neither_in_nor_on_leave_is_missing(where: Where) -> None:
    found = check(house(), [*boarders(20, 0), Boarder("x", where, is_on_leave=False)], DUE, DUE)
    assert (found.missing, found.fault) == (("x",), None)


def test_a_silent_gateway_is_a_fault_and_nobody_is_missing_by_name() -> None:
    for heard_at in (None, DUE - 13 * HOUR):
        found = check(house(), boarders(200, 100), heard_at, DUE)
        assert (found.missing, found.fault, found.absent) == ((), Fault.SILENT, 100)


def test_an_empty_house_is_a_fault_and_not_three_hundred_missing_children() -> None:
    found = check(house(), boarders(0, 300), DUE - HOUR, DUE)
    assert (found.missing, found.fault, found.expected) == ((), Fault.TOO_MANY, 300)


def test_two_of_three_are_looked_for_one_by_one() -> None:
    found = check(house(), boarders(1, 2), DUE - HOUR, DUE)
    assert (len(found.missing), found.fault) == (2, None)


def test_whom_a_roll_call_missed_is_missing_though_the_doors_are_silent() -> None:
    seen = [Boarder("x", Where.ABSENT, is_on_leave=False, is_seen=True)]
    found = check(house(), [*boarders(0, 50), *seen], None, DUE)
    assert (found.missing, found.fault) == (("x",), Fault.SILENT)
    assert check(house(), seen, None, DUE) == Finding(("x",), absent=1, expected=1)
