"""Pupils and their guardians: what a roster's row must hold, and who may know whom."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    model_validator,
)

from central.core.consents_wanted import ConsentsWanted
from central.core.naming import Words
from central.core.people import Actor, Role
from central.core.refusals import CaseError

CLASS_CODE = r"^[0-9]{1,2}-[0-9]{1,2}$"
SCHOOL_CODE = r"^school:[a-z0-9][a-z0-9-]{0,50}$"
OLDEST, YOUNGEST = 1990, 2100
TRUE = frozenset({"是", "y", "yes", "true", "1", "住校", "住宿"})
FALSE = frozenset({"", "否", "n", "no", "false", "0", "走读"})
_NUMERALS = {one: n for n, one in enumerate("零一二三四五六七八九十")} | {"两": 2}
_STAGES = {"": 0, "小": 0, "初": 6, "高": 9}
_CLASS_NAME = re.compile(
    r"(?P<stage>[初高小]?)(?P<grade>[一二三四五六七八九]|[1-9][0-9]?(?=年|[(\uff08]))(?:年级|年)?"
    r"[(\uff08]?(?P<number>[一二三四五六七八九十两]{1,3}|[1-9][0-9]?)[)\uff09]?班?"
)


class RosterError(CaseError):
    """A pupil or guardian that cannot be kept; the text says why."""


class UnknownPupilError(CaseError):
    """No such pupil, or not this person's to see."""


def _text(value: object) -> object:
    if isinstance(value, float) and value.is_integer():  # how a sheet keeps a number
        value = int(value)
    if value is None:
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else value


def _yes(value: object) -> object:
    said = str(_text(value)).lower()
    if said not in TRUE | FALSE:
        msg = "请填 是 或 否 / yes or no"
        raise ValueError(msg)
    return said in TRUE


def _yes_unless_no(value: object) -> object:
    """An empty cell says nothing against it: the guardian gave the number for this."""
    return _yes(value if _text(value) else True)


def _class(value: object) -> object:
    if isinstance(value, date):
        msg = (
            "表格软件把班级改成了日期，请把这一列设为文本 / "
            "the sheet made a date of it: format the column as text"
        )
        raise ValueError(msg)  # noqa: TRY004 - pydantic keeps only this kind
    return class_code_of(str(_text(value)))


def _year(value: object) -> object:
    return _text(value) or None


