"""Law education for people: the menu, one's bookings, coverage; and the schools' own plans."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.wrappers import Response

from central.adapters.store import bookings, plans
from central.core.courses import CATEGORIES, Category, coverage, may_book, term_of
from central.core.people import ON_THE_SPOT
from central.core.plans import MEASURES, Measure, Plan, may_write
from central.core.refusals import CaseError
from central.incidents import booking, planning
from central.web import here
from central.web.api.courses import may_read_plan, whose
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of
from central.web.reporting_pages import moment_of
from central.web.saying import say_done

MOST_ROWS = 100

pages = Blueprint("courses", __name__)


@pages.route("/courses", methods=["GET", "POST"])
def courses() -> Response | tuple[str, int]:
    """Show the menu and one's bookings, or book a course."""
    if here.actor().role not in ON_THE_SPOT:
        raise Forbidden
    if request.method == "GET":
        return _courses(None), 200
    form = request.form
    try:
        expected = int(form.get("expected", ""))
        starts_at = moment_of(form.get("starts", "")) or 0
        wish = booking.Wish(form.get("unit_code", ""), form.get("course_code", ""), starts_at,
                            form.get("class_name", "")[:100], expected,
                            form.get("point_id") or None)  # fmt: skip
        with here.store().transaction() as connection:
            booking.book(connection, here.actor(), wish, here.now_ms(), here.settings().playbooks)
    except ValueError:
        raise BadRequest from None
    except CaseError as error:
        return _courses(say((error.message_zh, error.message_en))), status_of(error)
    say_done(_("课程已预约。"))
    return redirect("/courses#bookings")


@pages.post("/bookings/<booking_id>/move")
def move(booking_id: str) -> Response | tuple[str, int]:
    """Move a booking."""
    try:
        starts_at = moment_of(request.form.get("starts", "")) or 0
        with here.store().transaction() as connection:
            booking.move(connection, here.actor(), booking_id, starts_at, here.now_ms())
    except CaseError as error:
        return _courses(say((error.message_zh, error.message_en))), status_of(error)
    say_done(_("课程已改期。"))
    return redirect("/courses#bookings")


@pages.post("/bookings/<booking_id>/cancel")
def cancel(booking_id: str) -> Response | tuple[str, int]:
    """Cancel a booking."""
    try:
        with here.store().transaction() as connection:
            booking.cancel(connection, here.actor(), booking_id, request.form.get("why", ""),
                           here.now_ms())  # fmt: skip
    except CaseError as error:
        return _courses(say((error.message_zh, error.message_en))), status_of(error)
    say_done(_("预约已取消。"))
    return redirect("/courses#bookings")


@pages.get("/plans")
def school_plans() -> str:
    """Show which school has which version of its plan."""
    with here.store().reading() as connection:
        rows = plans.schools(connection)
        shown = [
            row for row in rows
            if may_read_plan(here.actor(), row["code"], plans.stations(connection, row["code"]))
        ]  # fmt: skip
    if not shown:
        raise Forbidden
    return render_template("plans.html", rows=shown)


@pages.route("/plans/<unit_code>", methods=["GET", "POST"])
def school_plan(unit_code: str) -> Response | tuple[str, int]:
    """Show a school's plan with its history, or keep a new version."""
    if request.method == "GET":
        return _plan(unit_code, None), 200
    try:
        written = planning.PlanWritten(
            unit_code, _written(), int(request.form.get("base", "0")), request.form.get("note", "")
        )
        with here.store().transaction() as connection:
            planning.write_plan(connection, here.actor(), written, here.now_ms())
    except ValidationError:
        said = ("请写明问题，并至少填一项措施（做法和负责人）",
                "say what the problem is, and one measure at least: how, and who")  # fmt: skip
        return _plan(unit_code, say(said)), 400
    except ValueError:
        raise BadRequest from None
    except CaseError as error:
        return _plan(unit_code, say((error.message_zh, error.message_en))), status_of(error)
    say_done(_("新版本已保存。"))
    return redirect(f"/plans/{unit_code}")


def _written() -> Plan:
    form = request.form
    measures = [
        {"measure": one, "how": how.strip(), "who": form.get(f"who-{one}", "").strip()}
        for one in Measure
        if (how := form.get(f"how-{one}", "")).strip()
    ]
    return Plan.model_validate({"problem": form.get("problem", "").strip(), "measures": measures})


def _courses(error: str | None) -> str:
    who, now_ms = here.actor(), here.now_ms()
    with here.store().reading() as connection:
        menu = booking.menu(connection)
        is_sample = not bookings.own_menu(connection)
        schools = [row for row in plans.schools(connection) if may_book(who, row["code"])]
        points = bookings.points(connection, None)
        mine = _bookings(connection)
        term = term_of(now_ms)
        held = bookings.of_term(connection, term)
        every = [row["code"] for row in plans.schools(connection)]
    counts = coverage(every, [one.code for one in menu], held)
    own = [row["code"] for row in schools] if len(schools) == 1 else []
    return render_template(
        "courses.html", menu=menu, categories=CATEGORIES, order=list(Category), schools=schools,
        points=points, bookings=mine, error=error, form=request.form, counts=counts, term=term.name,
        own=counts["by_school"].get(own[0]) if own else None, is_sample=is_sample, now=now_ms,
    )  # fmt: skip


def _bookings(connection: Any) -> list[dict[str, Any]]:
    try:
        unit_code = whose(here.actor(), None)
    except Forbidden:
        return []
    return bookings.listed(connection, unit_code, MOST_ROWS)


def _plan(unit_code: str, error: str | None) -> str:
    with here.store().reading() as connection:
        stations = plans.stations(connection, unit_code)
        rows = plans.versions(connection, unit_code)
        unit = next((r for r in plans.schools(connection) if r["code"] == unit_code), None)
    if unit is None or not may_read_plan(here.actor(), unit_code, stations):
        raise Forbidden
    return render_template(
        "plan.html", unit=unit, rows=rows, error=error, measures=MEASURES, form=request.form,
        writes=may_write(here.actor(), unit_code, stations),
    )  # fmt: skip
