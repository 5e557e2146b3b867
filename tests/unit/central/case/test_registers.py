"""Where no camera may hang, and when face data are to be filed."""

from datetime import date, timedelta
from typing import Any

import pytest

from central.core.cameras import CameraError, CameraWanted, check
from central.core.filings import THRESHOLD, WORKING_DAYS, Level, standing

GOOD: dict[str, Any] = {
    "lens": "gate-001/cam1", "site_id": "gate", "site_kind": "gate", "spot": "gate_outside",
    "spot_text": "正门外立杆", "purpose": "防范非法闯入", "matches_faces": True,
    "sign_text": "视频采集区域", "has_sign_photo": True,
}  # fmt: skip
DAY = date(2026, 11, 2)


def is_workday(day: date) -> bool:
    return day.weekday() < 5


def test_a_camera_with_its_sign_is_registered() -> None:
    check(CameraWanted(**GOOD))


@pytest.mark.parametrize(
    "room",
    ["二楼女厕所门口", "卫生间走廊", "体育馆更衣室", "学生宿舍三层", "浴室", "母婴室", "心理咨询室",
     "Boys' toilet", "changing room", "dormitory, 3rd floor"],
)  # fmt: skip
def test_private_rooms_are_refused_whatever_the_purpose(room: str) -> None:
    with pytest.raises(CameraError, match="refused"):
        check(CameraWanted(**{**GOOD, "spot_text": room}))


@pytest.mark.parametrize(
    "changes",
    [
        {"site_kind": "dormitory"},
        {"spot": "toilet"},
        {"has_sign_photo": False},
        {"sign_text": ""},
        {"purpose": " "},
        {"spot": "corridor"},
    ],
)
def test_what_lacks_its_ground_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(CameraError):
        check(CameraWanted(**{**GOOD, **changes}))


@pytest.mark.parametrize(
    ("persons", "level"),
    [(0, Level.CALM), (79_999, Level.CALM), (80_000, Level.SOON), (95_000, Level.URGENT),
     (99_999, Level.URGENT), (THRESHOLD, Level.DUE)],
)  # fmt: skip
def test_the_district_is_warned_before_the_threshold(persons: int, level: Level) -> None:
    assert standing(persons, {DAY: persons}, False, is_workday).level is level


def test_thirty_working_days_are_counted_from_the_day_it_was_reached() -> None:
    days = {DAY: THRESHOLD, DAY + timedelta(days=1): THRESHOLD + 5}
    where = standing(90_000, days, False, is_workday)
    assert (where.level, where.reached_on) == (Level.DUE, DAY)
    assert where.due_on == DAY + timedelta(weeks=WORKING_DAYS // 5)
    assert standing(90_000, days, True, is_workday).level is Level.FILED
