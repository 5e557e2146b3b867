"""A school books a course, moves it, holds it, and says how many came; coverage follows."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.passer_by import brings, why
from tests.scenarios.stage import Stage, zwdd_of

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_a_course_is_booked_moved_held_reported_and_counted(stage: Stage) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    menu = stage["anquan"].get("courses")["items"]
    assert len(menu) == 90
    course = menu[0]
    starts_at = (now + timedelta(days=7)).isoformat()
    wish = {"unit_code": "school:shiyan", "course_code": course["code"], "expected": 42,
            "class_name": "四年级（2）班", "starts_at": starts_at}  # fmt: skip
    booking_id = stage["anquan"].post("bookings", wish)["booking_id"]
    incident = case_of(stage, booking_id)
    number = stage["anquan"].case(incident)["number"]
    stage.told("zwdd", zwdd_of("tuanwei"), number, course["title_zh"], "四年级（2）班")

    later = now + timedelta(days=9)
    stage["anquan"].post(f"bookings/{booking_id}/move", {"starts_at": later.isoformat()})
    day = later.astimezone().strftime("%Y")
    stage.told("zwdd", zwdd_of("tuanwei"), number, "安排有变", "课程改期", day)

    stage["tuanwei"].does_its_part(incident, "讲师已授课")
    stage["anquan"].takes(incident, "acknowledge")
    stage["anquan"].takes(incident, "dispose", note="已开课")
    photo = brings(stage, "anquan", incident, shade=30)
    assert "到课人数" in why(
        stage["anquan"].refused(
            incident, "report_back", note="课堂反响好", report={"photos": [photo]}
        )
    )
    before = stage["zhiban"].get("statistics/courses", term=_term(later))
    stage["anquan"].takes(incident, "report_back", note="课堂反响好",
                          report={"photos": [photo], "attended": 40})  # fmt: skip
    after = stage["zhiban"].get("statistics/courses", term=_term(later))
    school = after["by_school"]["school:shiyan"]
    assert school["pupils"] == before["by_school"]["school:shiyan"]["pupils"] + 40
    assert after["schools"] == {"numerator": 1, "denominator": 2}
    assert after["by_course"][course["code"]]["numerator"] == 1

    closed = stage["zhiban"].checks_and_closes(incident, "school:shiyan", "youth")
    assert closed["status"] == "closed"
    stage.told("zwdd", zwdd_of("tuanwei"), number, "已办结")


def test_a_cancelled_course_is_told_and_asks_nothing_more(stage: Stage) -> None:
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=20)
    wish = {"unit_code": "school:shiyan", "course_code": "XL-07", "expected": 30,
            "class_name": "五年级（1）班", "starts_at": starts.isoformat()}  # fmt: skip
    booking_id = stage["anquan"].post("bookings", wish)["booking_id"]
    incident = case_of(stage, booking_id)
    number = stage["anquan"].case(incident)["number"]
    stage.told("zwdd", zwdd_of("tuanwei"), number, "五年级（1）班")
    stage["anquan"].post(f"bookings/{booking_id}/cancel", {"why": "秋季运动会"})
    stage.told("zwdd", zwdd_of("tuanwei"), number, "课程取消（秋季运动会）")
    assert stage["anquan"].case(incident)["status"] == "closed"


def case_of(stage: Stage, booking_id: str) -> str:
    """Give the incident of a booking, whichever others there are."""
    items = stage["anquan"].get("bookings")["items"]
    return next(str(one["incident_id"]) for one in items if one["booking_id"] == booking_id)


def _term(at: datetime) -> str:
    year = at.year if at.month >= 8 else at.year - 1
    return f"{year}-{2 if 2 <= at.month < 8 else 1}"
