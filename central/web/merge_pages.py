"""What belongs to an incident: merged, suggested, referred to; and the forms that decide."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from central.adapters.store import board, linking, reach
from central.core.access import Part
from central.core.merging import may_merge
from central.core.workflow import Status
from central.incidents import CaseError, merge, unmerge
from central.incidents.suggesting import dismiss
from central.web import here, looking
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of
from central.web.saying import say_undoable

MOST_OFFERED = 50
WITHHELD = ("有理由，不在您的查阅范围内", "there is a reason that is not yours to read")

pages = Blueprint("merging", __name__)


@pages.post("/incidents/<incident_id>/merge")
def merge_into(incident_id: str) -> Response | tuple[str, int]:
    """Merge this incident into the one that was chosen."""
    into = request.form.get("into", "")
    answer = _decide(incident_id, into, into, lambda connection, why: merge(
        connection, here.actor(), incident_id, into, why, here.now_ms()
    ))  # fmt: skip
    if isinstance(answer, Response):
        reason = _("刚并案就撤销")
        say_undoable(_("已并案"), f"/incidents/{incident_id}/unmerge", reason=reason)
    return answer


@pages.post("/incidents/<incident_id>/unmerge")
def part_again(incident_id: str) -> Response | tuple[str, int]:
    """Undo the merge of this incident."""
    return _decide(incident_id, None, incident_id, lambda connection, why: unmerge(
        connection, here.actor(), incident_id, why, here.now_ms()
    ))  # fmt: skip


@pages.post("/incidents/<incident_id>/dismiss")
def turn_down(incident_id: str) -> Response | tuple[str, int]:
    """Turn a suggested merge down."""
    other = request.form.get("into", "")
    return _decide(incident_id, other, incident_id, lambda connection, _why: dismiss(
        connection, here.actor(), incident_id, other, here.now_ms()
    ))  # fmt: skip


def together(row: dict[str, Any]) -> dict[str, Any]:
    """Give what belongs to an incident, as far as whoever asks may see it."""
    incident_id = row["incident_id"]
    with here.store().reading() as connection:
        suggested = [
            *_seen(connection, linking.of_case(connection, incident_id, "suggested"), "other_id"),
            *_seen(connection, linking.to_case(connection, incident_id, "suggested"),
                   "incident_id"),
        ]  # fmt: skip
        members = linking.to_case(connection, incident_id, "merged")
        refers = linking.of_case(connection, incident_id, "refers")
        into = row["merged_into"] and _case(connection, row["merged_into"])
        of_case = board.tasks(connection, here.actor(), [row["merged_into"] or incident_id])
        leads = [task["unit_code"] for task in of_case if task["part"] == "lead"]
        may = may_merge(here.actor(), leads)
        return {
            "into": into or None,
            "members": _seen(connection, members, "incident_id"),
            "refers": _seen(connection, refers, "other_id"),
            "suggested": [one for one in suggested if one["case"]["status"] != Status.CLOSED],
            "others": _others(connection, row) if may and not members else [],
            "may": may,
        }


def _others(connection: Connection, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the open incidents into which this one could be merged."""
    if row["merged_into"] or row["status"] == Status.CLOSED:
        return []
    wanted = board.Wanted(is_open=True, limit=MOST_OFFERED)
    found = board.incidents(connection, here.actor(), wanted, here.now_ms())
    return [one for one in found if one["incident_id"] != row["incident_id"]
            and one["is_drill"] == row["is_drill"]]  # fmt: skip


def _seen(connection: Connection, links: list[linking.Link], side: str) -> list[dict[str, Any]]:
    found = []
    for link in links:
        case = _case(connection, getattr(link, side))
        if case is not None:
            reason = (link.reason_zh, link.reason_en) if _reads(connection, link) else WITHHELD
            found.append({"case": case, "reason": reason})
    return found


def _reads(connection: Connection, link: linking.Link) -> bool:
    """Tell whether the reason is this person's to read: what people wrote may name a child."""
    if link.by.startswith("central"):
        return True
    ends = (link.incident_id, link.other_id)
    return any(Part.WORDS in reach.parts(connection, here.actor(), one) for one in ends)


def _case(connection: Connection, incident_id: str) -> dict[str, Any] | None:
    return board.incident(connection, here.actor(), incident_id, here.now_ms())


def _decide(incident_id: str, other_id: str | None, shown: str, act: Any
            ) -> Response | tuple[str, int]:  # fmt: skip
    """Do what was asked where both cases are this person's to see; a refusal is said in words."""
    try:
        with here.store().transaction() as connection:
            looking.case(connection, incident_id)
            if other_id is not None:
                looking.case(connection, other_id)
            act(connection, request.form.get("reason", ""))
    except CaseError as error:
        said = say((error.message_zh, error.message_en))
        return render_template("error.html", status=status_of(error), said=said), status_of(error)
    return redirect(f"/incidents/{shown}")
