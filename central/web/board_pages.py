"""The live board: what is open, overdue first, then newest."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import Connection

from central.adapters.store import board as reading
from central.adapters.store import deliveries, figures, sending
from central.core.delivery import ADVICE
from central.core.local_time import ZONE, from_ms, to_ms
from central.web import here

MOST_ROWS = 100
HOUR_MS = 3600 * 1000
SHOWS = {"open": True, "closed": False}

pages = Blueprint("board", __name__)


@pages.get("/")
def board() -> str:
    """Show the board as a whole page."""
    return render_template("board.html", **_seen())


@pages.get("/board")
def part() -> str:
    """Show the board's changing part, for the page to take in."""
    return render_template("board_part.html", **_seen())


def _seen() -> dict[str, Any]:
    show = request.args.get("show", "open")
    show = show if show in SHOWS else "open"
    now_ms = here.now_ms()
    midnight = from_ms(now_ms).astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = reading.Wanted(is_open=SHOWS[show], is_late_first=True, limit=MOST_ROWS)
    with here.store().reading() as connection:
        rows = reading.incidents(connection, here.actor(), wanted, now_ms)
        tasks = reading.tasks(connection, here.actor(), [row["incident_id"] for row in rows])
        counts = figures.board(connection, here.actor(), to_ms(midnight), now_ms)
        devices = figures.presence(connection)
        troubles = _troubles(connection, now_ms)
    by_incident: dict[str, list[dict[str, Any]]] = {}
    for task in tasks:
        by_incident.setdefault(task["incident_id"], []).append(task)
    return {
        "show": show,
        "rows": rows,
        "tasks": by_incident,
        "counts": counts,
        "devices": devices,
        "troubles": troubles,
        "most_rows": MOST_ROWS,
    }


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
