"""The nine scenarios of the district's plan, and what a device can say about them."""

from enum import StrEnum


class Scenario(StrEnum):
    """One of the nine, by the code that every file, topic and page uses."""

    CAMPUS_FOUR_100 = "campus_four_100"
    PERSON_OF_CONCERN = "person_of_concern"
    BOARDING_ABSENCE = "boarding_absence"
    FOOD_SAFETY = "food_safety"
    DROWNING_RISK = "drowning_risk"
    VENUE_MINOR = "venue_minor"
    TRAFFIC_HAZARD = "traffic_hazard"
    MIND_CARE = "mind_care"
    LAW_EDUCATION = "law_education"


class Kind(StrEnum):
    """What exactly a device saw, heard or felt."""

    LINE_CROSSED = "line_crossed"
    OVERSTAY = "overstay"
    MINOR_MATCH = "minor_match"
    PERSON_OF_CONCERN_MATCH = "person_of_concern_match"
    GATE_OPEN = "gate_open"
    GUARD_ABSENT = "guard_absent"
    ESCORT_ABSENT = "escort_absent"
    ALARM_FAULT = "alarm_fault"
    VIDEO_FAULT = "video_fault"
    BUTTON_PRESSED = "button_pressed"
    DEVICE_FAULT = "device_fault"


class Fault(StrEnum):
    """What is wrong with a device that says so (`video_fault`, `alarm_fault`, `device_fault`).

    On the wire these are plain words: a reader passes on one that it does not know.
    """

    LOST = "lost"
    DARK = "dark"
    COVERED = "covered"
    FROZEN = "frozen"
    MOVED = "moved"
    BLINDED = "blinded"
    SLOW = "slow"
    BUTTON_STUCK = "button_stuck"
    BUTTON_CUT = "button_cut"
    SPEAKER = "speaker"
    HOT = "hot"
    MEMORY = "memory"
    DISK = "disk"
    CLOCK = "clock"


class Duty(StrEnum):
    """What a school gate is measured by: each is a share of time, or of tries."""

    CAMPUS_CLOSED = "campus_closed"
    GUARD_ON_POST = "guard_on_post"
    ESCORT_POST = "escort_post"
    ALARM_WORKS = "alarm_works"
    VIDEO_WORKS = "video_works"


class Severity(StrEnum):
    """How soon somebody must look."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Phase(StrEnum):
    """Where in its life an alert stands; one `alert_id` joins its phases."""

    START = "start"
    UPDATE = "update"
    END = "end"


class Clock(StrEnum):
    """Whether the wall clock can be believed: set by the network, or only a floor since boot."""

    SYNCED = "synced"
    FLOOR = "floor"
