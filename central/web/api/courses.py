"""Law education and the schools' own plans through the API."""

from typing import Any

from apiflask import APIBlueprint
from werkzeug.exceptions import Forbidden

from central.adapters.store import bookings, plans
from central.core.courses import coverage, named_term, term_of
from central.core.people import ON_THE_SPOT, Actor
from central.core.plans import may_write
from central.incidents import booking, planning
from central.web import here
from central.web.api import course_shapes, forms
from central.web.api.incidents import moment

api = APIBlueprint("api_courses", __name__, url_prefix="/api/v1", tag="law education")


@api.get("/courses")
@api.output(course_shapes.MenuOut)
def list_courses() -> dict[str, Any]:
    """List the menu of courses."""
    with here.store().reading() as connection:
        own = bookings.own_menu(connection)
        menu = booking.menu(connection)
    return {"is_sample": not own, "items": [one.model_dump(mode="json") for one in menu]}


@api.get("/bookings")
@api.input(course_shapes.BookingsAsked, location="query")
@api.output(course_shapes.BookingsOut)
def list_bookings(query_data: course_shapes.BookingsAsked) -> dict[str, Any]:
    """List bookings: a school's own, or all for the youth league and the district."""
    unit_code = whose(here.actor(), query_data.unit_code)
    with here.store().reading() as connection:
        rows = bookings.listed(connection, unit_code, query_data.limit)
    return {"items": [_booking(row) for row in rows]}


@api.post("/bookings")
@api.input(course_shapes.BookingWanted)
@api.output(course_shapes.BookedOut, status_code=201)
def post_booking(json_data: course_shapes.BookingWanted) -> dict[str, Any]:
    """Book a course for a class; a case opens for the school and the lecturer."""
    asked = json_data
    wish = booking.Wish(asked.unit_code, asked.course_code, moment(asked.starts_at, "starts_at"),
                        asked.class_name, asked.expected, asked.point_id)  # fmt: skip
    with here.store().transaction() as connection:
        booking_id = booking.book(
            connection, here.actor(), wish, here.now_ms(), here.settings().playbooks
        )
    return {"booking_id": booking_id}


@api.post("/bookings/<booking_id>/move")
@api.input(course_shapes.MoveWanted)
@api.output(course_shapes.BookedOut)
def post_move(booking_id: str, json_data: course_shapes.MoveWanted) -> dict[str, Any]:
    """Move a booking; the units that take part are told."""
    starts_at = moment(json_data.starts_at, "starts_at")
    with here.store().transaction() as connection:
        booking.move(connection, here.actor(), booking_id, starts_at, here.now_ms())
    return {"booking_id": booking_id}


@api.post("/bookings/<booking_id>/cancel")
@api.input(course_shapes.CancelWanted)
@api.output(course_shapes.BookedOut)
def post_cancel(booking_id: str, json_data: course_shapes.CancelWanted) -> dict[str, Any]:
    """Cancel a booking; its case ends, and all who were told hear of it."""
    with here.store().transaction() as connection:
        booking.cancel(connection, here.actor(), booking_id, json_data.why, here.now_ms())
    return {"booking_id": booking_id}


@api.get("/service-points")
@api.input(course_shapes.PointsAsked, location="query")
@api.output(course_shapes.PointsOut)
def list_points(query_data: course_shapes.PointsAsked) -> dict[str, Any]:
    """List the service points, by town."""
    with here.store().reading() as connection:
        rows = bookings.points(connection, query_data.town)
    return {"items": [forms.shaped(course_shapes.PointOut, row) for row in rows]}


@api.get("/statistics/courses")
@api.input(course_shapes.CoverageAsked, location="query")
@api.output(course_shapes.CoverageOut)
def get_coverage(query_data: course_shapes.CoverageAsked) -> dict[str, Any]:
    """Count how far the courses have come, by school and by course, in a term."""
    if here.actor().role not in ON_THE_SPOT:
        raise Forbidden
    term = named_term(query_data.term) if query_data.term else term_of(here.now_ms())
    with here.store().reading() as connection:
        menu = [one.code for one in booking.menu(connection)]
        schools = bookings.units(connection, "school")
        counted = bookings.of_term(connection, term)
    return {"term": term.name, **coverage(schools, menu, counted)}


@api.get("/plans/<unit_code>")
@api.output(course_shapes.PlansOut)
def get_plans(unit_code: str) -> dict[str, Any]:
    """Read a school's own plan (一校一策), all versions, the newest first."""
    with here.store().reading() as connection:
        stations = plans.stations(connection, unit_code)
        rows = plans.versions(connection, unit_code)
    if not may_read_plan(here.actor(), unit_code, stations):
        raise Forbidden
    return {"items": [forms.shaped(course_shapes.PlanOut, row) for row in rows]}


@api.post("/plans/<unit_code>")
@api.input(course_shapes.PlanWanted)
@api.output(course_shapes.PlanKeptOut, status_code=201)
def post_plan(unit_code: str, json_data: course_shapes.PlanWanted) -> dict[str, Any]:
    """Keep a new version of a school's own plan."""
    written = planning.PlanWritten(unit_code, json_data.plan, json_data.base, json_data.note)
    with here.store().transaction() as connection:
        version = planning.write_plan(connection, here.actor(), written, here.now_ms())
    return {"version": version}


def whose(actor: Actor, asked: str | None) -> str | None:
    """Give the school whose bookings somebody may list; None: all."""
    sees_all = actor.is_district_wide or actor.unit_code in {"youth", "procuratorate", "plc"}
    if sees_all:
        return asked
    if not actor.unit_code.startswith("school:") or asked not in {None, actor.unit_code}:
        raise Forbidden
    return actor.unit_code


def may_read_plan(actor: Actor, unit_code: str, stations: frozenset[str]) -> bool:
    """Tell whether somebody may read a school's plan: who writes it, or has a part in it."""
    part = {"enforcement", "police", unit_code, *stations}
    return may_write(actor, unit_code, stations) or actor.unit_code in part


def _booking(row: dict[str, Any]) -> dict[str, Any]:
    return forms.shaped(
        course_shapes.BookingOut, row, unit_name=row["unit_zh"], point_name=row["point_zh"]
    )
