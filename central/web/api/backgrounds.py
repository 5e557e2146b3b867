"""Background checks: lists with outcome codes in, coverage out; who was checked is never listed."""

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import Field

from central.adapters.store import audit, backgrounds
from central.core.backgrounds import (
    CheckError,
    checks_of,
    may_end,
    may_import,
    rows_of,
    sees_coverage,
)
from central.core.refusals import NotAllowedError, UnknownTaskError
from central.incidents.checking import import_checks
from central.web import here
from central.web.api.shapes import Shape

api = APIBlueprint("api_backgrounds", __name__, url_prefix="/api/v1", tag="background checks")


class ImportedOut(Shape):
    """What became of a list: counts, and the cases that were opened."""

    new: int
    changed: int
    unchanged: int
    incidents: list[str]


class LeftWanted(Shape):
    """Somebody who has left the school."""

    unit: str = Field(max_length=64)
    person: str = Field(max_length=40)


class LeftOut(Shape):
    """Whether somebody was forgotten."""

    erased: bool


class CoverageOut(Shape):
    """One school's: checked, of those on its list; null without a list."""

    unit_code: str
    numerator: int
    denominator: int
    needs_action: int
    share: float | None


class CoveragesOut(Shape):
    """By school."""

    items: list[CoverageOut]


@api.post("/background-checks")
@api.doc(
    description="`text/csv` with the columns person, unit, category, outcome, checked_on, "
    "employed_until, or a JSON list of such objects. Any other column is refused, and with it all."
)
@api.output(ImportedOut, status_code=201)
def post_checks() -> dict[str, Any]:
    """Take a list of results."""
    who = here.actor()
    if not may_import(who):
        zh = "只有公安和区管理员可以导入背景审查结果"
        raise NotAllowedError(zh, "only the police and the district administrator import results")
    checks = _asked()
    with here.store().transaction() as connection:
        done = import_checks(connection, who, checks, here.settings().playbooks, here.now_ms())
    return {"new": done.new, "changed": done.changed, "unchanged": done.unchanged,
            "incidents": list(done.incidents)}  # fmt: skip


@api.post("/background-checks/left")
@api.input(LeftWanted)
@api.output(LeftOut)
def post_left(json_data: LeftWanted) -> dict[str, Any]:
    """Forget somebody who has left."""
    who = here.actor()
    if not may_end(who, json_data.unit):
        zh = "只有本校、公安和区管理员可以注销"
        raise NotAllowedError(zh, "only the school itself, the police and the district may")
    with here.store().transaction() as connection:
        erased = backgrounds.erase(connection, json_data.unit, json_data.person)
        if not erased:
            zh = "名单里没有这个代号"
            raise UnknownTaskError(zh, "nobody of that code is on the list")
        audit.append(connection, here.now_ms(), who.actor_id, "background.erase", json_data.unit)
    return {"erased": erased}


@api.get("/background-checks/coverage")
@api.output(CoveragesOut)
def get_coverage() -> dict[str, Any]:
    """Count by school how many of its people have been checked."""
    who = here.actor()
    with here.store().reading() as connection:
        rows = [row for row in backgrounds.coverage(connection)
                if sees_coverage(who, row.unit_code)]  # fmt: skip
    if not rows and not sees_coverage(who, who.unit_code):
        zh = "覆盖率供区、公安和本校查看"
        raise NotAllowedError(zh, "coverage is for the district, the police and the school itself")
    return {
        "items": [
            {"unit_code": row.unit_code, "numerator": row.numerator,
             "denominator": row.denominator, "needs_action": row.needs_action, "share": row.share}
            for row in rows
        ]
    }  # fmt: skip


def _asked() -> Any:
    body = request.get_data()
    if request.mimetype == "text/csv":
        try:
            return rows_of(body.decode("utf-8"))
        except UnicodeDecodeError:
            raise CheckError(*NOT_UTF8) from None
    rows = request.get_json(silent=True)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CheckError(*NOT_A_LIST)
    return checks_of(rows)


NOT_UTF8 = ("CSV 须为 UTF-8 编码", "the CSV must be UTF-8")
NOT_A_LIST = ("需要 text/csv，或一个 JSON 列表", "text/csv or a JSON list is wanted")
