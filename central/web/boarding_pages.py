"""The dormitory's page: where the boarders are now by room, roll call, leaves, unknown cards."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from pydantic import ValidationError
from uuid_utils import uuid7
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from central.adapters.store import audit, boarding
from central.adapters.store.boarding import Origin
from central.core.leaves import LeaveWanted, may_run
from central.core.local_time import ZONE
from central.core.naming import Words
from central.core.presence import Where
from central.core.refusals import CaseError
from central.incidents.dormitory import Mark, take_marks
from central.incidents.nightly import after_roll_call
from central.web import here, tending
from central.web.api.boarding import register_leave
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of
from central.web.saying import say_done

pages = Blueprint("boarding", __name__)

WHERE: dict[Where, Words] = {
    Where.PRESENT: ("在寝", "in"),
    Where.ABSENT: ("不在", "out"),
    Where.UNKNOWN: ("不明", "unknown"),
}
ASKED_BY: dict[str, Words] = {
    "guardian": ("家长", "guardian"),
    "pupil": ("学生", "pupil"),
    "teacher": ("老师", "teacher"),
}
PREFIX = "mark:"


@pages.get("/boarding")
def boarding_now() -> str:
    """Show the boarders by room, and the leaves."""
    return render_template("boarding.html", **_seen())


@pages.post("/boarding/roll-call")
def post_roll_call() -> Response | tuple[str, int]:
    """Enter the roll call of one room."""
    form, who, now_ms = request.form, here.actor(), here.now_ms()
    try:
        marks = [Mark(name.removeprefix(PREFIX), Where(value))
                 for name, value in form.items() if name.startswith(PREFIX)]  # fmt: skip
    except ValueError:
        raise BadRequest from None
    call_id = form.get("roll_call_id", "")[:64]
    if not marks or not call_id:
        raise BadRequest
    with here.store().transaction() as connection:
        mine = {one.pupil_id for one in tending.tended(connection, who, who.unit_code)}
        own = [mark for mark in marks if mark.pupil_id in mine]
        origin = Origin(who.actor_id, who.unit_code, "roll_call")
        take_marks(connection, origin, call_id, now_ms, own, now_ms)
        after_roll_call(connection, who.unit_code, here.settings().playbooks, now_ms)
        audit.append(connection, now_ms, who.actor_id, "boarding.roll_call", who.unit_code,
                     {"marks": len(own)})  # fmt: skip
    say_done(_("点名已录入。"))
    return redirect("/boarding")


@pages.post("/boarding/leaves")
def post_leave() -> Response | tuple[str, int]:
    """Register a leave."""
    form = request.form
    try:
        wanted = LeaveWanted(
            pupil_id=form.get("pupil_id", ""), asked_by=form.get("asked_by", ""),  # type: ignore[arg-type]
            from_at=_local(form.get("from_at", "")), to_at=_local(form.get("to_at", "")),
        )  # fmt: skip
    except (ValidationError, ValueError):
        said = _("请选学生，填好起止时间，结束要晚于开始。")
        return render_template("boarding.html", **_seen(), refused=said), 400
    try:
        with here.store().transaction() as connection:
            register_leave(connection, here.actor().unit_code, wanted)
    except CaseError as error:
        said = say((error.message_zh, error.message_en))
        return render_template("boarding.html", **_seen(), refused=said), status_of(error)
    say_done(_("请假已登记。"))
    return redirect("/boarding")


@pages.post("/boarding/leaves/<leave_id>/withdraw")
def post_withdrawal(leave_id: str) -> Response:
    """Withdraw a leave."""
    who, now_ms = here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        row = boarding.leave(connection, leave_id)
        if row is None or row["unit_code"] != who.unit_code:
            raise BadRequest
        tending.one(connection, who, who.unit_code, row["pupil_id"])
        if boarding.withdraw_leave(connection, leave_id, who.actor_id, now_ms):
            audit.append(connection, now_ms, who.actor_id, "boarding.leave_withdrawn", leave_id)
    say_done(_("请假已撤销。"))
    return redirect("/boarding")


def _seen() -> dict[str, Any]:
    who, now_ms = here.actor(), here.now_ms()
    unit = who.unit_code
    with here.store().transaction() as connection:
        found = tending.beds(connection, who, unit, now_ms)
        names = {bed.pupil.pupil_id: bed.name for bed in found}
        leaves = [row for row in boarding.leaves(connection, unit, now_ms)
                  if row["pupil_id"] in names]  # fmt: skip
        strangers = boarding.strangers(connection, unit) if may_run(who, unit) else []
        night = tending.night_of(connection, unit, now_ms)
    return {
        "rooms": tending.rooms(found), "names": names, "leaves": leaves, "strangers": strangers,
        "night": night, "where": WHERE, "asked_by": ASKED_BY, "roll_call_id": str(uuid7()),
        "counts": {one: sum(1 for bed in found if bed.presence.where is one) for one in Where},
        "away": sum(1 for bed in found if bed.is_on_leave),
    }  # fmt: skip


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
