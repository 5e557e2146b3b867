"""Background checks of staff, temporary staff and builders: outcome codes, and nothing else.

What was found, and whom about by name, stays with the authority that looked.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from central.core.people import Actor, Role
from central.core.refusals import CaseError

MOST_ROWS = 5000
COLUMNS = ("person", "unit", "category", "outcome", "checked_on", "employed_until")
_NEEDED = ("person", "unit", "category", "outcome")
_LIKE_AN_ID = re.compile(r"\d{17}[\dXx]|1\d{10}")


class PostCategory(StrEnum):
    """In which capacity somebody is at the school."""

    STAFF = "staff"
    TEMPORARY = "temporary"
    BUILDER = "builder"


class CheckOutcome(StrEnum):
    """How a check has ended, or that it has not."""

    CLEAR = "clear"
    NEEDS_ACTION = "needs_action"
    PENDING = "pending"


class CheckError(CaseError):
    """A list that cannot be taken; the text names line, column and what to do."""


def _pseudonym(text: str) -> str:
    if _LIKE_AN_ID.fullmatch(text):
        msg = (
            "person 看似身份证号或手机号，请用单位自编的代号 / looks like an identity or phone "
            "number, use a code of the unit's own"
        )
        raise ValueError(msg)
    return text


class Check(BaseModel):
    """One person's check. `person` is a code that the unit made, no name and no number of theirs.

    `employed_until`: the last day at the school; the day after, the row is erased.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$"), AfterValidator(_pseudonym)]
    unit: Annotated[str, Field(pattern=r"^school:[a-z0-9][a-z0-9-]{0,56}$")]
    category: PostCategory
    outcome: CheckOutcome
    checked_on: date | None = None
    employed_until: date | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a school's people have been checked: `numerator` of `denominator`."""

    unit_code: str
    numerator: int
    denominator: int
    needs_action: int

    @property
    def share(self) -> float | None:
        """Give the share; None where nobody is on the list."""
        return self.numerator / self.denominator if self.denominator else None


def may_import(actor: Actor) -> bool:
    """Tell whether somebody may bring results: the police that look, the district that asked."""
    kind, _, _ = actor.unit_code.partition(":")
    return actor.role is Role.DISTRICT_ADMIN or (
        kind == "police" and actor.role in {Role.UNIT_OFFICER, Role.STATION_OFFICER}
    )


def may_end(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may say that a person has left: the school itself, or the district."""
    own = actor.role is Role.SCHOOL_SAFETY_LEAD and actor.unit_code == unit_code
    return own or may_import(actor) or actor.role is Role.DPO


def sees_coverage(actor: Actor, unit_code: str) -> bool:
    """Tell whether somebody may see how many of a school's people are checked."""
    return may_end(actor, unit_code) or actor.is_district_wide


def rows_of(text: str) -> list[Check]:
    """Read a CSV file with a head line.

    Raises:
        CheckError: empty, too long, columns missing or too many, or a wrong value: all of them.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="…")
    head = [name.strip() for name in reader.fieldnames or ()]
    _must_be_columns(head)
    rows = [
        {name.strip(): (value or "").strip() for name, value in row.items() if name != "…"}
        | ({"…": "…"} if row.get("…") else {})
        for row in reader
    ]
    return checks_of([{k: v for k, v in row.items() if v != ""} for row in rows], first_line=2)


def checks_of(rows: Iterable[Mapping[str, Any]], first_line: int = 1) -> list[Check]:
    """Read rows; `first_line` is the number that errors begin to count from.

    Raises:
        CheckError: as for `rows_of`; nothing of the list is taken.
    """
    found, mistakes = [], []
    for line, row in enumerate(rows, start=first_line):
        try:
            found.append(Check.model_validate(row))
        except ValidationError as error:
            mistakes += [_in_words(line, one) for one in error.errors()]
    if mistakes:
        more = f" …(+{len(mistakes) - 20})" if len(mistakes) > 20 else ""  # noqa: PLR2004
        raise CheckError(
            "整份未导入：" + "；".join(zh for zh, _ in mistakes[:20]) + more,
            "nothing was taken: " + "; ".join(en for _, en in mistakes[:20]) + more,
        )
    if not 0 < len(found) <= MOST_ROWS:
        zh = f"应有 1 至 {MOST_ROWS} 行，现有 {len(found)} 行"
        raise CheckError(zh, f"1 to {MOST_ROWS} rows are wanted, there are {len(found)}")
    return found


def _must_be_columns(head: list[str]) -> None:
    extra = [name for name in head if name not in COLUMNS]
    missing = [name for name in _NEEDED if name not in head]
    if extra:
        names = "、".join(_safe(name) for name in extra)
        zh = f"不接收的列：{names}。只收结论代码，原因、事由、姓名留在审查机关，请删去后再导入"
        raise CheckError(zh, f"columns not taken: {names}: outcome codes only, no reasons or names")
    if missing:
        names = ", ".join(missing)
        zh = f"缺少列：{names}"
        raise CheckError(zh, f"columns missing: {names}")


def _in_words(line: int, error: Mapping[str, Any]) -> tuple[str, str]:
    """Name line and column; the value itself is not repeated."""
    where = _safe(".".join(str(part) for part in error["loc"]) or "row")
    if error["type"] == "extra_forbidden":
        zh = f"第 {line} 行 {where}：不接收，只收结论代码，原因和姓名留在审查机关"
        return zh, f"line {line} {where}: not taken, outcome codes only"
    if error["type"] == "missing":
        return f"第 {line} 行缺 {where}", f"line {line}: {where} is missing"
    if error["type"] == "value_error":
        zh, _, en = str(error["ctx"]["error"]).partition(" / ")
        return f"第 {line} 行 {zh}", f"line {line} {where} {en}"
    return f"第 {line} 行 {where} 不对", f"line {line} {where}: wrong value"


def _safe(name: str) -> str:
    return name[:40] if name.isprintable() else "(…)"
