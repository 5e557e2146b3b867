"""Unusual access: ask for a case outside one's reach, decide on others' requests, look back."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.wrappers import Response

from central.adapters.store import audit, unusual
from central.core import unusual as rules
from central.core.refusals import CaseError
from central.incidents.unusual import ask, decide, end
from central.web import here
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of
from central.web.saying import say_done
from contract.scenarios import Scenario

pages = Blueprint("unusual", __name__)


@pages.get("/unusual-access")
def unusual_access() -> str:
    """Show what one has asked for, and what waits for one's decision."""
    return render_template("unusual.html", **_seen())


@pages.post("/unusual-access")
def post_request() -> Response | tuple[str, int]:
    """Ask to see a case."""
    form = request.form
    try:
        hours = int(form.get("hours", rules.USUAL_HOURS))
    except ValueError:
        raise BadRequest from None
    try:
        with here.store().transaction() as connection:
            ask(connection, here.actor(), form.get("number", ""), form.get("reason", ""), hours,
                here.now_ms())  # fmt: skip
    except CaseError as error:
        return _refused(error, number=form.get("number", ""), reason=form.get("reason", ""))
    say_done(_("已申请，等另一人审批。"))
    return redirect("/unusual-access")


@pages.post("/unusual-access/<access_id>/decision")
def post_decision(access_id: str) -> Response | tuple[str, int]:
    """Grant or refuse what another person asked for."""
    answer = request.form.get("answer", "")
    if answer not in {"grant", "refuse"}:
        raise BadRequest
    try:
        with here.store().transaction() as connection:
            decide(connection, here.actor(), access_id, here.now_ms(),
                   is_granted=answer == "grant")  # fmt: skip
    except CaseError as error:
        return _refused(error)
    say_done(_("已同意。") if answer == "grant" else _("已拒绝。"))
    return redirect("/unusual-access")


@pages.post("/unusual-access/<access_id>/end")
def post_end(access_id: str) -> Response | tuple[str, int]:
    """End it before its time."""
    try:
        with here.store().transaction() as connection:
            end(connection, here.actor(), access_id, here.now_ms())
    except CaseError as error:
        return _refused(error)
    say_done(_("已结束。"))
    return redirect("/unusual-access")


def _refused(error: CaseError, **form: str) -> tuple[str, int]:
    refused = form | {"said": say((error.message_zh, error.message_en))}
    return render_template("unusual.html", **_seen(), refused=refused), status_of(error)


def _seen() -> dict[str, Any]:
    if here.actor().role not in rules.MAY_ASK | rules.DECIDES | rules.SEES_ALL:
        raise Forbidden
    return {
        "rows": rows_for_asker(),
        "may_ask": here.actor().role in rules.MAY_ASK,
        "hours": range(1, rules.MOST_HOURS + 1),
        "usual_hours": rules.USUAL_HOURS,
        "least": rules.LEAST_REASON,
        "most": rules.MOST_REASON,
    }


def rows_for_asker() -> list[dict[str, Any]]:
    """List what concerns whoever asks: their own, what they decide on, or all; the look is kept.

    The reason is told to those only who decide; it may name a child.
    """
    who, now_ms = here.actor(), here.now_ms()
    sees_all = who.role in rules.SEES_ALL
    with here.store().transaction() as connection:
        found = unusual.listed(connection)
        audit.append(connection, now_ms, who.actor_id, "look", "unusual-access")
    return [
        _row(row, now_ms)
        for row in found
        if sees_all or rules.may_read_reason(who, row["asked_by"], Scenario(row["scenario"]))
    ]


def _row(row: dict[str, Any], now_ms: int) -> dict[str, Any]:
    who, scenario = here.actor(), Scenario(row["scenario"])
    state = _state(row, now_ms)
    reads = rules.may_read_reason(who, row["asked_by"], scenario)
    return row | {
        "state": state,
        "reason": row["reason"] if reads else "",
        "may_decide": state == "asked" and rules.may_decide(who, row["asked_by"], scenario),
        "may_end": state in {"asked", "granted"} and rules.may_end(who, row["asked_by"], scenario),
        "is_mine": row["asked_by"] == who.actor_id,
    }


def _state(row: dict[str, Any], now_ms: int) -> str:
    if row["ended_at"] is not None:
        return "ended"
    if row["is_granted"] is None:
        return "asked" if row["asked_at"] + rules.ASKED_FOR_MS > now_ms else "lapsed"
    if not row["is_granted"]:
        return "refused"
    return "granted" if row["until_at"] > now_ms else "over"