def class_code_of(text: str) -> str:
    """Read a class as people write it: `3-2`, 三年级二班, 三(2)班, 初二3班 (grade 8), 高一(5)班.

    Raises:
        ValueError: none of these.
    """
    if re.fullmatch(CLASS_CODE, text):
        return text
    found = _CLASS_NAME.fullmatch(text.replace(" ", ""))
    if found is None:
        msg = "班级应写作 3-2 或 三年级二班 / a class is written 3-2 (grade-number)"
        raise ValueError(msg)
    grade = _number(found["grade"]) + _STAGES[found["stage"]]
    return f"{grade}-{_number(found['number'])}"


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _NUMERALS[text]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f⟦⟧]*$"), BeforeValidator(_text)]
Phone = Annotated[
    str, Field(max_length=20, pattern=r"^(\+?[0-9][0-9 -]{4,18})?$"), BeforeValidator(_text)
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GuardianWanted(_Strict):
    """A guardian, and by which ways they agreed to be told."""

    name: Annotated[Line, Field(min_length=1, max_length=50)]
    phone: Phone = ""
    zlb: Annotated[Line, Field(max_length=64)] = ""
    relation: Annotated[Line, Field(max_length=20)] = ""
    told_by_sms: Annotated[bool, BeforeValidator(_yes_unless_no)] = True
    told_by_zlb: Annotated[bool, BeforeValidator(_yes_unless_no)] = True


_A_ROOM_IS_A_BOARDERS: dict[str, JsonValue] = {
    "if": {"required": ["dormitory_room"], "properties": {"dormitory_room": {"minLength": 1}}},
    "then": {"required": ["is_boarder"], "properties": {"is_boarder": {"const": True}}},
}


class PupilWanted(_Strict):
    """A pupil as a school's roster has it."""

    model_config = ConfigDict(json_schema_extra=_A_ROOM_IS_A_BOARDERS)

    unit_code: Annotated[
        Line, Field(pattern=SCHOOL_CODE, json_schema_extra={"pattern": SCHOOL_CODE})
    ]
    class_code: Annotated[
        str, BeforeValidator(_class), Field(json_schema_extra={"pattern": CLASS_CODE})
    ]
    school_no: Annotated[Line, Field(min_length=1, max_length=32)]
    name: Annotated[Line, Field(min_length=1, max_length=50)]
    birth_year: Annotated[int | None, BeforeValidator(_year)] = Field(
        default=None, ge=OLDEST, le=YOUNGEST
    )
    is_boarder: Annotated[bool, BeforeValidator(_yes)] = False
    dormitory_room: Annotated[Line, Field(max_length=32)] = ""
    guardians: tuple[GuardianWanted, ...] | None = Field(
        default=None, max_length=4, description="left out: they stay as they are"
    )
    consents: ConsentsWanted | None = Field(
        default=None, description="what a signed form agrees to; withdrawn elsewhere"
    )

    @model_validator(mode="after")
    def _boards_or_not(self) -> "PupilWanted":
        if self.dormitory_room and not self.is_boarder:
            msg = "有寝室号而不住校 / a dormitory room, but no boarder"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian, opened."""

    guardian_id: str
    name: str
    phone: str
    zlb: str
    relation: str
    told_by_sms: bool
    told_by_zlb: bool


_KEEPS_OWN = frozenset({Role.SCHOOL_SAFETY_LEAD})
_KEEPS_ANY = frozenset({Role.DISTRICT_ADMIN})
_ENDS_ANY = frozenset({Role.DPO})
_SEES_NO_NAME = frozenset({Role.DISTRICT_ADMIN, Role.DPO})


def may_keep(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may add or change pupils of a school."""
    return actor.role in _KEEPS_ANY or (actor.role in _KEEPS_OWN and actor.unit_code == unit_code)


def may_end(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may erase a pupil: whoever may add one, and the DPO."""
    return actor.role in _ENDS_ANY or may_keep(actor, unit_code)


def may_name(actor: Actor, unit_code: str, class_code: str | None, own: Collection[str]) -> bool:
    """Tell whether somebody may know a pupil's name: the school's safety lead, the class teacher.

    `own` are the classes that somebody teaches.
    """
    if actor.unit_code != unit_code:
        return False
    if actor.role is Role.CLASS_TEACHER:
        return class_code is not None and class_code in own
    return actor.role in _KEEPS_OWN


def may_find(actor: Actor, unit_code: str, class_code: str | None, own: Collection[str]) -> bool:
    """Tell whether somebody may know that a pupil is on the roster, by number and class."""
    return actor.role in _SEES_NO_NAME or may_name(actor, unit_code, class_code, own)


AGE_BANDS: tuple[tuple[int, Words], ...] = (
    (6, ("学龄前", "below school age")),
    (12, ("小学年龄段（约 6–12 岁）", "of primary school age (about 6-12)")),
    (15, ("初中年龄段（约 12–15 岁）", "of lower secondary age (about 12-15)")),
    (18, ("高中年龄段（约 15–18 岁）", "of upper secondary age (about 15-18)")),
)


def age_band(birth_year: int | None, this_year: int) -> Words:
    """Give how old somebody is, no closer than a department needs."""
    if birth_year is None:
        return ("学生，年龄未登记", "a pupil, age not registered")
    age = this_year - birth_year
    return next((words for below, words in AGE_BANDS if age < below), ("成年", "of age"))


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "unit_code": ("school", "学校", "学校编号"),
    "class_code": ("class", "班级"),
    "school_no": ("number", "学号"),
    "name": ("name", "姓名"),
    "birth_year": ("birth_year", "出生年份"),
    "is_boarder": ("boarder", "住校", "是否住校"),
    "dormitory_room": ("room", "寝室", "寝室号"),
    "guardian_name": ("guardian_name", "家长", "家长姓名"),
    "guardian_phone": ("guardian_phone", "家长手机", "家长电话"),
    "guardian_zlb": ("guardian_zlb", "浙里办", "浙里办编号"),
    "guardian_relation": ("guardian_relation", "关系", "家长关系"),
    "guardian_told_by_sms": ("guardian_sms", "同意短信"),
    "guardian_told_by_zlb": ("guardian_told_by_zlb", "同意浙里办"),
    "consent_match_water": ("consent_water", "同意水边比对"),
    "consent_match_venue": ("consent_venue", "同意场馆比对"),
    "consent_named_aloud": ("consent_named", "同意播报姓名"),
    "consent_form": ("consent_form", "同意书编号"),
    "consent_given_on": ("consent_given", "同意日期"),
    "consent_expires_on": ("consent_expires", "同意到期"),
}
"""A roster's columns, by the names that a file's first row may give them."""
NEEDED = ("unit_code", "class_code", "school_no", "name")
