"""Statistics for people: charts with their tables, the same as files, and the month's bulletin."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from central.adapters.store.figured import PAGES, SHEETS, Reading
from central.adapters.tables.bulletin import DOCX_TYPE
from central.adapters.tables.cells import shown
from central.adapters.tables.files import CSV_TYPE, XLSX_TYPE, csv_of, xlsx_of
from central.adapters.tables.making import bulletin as made
from central.core.access import OPEN
from central.core.naming import SCENARIOS, Words
from central.web import here
from central.web.languages import is_english
from central.web.statistics_asking import Filters, filters_of, periods, reading_of

MOST_ROWS = 60
"""A page shows so many rows of a table; files hold all."""
TITLES: dict[str, Words] = {
    "overview": ("总览", "Overview"),
    "places": ("地点", "Places"),
    "units": ("单位时效", "Units"),
    "closings": ("虚假办结", "Sham closings"),
    "patrols": ("巡查建议", "Patrols"),
    "lessons": ("误报改进", "False alarms"),
    "four_hundred": ("4 个 100%", "4 x 100 %"),
}
ENDPOINTS = {name: f"statistics.{name}" for name in TITLES}

pages = Blueprint("statistics", __name__)


@pages.get("/statistics")
def overview() -> str:
    """Show cases by month, hour, kind and season."""
    return _page("overview")


@pages.get("/statistics/places")
def places() -> str:
    """Show cases by town, school and place, and the venues that repeat."""
    return _page("places")


@pages.get("/statistics/units")
def units() -> str:
    """Show how fast units acknowledge and dispose."""
    return _page("units")


@pages.get("/statistics/closings")
def closings() -> str:
    """Show what was closed so that somebody should look again."""
    return _page("closings")


@pages.get("/statistics/patrols")
def patrols() -> str:
    """Show where and when to patrol, to print."""
    return _page("patrols")


@pages.get("/statistics/lessons")
def lessons() -> str:
    """Show what labelled false alarms teach each camera."""
    return _page("lessons")


@pages.get("/statistics/four-100")
def four_hundred() -> str:
    """Show the plan's four times 100 % over time, and the schools for coaching."""
    return _page("four_hundred")


@pages.get("/statistics/file")
def file() -> Response:
    """Give one sheet, or a page's sheets, as a file."""
    english, filters = is_english(), filters_of(request.args)
    page, form = request.args.get("page", ""), request.args.get("as", "csv")
    wanted = page or request.args.get("sheet", "")
    names = PAGES.get(page, ()) if page else (wanted,)
    if not names or not set(names) <= SHEETS.keys() or form not in {"csv", "xlsx"}:
        raise NotFound
    with here.store().reading() as connection:
        reading = reading_of(connection, filters)
        sheets = [reading.sheet(name) for name in names]
    if form == "csv" and len(sheets) > 1:
        raise BadRequest
    body = csv_of(sheets[0], english=english) if form == "csv" else xlsx_of(sheets, english=english)
    return sent(body, f"{wanted}-{filters.since}-{filters.until}.{form}",
                CSV_TYPE if form == "csv" else XLSX_TYPE)  # fmt: skip


@pages.get("/statistics/bulletin")
def bulletin() -> Response:
    """Give the bulletin of a month, of what is one's own to see."""
    filters = filters_of({"until": request.args.get("month", "")})
    with here.store().reading() as connection:
        reading = reading_of(connection, filters)
        body = made(reading, reading.asked.last, english=is_english())
    return sent(body, f"bulletin-{filters.until}.docx", DOCX_TYPE)


def sent(body: bytes, filename: str, media_type: str) -> Response:
    """Give a file for the browser to keep."""
    answer = Response(body, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="huxiao-{filename}"'
    return answer


def _page(name: str) -> str:
    filters = filters_of(request.args)
    with here.store().reading() as connection:
        reading = reading_of(connection, filters)
        sheets = [reading.sheet(one) for one in PAGES[name]]
        choices = _choices(reading)
    return render_template("statistics.html", **_around(name, filters), **choices, sheets=sheets,
                           shown=_shower(), most_rows=MOST_ROWS)  # fmt: skip


def _shower() -> Callable[..., str]:
    english = is_english()
    return lambda cell, column: shown(cell, column, english=english)


def _around(name: str, filters: Filters) -> dict[str, Any]:
    return {
        "name": name,
        "titles": TITLES,
        "endpoints": ENDPOINTS,
        "filters": filters,
        "periods": periods(here.now_ms()),
        "scenarios": {one.value: SCENARIOS[one] for one in SCENARIOS if one in OPEN},
    }


def _choices(reading: Reading) -> dict[str, Any]:
    """Give the towns and schools that may be chosen."""
    units = reading.units
    return {
        "towns": {code: words for code, words in units.items() if code.startswith("town:")},
        "schools": {code: words for code, words in units.items() if code.startswith("school:")},
        "is_whole": reading.asked.scope.is_whole,
        "unit_words": units.get(reading.asked.scope.seen_by, ("", "")),
    }
