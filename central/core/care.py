"""心灵关爱: what a referral holds, who may make, grade and read it, and how it is counted.

Nothing of this stands in a case: there is only an opaque id, and whose turn it is.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from central.core.access import kind_of
from central.core.naming import Words
from central.core.people import Actor, Role
from central.core.suppression import LEAST


class Grade(StrEnum):
    """How grave it is, as a trained person sees it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


GRADES: dict[Grade, Words] = {
    Grade.LOW: ("一级（低）", "low"),
    Grade.MEDIUM: ("二级（中）", "medium"),
    Grade.HIGH: ("三级（高）", "high"),
}

CALLS_FOR: Mapping[Grade, str] = {
    Grade.LOW: "by_school",
    Grade.MEDIUM: "with_district",
    Grade.HIGH: "with_partners",
}
"""What a grade asks of the playbook: the case keeps who takes part, never the grade."""


class Source(StrEnum):
    """From whom it comes: always a person or a test, never something that reads along."""

    TEACHER = "teacher"
    GUARDIAN = "guardian"
    PUPIL = "pupil"
    PSYCHOLOGIST = "psychologist"
    POLICE = "police"
    HEALTH = "health"
    ASSESSMENT = "assessment"


SOURCES: dict[Source, Words] = {
    Source.TEACHER: ("老师主动发现", "a teacher"),
    Source.GUARDIAN: ("家长日常沟通", "a guardian"),
    Source.PUPIL: ("学生自我倾诉", "the pupil"),
    Source.PSYCHOLOGIST: ("心理专员", "a psychologist"),
    Source.POLICE: ("公安日常工作", "the police"),
    Source.HEALTH: ("医疗卫生机构", "a health institution"),
    Source.ASSESSMENT: ("学期初心理测评", "the assessment at the start of term"),
}


class Sign(StrEnum):
    """What was noticed, in the words of the form."""

    MOOD = "mood"
    SLEEP = "sleep"
    WITHDRAWN = "withdrawn"
    CONFLICT = "conflict"
    ABSENT = "absent"
    BULLIED = "bullied"
    LOSS = "loss"
    SELF_HARM = "self_harm"
    OTHER = "other"


SIGNS: dict[Sign, Words] = {
    Sign.MOOD: ("情绪低落或易怒", "low or irritable"),
    Sign.SLEEP: ("睡眠或饮食改变", "sleep or eating changed"),
    Sign.WITHDRAWN: ("回避同伴", "keeps away from others"),
    Sign.CONFLICT: ("冲突增多", "more conflicts"),
    Sign.ABSENT: ("缺课、成绩骤变", "absent, results changed"),
    Sign.BULLIED: ("疑似被欺凌", "perhaps bullied"),
    Sign.LOSS: ("家庭变故或丧失", "a loss or change at home"),
    Sign.SELF_HARM: ("有伤害自己的言行", "words or acts of self-harm"),
    Sign.OTHER: ("其他", "other"),
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Child(_Strict):
    """Who it is. Locked under a key of the child's own."""

    unit_code: Annotated[str, Field(pattern=r"^school:[a-z0-9][a-z0-9-]{0,50}$")]
    school_no: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    class_name: Annotated[str, Field(max_length=40)] = ""


class Referral(_Strict):
    """What was noticed, and by whom."""

    source: Source
    signs: Annotated[tuple[Sign, ...], Field(min_length=1, max_length=9)]
    note: Annotated[str, Field(max_length=2000)] = ""


class Work(StrEnum):
    """What is written down of a referral afterwards."""

    GRADE = "grade"
    INTERVENTION = "intervention"
    REASSESSMENT = "reassessment"
    CLOSING = "closing"


class Record(_Strict):
    """One line of the record. A grade belongs to a grading and a re-assessment."""

    kind: Work
    text: Annotated[str, Field(min_length=2, max_length=4000)]
    grade: Grade | None = None


class Band(StrEnum):
    """A band of scores, as the instrument has it."""

    NORMAL = "normal"
    ATTENTION = "attention"
    URGENT = "urgent"


class Assessed(_Strict):
    """One row of an imported assessment. What is normal is counted and not kept."""

    school_no: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    class_name: Annotated[str, Field(max_length=40)] = ""
    instrument: Annotated[str, Field(min_length=1, max_length=60)]
    band: Band


OF_SCHOOL = frozenset({Role.CLASS_TEACHER, Role.SCHOOL_SAFETY_LEAD, Role.PSYCHOLOGIST})
FROM_OUTSIDE: Mapping[str, frozenset[Role]] = {
    "police": frozenset({Role.UNIT_OFFICER, Role.STATION_OFFICER}),
    "station": frozenset({Role.STATION_OFFICER}),
    "health": frozenset({Role.UNIT_OFFICER, Role.PSYCHOLOGIST}),
    "edu": frozenset({Role.PSYCHOLOGIST}),
}
"""Who may refer a pupil of any school, by unit; guardians and pupils go through their school."""


def may_refer(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may refer a pupil of a school."""
    if actor.unit_code == unit_code:
        return actor.role in OF_SCHOOL
    return actor.role in FROM_OUTSIDE.get(kind_of(actor.unit_code), frozenset())


def may_read(actor: Actor, task_units: Collection[str]) -> bool:
    """Tell whether somebody may read the content: a psychologist of a unit with a task in it."""
    return actor.role is Role.PSYCHOLOGIST and actor.unit_code in task_units


def may_grade(actor: Actor, unit_code: str, task_units: Collection[str]) -> bool:
    """Tell whether somebody may grade: a trained person, of the school, with the task."""
    return may_read(actor, task_units) and actor.unit_code == unit_code


def in_fives(count: int) -> int:
    """Give a count as it may be published: rounded down to a multiple of k.

    Of any two such figures, whatever they were counted by and whenever, the difference is nothing
    or at least k: no subtraction points at a child.
    """
    return count - count % LEAST


def published(cells: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Give a table by two columns as it may be seen: what rounds to nothing does not show at all.

    Sums are to be made of what is seen, not of what is.
    """
    return {key: in_fives(count) for key, count in cells.items() if in_fives(count)}
