"""Quiet hours hold, and say until when."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from central.core.local_time import ZONE, to_ms
from central.core.quiet_hours import OURS, QuietHours, group_of, quiet_now

NIGHT = QuietHours(22 * 60, 6 * 60 + 30, frozenset({"guardian", "department"}))
DAY_MS = 24 * 3600 * 1000


def at(clock: str) -> int:
    return to_ms(datetime.fromisoformat(f"2026-11-23T{clock}").replace(tzinfo=ZONE))


def test_the_night_lasts_over_midnight_and_ends_in_the_morning() -> None:
    assert NIGHT.until(at("21:59:59")) is None
    assert NIGHT.until(at("22:00:00")) == at("06:30:00") + DAY_MS
    assert NIGHT.until(at("03:00:00")) == at("06:30:00")
    assert NIGHT.until(at("06:30:00")) is None


def test_begin_and_end_alike_is_never() -> None:
    assert QuietHours(600, 600, frozenset({"guardian"})).until(at("10:00:00")) is None


def test_a_rule_for_one_channel_leaves_the_others_alone() -> None:
    by_phone = QuietHours(0, 1439, frozenset({"town"}), frozenset({"sms"}))
    assert quiet_now([by_phone], "sms", at("12:00:00")) == {"town": at("23:59:00")}
    assert quiet_now([by_phone], "email", at("12:00:00")) == {}


def test_who_goes_to_the_spot_or_keeps_watch_has_no_quiet_hours_unless_it_is_said() -> None:
    quiet = quiet_now(OURS, "zwdd", at("23:00:00"))
    awake = ("town", "station", "school", "platform", "edu")
    assert group_of("culture") in quiet
    assert not {group_of(one) for one in awake} & set(quiet)


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 10 * DAY_MS))
def test_what_is_held_is_let_out_within_a_day_and_not_held_again_at_once(
    begins: int, ends: int, later: int
) -> None:
    hours, now = QuietHours(begins, ends, frozenset({"town"})), at("00:00:00") + later
    until = hours.until(now)
    if until is not None:
        assert now < until <= now + DAY_MS
        assert hours.until(until) is None
