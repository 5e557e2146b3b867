"""The duty roster as a page: who is on, gaps, absences, hand-overs; and what reaches nobody."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import Connection
from uuid_utils import uuid7
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.wrappers import Response

from central.adapters.store import audit, checks, duty
from central.core.duty import Absence
from central.core.duty_rights import may_read, may_write
from central.core.duty_rows import RowError, read_row
from central.core.local_time import ZONE, to_ms
from central.core.people import ON_THE_SPOT
from central.incidents import CaseError, rostering
from central.incidents import duty as telling
from central.web import here
from central.web.languages import say
from central.web.problems import status_of
from central.web.saying import say_done

pages = Blueprint("duty", __name__)

DONE: dict[str, tuple[str, str]] = {
    "rows": ("班次已增加。", "The shift has been added."),
    "drop": ("班次已撤回。", "The shift has been taken back."),
    "away": ("请假已登记。", "The absence has been registered."),
    "back": ("请假已撤回。", "The absence has been taken back."),
    "handover": ("已交班，等对方确认接班。", "Handed over; the other has yet to confirm."),
    "takeover": ("已接班。", "Taken over."),
}
"""What is said once it is done."""


@pages.get("/duty")
def roster() -> str:
    """Show one unit's roster; the district's officers see any."""
    return render_template("duty.html", **_seen(), refused=None)


@pages.post("/duty/<what>")
def change(what: str) -> Response | tuple[str, int]:
    """Add or take back a row or an absence, hand over, acknowledge."""
    form, who, now_ms = request.form, here.actor(), here.now_ms()
    acts: dict[str, Callable[[Connection], object]] = {
        "rows": lambda connection: rostering.put_roster(
            connection, who, [(1, read_row(form, str(uuid7())))], now_ms
        ),
        "drop": lambda connection: rostering.drop(connection, who, form.get("id", ""), now_ms),
        "away": lambda connection: rostering.be_away(connection, who, _absence(), now_ms),
        "back": lambda connection: rostering.be_back(connection, who, form.get("id", ""), now_ms),
        "handover": lambda connection: rostering.hand_over(
            connection, who, form.get("to", ""), form.get("note", "")[:2000], now_ms
        ),
        "takeover": lambda connection: rostering.take_over(
            connection, who, form.get("id", ""), now_ms
        ),
    }
    if what not in acts:
        raise BadRequest
    try:
        with here.store().transaction() as connection:
            acts[what](connection)
    except RowError as error:
        return render_template("duty.html", **_seen(), refused=str(error)), 409
    except CaseError as error:
        said = say((error.message_zh, error.message_en))
        return render_template("duty.html", **_seen(), refused=said), status_of(error)
    say_done(say(DONE[what]))
    return redirect(f"/duty?unit={_unit()}")


@pages.get("/reachability")
def reachability() -> str:
    """Show the relations that would reach nobody, and those that were mended."""
    if not here.actor().is_district_wide:
        raise Forbidden
    with here.store().transaction() as connection:
        rows, ended = checks.open_findings(connection), checks.ended_findings(connection)
        last = checks.last(connection, "reachability")
        audit.append(connection, here.now_ms(), here.actor().actor_id, "look", "reachability")
    return render_template(
        "reachability.html", rows=rows, ended=ended, looked_at=last[1] if last else None
    )


def _unit() -> str:
    return request.values.get("unit") or here.actor().unit_code


def _seen() -> dict[str, Any]:
    unit_code, now_ms, who = _unit(), here.now_ms(), here.actor()
    if not may_read(who, unit_code):
        raise Forbidden
    with here.store().reading() as connection:
        rows = duty.shifts(connection, now_ms, unit_code)
        chosen = [telling.whom(connection, unit_code, {role}, now_ms)
                  for role in sorted({row.role for row in rows})]  # fmt: skip
        return {
            "unit_code": unit_code,
            "units": duty.unit_names(connection) if who.is_district_wide else {},
            "unit": duty.unit_names(connection).get(unit_code, (unit_code, unit_code)),
            "rows": rows,
            "on": {telling.username_of(person) for one in chosen if one.how == "roster"
                   for person in one.people},
            "names": duty.names(connection),
            "people": duty.names(connection, unit_code),
            "roles": sorted(ON_THE_SPOT),
            "gaps": duty.known_gaps(connection, None if who.is_district_wide else unit_code),
            "unit_names": duty.unit_names(connection),
            "absences": [one for one in duty.listed_absences(connection, now_ms)
                         if one["unit_code"] == unit_code],
            "handovers": duty.handovers(connection, who, unit_code, 10),
            "tasks": duty.open_tasks(connection, who, unit_code),
            "may_write": may_write(who, unit_code),
            "is_mine": who.unit_code == unit_code,
        }  # fmt: skip


def _absence() -> Absence:
    form = request.form
    return Absence(form.get("username", ""), _local(form.get("from", "")),
                   _local(form.get("to", "")), form.get("stand_in") or None)  # fmt: skip


def _local(text: str) -> int:
    """Read what a browser's date and time field gives, in the district's zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest from None
    return to_ms(at if at.tzinfo else at.replace(tzinfo=ZONE))
