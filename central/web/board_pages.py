"""The live board: what waits for whoever looks, what has changed since, and the list of cases."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from central.adapters.store import board as reading
from central.adapters.store import deliveries, figures, seen, sending, watch
from central.core import board_filter
from central.core.access import above
from central.core.board_filter import BoardFilter
from central.core.delivery import ADVICE
from central.core.local_time import ZONE, from_ms, to_ms
from central.core.needs import reach_of, step_for
from central.core.workflow import Status
from central.web import here
from contract.scenarios import Scenario, Severity

MOST_ROWS = 50
MOST_NEEDS = 10
MOST_TASKS = 40
MOST_CHANGED = 8
HOUR_MS = 3600 * 1000
PLACES = frozenset({"town", "school", "station"})

pages = Blueprint("board", __name__)


@pages.get("/")
def board() -> str | Response:
    """Show the board as a whole page; a whole number leads straight to its case."""
    chosen = board_filter.read(request.args)
    with here.store().reading() as connection:
        if chosen.q and (found := watch.numbered(connection, here.actor(), chosen.q.upper())):
            return redirect(f"/incidents/{found}")
        units = _units(connection)
    words = {"units": units, "scenarios": list(Scenario), "severities": list(Severity)}
    return render_template("board.html", **_seen(chosen), **words)


@pages.get("/board")
def part() -> str:
    """Show the board's changing part, for the page to take in."""
    return render_template("board_part.html", **_seen(board_filter.read(request.args)))


@pages.get("/alarm")
def alarm() -> str:
    """Show only what rings, for pages that are not the board."""
    with here.store().reading() as connection:
        rings = watch.ringing(connection, here.actor(), here.now_ms())
    return render_template("alarm_part.html", rings=rings)


@pages.post("/board/seen")
def all_seen() -> Response:
    """Take note of all that has happened up to the line that the page showed."""
    line = request.form.get("line", "")
    if line.isascii() and line.isdigit():
        with here.store().transaction() as connection:
            seen.all_read(connection, here.actor(), int(line[:18]), here.now_ms())
    return redirect("/" + board_filter.read(request.form).address().removesuffix("?"))


def _seen(chosen: BoardFilter) -> dict[str, Any]:
    now_ms, actor = here.now_ms(), here.actor()
    midnight = from_ms(now_ms).astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    with here.store().reading() as connection:
        rows, following = watch.listed(connection, actor, chosen, now_ms, MOST_ROWS)
        tasks = reading.tasks(connection, actor, [row["incident_id"] for row in rows])
        waiting, task_count = watch.needs(connection, actor, now_ms, MOST_TASKS)
        changed, line = seen.changed(connection, actor, now_ms, MOST_CHANGED)
        rings = watch.ringing(connection, actor, now_ms)
        counts = figures.board(connection, actor, to_ms(midnight), now_ms)
        devices = figures.presence(connection)
        troubles = _troubles(connection, now_ms)
    needs = together(_with_steps(waiting))
    by_incident: dict[str, list[dict[str, Any]]] = {}
    for task in tasks:
        by_incident.setdefault(task["incident_id"], []).append(task)
    return {
        "chosen": chosen,
        "rows": rows,
        "following": following,
        "tasks": by_incident,
        "needs": needs[:MOST_NEEDS],
        "need_count": len(needs) if task_count == len(waiting) else task_count,
        "changed": changed,
        "changed_ids": {one["incident_id"] for one in changed},
        "line": line,
        "rings": rings,
        "counts": counts,
        "devices": devices,
        "troubles": troubles,
        "most_rows": MOST_ROWS,
    }


def _with_steps(needs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    reach = reach_of(here.actor())
    return [
        task | {"step": step_for(reach, task["unit_code"], Status(task["status"]),
                                 Scenario(task["scenario"])).value}
        for task in needs
    ]  # fmt: skip


def together(needs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Show what waits for the same step in one case in one line, with every unit it concerns."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for task in needs:
        unit = (task["unit_zh"], task["unit_en"] or task["unit_zh"])
        is_own = task["unit_code"] == here.actor().unit_code
        key = task["incident_id"], task["task_id"] if is_own else task["step"]
        first = found.setdefault(key, task | {"units": [], "is_own": is_own})
        first["units"].append(unit)
    return list(found.values())


def _units(connection: Connection) -> list[dict[str, Any]]:
    """Give the places to choose among: all for the district's office, else one's own and below."""
    units = reading.units(connection)
    if not here.actor().is_district_wide:
        parents = {one["code"]: one["parent_code"] for one in units}
        mine = here.actor().unit_code
        units = [one for one in units if one["code"] == mine
                 or mine in above(one["code"], parents)]  # fmt: skip
    found = [one for one in units if one["kind"] in PLACES]
    return found if len(found) > 1 else []


def _troubles(connection: Connection, now_ms: int) -> list[dict[str, Any]]:
    """Give the channels that do not work, to those who can have them put right."""
    if not here.actor().is_district_wide:
        return []
    found = deliveries.troubles(connection, now_ms - HOUR_MS)
    waiting = sending.waiting(connection) if found else {}
    return [
        {"channel": name, "advice": ADVICE[failure], "waiting": waiting.get(name, 0)}
        for name, failure in found.items()
    ]
