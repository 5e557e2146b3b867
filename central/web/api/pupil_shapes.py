"""What goes in and out of the API about pupils."""

from pydantic import Field

from central.web.api.shapes import Shape


class PupilsAsked(Shape):
    """Which pupils; `after` is the `next` of the page before. `name`: within one's own school."""

    unit_code: str = ""
    class_code: str = ""
    school_no: str = ""
    name: str = Field(default="", max_length=50)
    is_boarder: bool | None = None
    after: str = ""
    limit: int = Field(default=100, ge=1, le=200)


class PupilOut(Shape):
    """A pupil; `name` only for those who may know it."""

    pupil_id: str
    unit_code: str
    class_code: str | None
    school_no: str | None
    birth_year: int | None
    is_boarder: bool
    dormitory_room: str | None
    name: str | None = None
    withdrawn_at: str | None = None
    key_destroyed_at: str | None = None
    key_digest: str


class PupilsOut(Shape):
    """A page of the list; `next` is null on the last one."""

    items: list[PupilOut]
    next: str | None


class GuardianOut(Shape):
    """A guardian of one's own pupil."""

    guardian_id: str
    name: str
    phone: str
    zlb: str
    relation: str
    told_by_sms: bool
    told_by_zlb: bool


class OnePupilOut(PupilOut):
    """One pupil with class, guardians and the galleries' entries that are this pupil."""

    class_name: str = ""
    guardians: list[GuardianOut] = Field(default_factory=list)
    entries: list[str] = Field(default_factory=list)


class EntryWanted(Shape):
    """An enrolment that is this pupil."""

    entry_id: str = Field(min_length=1, max_length=64)
