"""The map: what is where now, drawn and, the same, as a table."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from central.adapters.store import mapping
from central.core.guiding import ways_to
from central.core.mapped import LAYER_WORDS, USUAL, Layer, Spot, read_layers, spots
from central.web import here

SPANS = (1, 3, 12)
"""Over how many months, this one among them, hot spots may be counted."""
USUAL_MONTHS = 3
MOST_SHOWN = 5
"""Open cases that a place lists; more are counted."""

pages = Blueprint("map", __name__)


@pages.get("/map")
def whole() -> str:
    """Show the map as a whole page."""
    return render_template("map.html", **_seen(), **_chosen(request.args))


@pages.get("/map/part")
def part() -> str:
    """Show what changes about it: the table, from which the page draws."""
    return render_template("map_part.html", **_seen())


def _seen() -> dict[str, Any]:
    layers, months = read_layers(request.args.get("layers")), _months(request.args)
    now_ms, who = here.now_ms(), here.actor()
    with here.store().reading() as connection:
        known = mapping.sites(connection, who) if Layer.SITES in layers else []
        cases = mapping.incidents(connection, who, now_ms) if Layer.INCIDENTS in layers else []
        boxes = mapping.devices(connection, who) if Layer.DEVICES in layers else []
        is_asked = Layer.HOT_SPOTS in layers
        hot = mapping.hot_spots(connection, who, months, now_ms) if is_asked else []
    found = spots(known, cases, boxes, hot, now_ms)
    return {
        "spots": found,
        "unplaced": [one for one in found if one.place is None],
        "most_shown": MOST_SHOWN,
        "is_cut": len(cases) == mapping.MOST_INCIDENTS,
        "guide": _guide,
        "months": months,
        "layers": layers,
    }


def _chosen(args: MultiDict[str, str]) -> dict[str, Any]:
    return {
        "layer_words": LAYER_WORDS,
        "usual": ",".join(sorted(USUAL)),
        "spans": SPANS,
        "at": args.get("at", "")[:64],
    }


def _months(args: MultiDict[str, str]) -> int:
    months = args.get("months", USUAL_MONTHS, type=int)
    return months if months in SPANS else USUAL_MONTHS


def _guide(spot: Spot) -> list[tuple[tuple[str, str], str]]:
    return ways_to(spot.place, spot.name[0]) if spot.place else []
