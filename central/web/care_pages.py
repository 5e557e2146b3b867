"""Mind care for people: refer, see whose turn it is, read with a reason, write down."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from central.adapters.care.assessments import read_assessment
from central.adapters.store import plans
from central.core.care import GRADES, SIGNS, SOURCES, Child, Record, Referral, Work, may_refer
from central.core.people import Role
from central.core.refusals import CaseError
from central.web import here
from central.web.api.care import desk
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of

pages = Blueprint("care", __name__)

WORKS = {
    Work.GRADE: ("分级", "grading"),
    Work.INTERVENTION: ("干预记录", "intervention"),
    Work.REASSESSMENT: ("复评", "re-assessment"),
    Work.CLOSING: ("结案", "closing"),
}


@pages.route("/care", methods=["GET", "POST"])
def care() -> Response | tuple[str, int]:
    """Show the form and one's referrals, or refer a pupil."""
    if request.method == "GET":
        return _page(None), 200
    form = request.form
    try:
        child = Child(unit_code=form.get("unit_code", ""), name=form.get("name", "").strip(),
                      school_no=form.get("school_no", "").strip(),
                      class_name=form.get("class_name", "").strip())  # fmt: skip
        referral = Referral.model_validate({
            "source": form.get("source"), "signs": form.getlist("signs"),
            "note": form.get("note", "").strip(),
        })  # fmt: skip
        desk().refer(here.actor(), child, referral)
    except ValidationError:
        return _page(_("请填写姓名、学号、来源，并至少勾选一项表现。")), 400
    except CaseError as error:
        return _page(say((error.message_zh, error.message_en))), status_of(error)
    return redirect("/care?kept=1")


@pages.post("/care/assessments")
def assessments() -> Response | tuple[str, int]:
    """Bring the results of a test; a psychologist of the school does."""
    who, file = here.actor(), request.files.get("file")
    if who.role is not Role.PSYCHOLOGIST or file is None:
        raise Forbidden
    try:
        rows = read_assessment(file.stream.read())
        desk().assess(who, who.unit_code, rows)
    except CaseError as error:
        return _page(say((error.message_zh, error.message_en))), status_of(error)
    return redirect("/care?kept=1")


@pages.post("/care/<referral_id>")
def read(referral_id: str) -> tuple[str, int]:
    """Show a referral in clear to somebody who says why."""
    try:
        return _content(referral_id, request.form.get("reason", "")), 200
    except CaseError as error:
        return _page(say((error.message_zh, error.message_en))), status_of(error)


@pages.post("/care/<referral_id>/records")
def write(referral_id: str) -> tuple[str, int]:
    """Grade, or write down; the page then shows the record with the new line."""
    form = request.form
    try:
        record = Record.model_validate({
            "kind": form.get("kind"), "text": form.get("text", "").strip(),
            "grade": form.get("grade") or None,
        })  # fmt: skip
        do = desk().grade if record.kind is Work.GRADE else desk().write
        do(here.actor(), referral_id, record)
        return _content(referral_id, _("写入记录后查看")), 200
    except ValidationError:
        return _page(_("请写明内容；分级和复评请选择级别。")), 400
    except CaseError as error:
        return _page(say((error.message_zh, error.message_en))), status_of(error)


def _page(error: str | None) -> str:
    who = here.actor()
    rows = desk().mine(who)
    with here.store().reading() as connection:
        schools: list[dict[str, Any]] = [
            row for row in plans.schools(connection) if may_refer(who, row["code"])
        ]
    if not schools and not rows and who.role is not Role.PSYCHOLOGIST:
        raise Forbidden
    return render_template(
        "care.html", rows=rows, schools=schools, error=error, sources=SOURCES, signs=SIGNS,
        form=request.form if error else {}, chosen=request.form.getlist("signs") if error else [],
        is_psychologist=who.role is Role.PSYCHOLOGIST and who.unit_code.startswith("school:"),
        kept=bool(request.args.get("kept")),
    )  # fmt: skip


def _content(referral_id: str, reason: str) -> str:
    opened = desk().read(here.actor(), referral_id, reason)
    is_own = here.actor().unit_code == opened.child.unit_code
    works = {kind: words for kind, words in WORKS.items() if is_own or kind is not Work.GRADE}
    return render_template(
        "care_one.html", one=opened, sources=SOURCES, signs=SIGNS, grades=GRADES, works=works,
        all_works=WORKS, reason=reason,
    )  # fmt: skip
