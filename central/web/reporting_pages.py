"""Staff report what they saw; the district looks at what anybody reported; the sheet to print."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from central.adapters import qr
from central.adapters.store import board, directory
from central.adapters.store import reports as kept
from central.adapters.store.incidents import Place
from central.adapters.store.tables import SITE
from central.core.kinds import HandKind
from central.core.local_time import ZONE, to_ms
from central.core.refusals import CaseError, UnfitTimeError
from central.core.reporting import SCENARIO_OF, kinds_for
from central.incidents import Beside, report_by_hand
from central.incidents.deciding import decide, must_be_of_the_district
from central.incidents.hearing import Desk
from central.incidents.picturing import bring_for_report
from central.incidents.replying import reveal
from central.web import here, looking, uploads
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of
from central.web.saying import say_done
from contract.scenarios import Scenario

MOST_ROWS = 100

pages = Blueprint("reporting", __name__)


@dataclass(frozen=True)
class _Form:
    """What stands in the form, when it comes back too."""

    site_id: str = ""
    kind: str = ""
    note: str = ""
    occurred: str = ""
    key: str = ""


@pages.route("/report", methods=["GET", "POST"])
def report() -> Response | tuple[str, int]:
    """Show the form for staff, or open the incident and go there."""
    form = _Form(*(request.form.get(name, "") for name in ("site_id", "kind", "note", "occurred")))
    places = _places()
    if not places:
        raise Forbidden
    if request.method == "GET":
        return _page(_Form(site_id=request.args.get("site", "")), places, None), 200
    try:
        incident_id = _opened(form)
    except CaseError as error:
        return _page(form, places, say((error.message_zh, error.message_en))), status_of(error)
    with here.store().reading() as connection:
        row = board.incident(connection, here.actor(), incident_id, here.now_ms())
    if row is not None:
        return redirect(f"/incidents/{incident_id}")
    return render_template("report_done.html", places=places), 200


@pages.get("/reports")
def reports() -> str:
    """Show what anybody reported: what waits for a person first."""
    must_be_of_the_district(here.actor())
    return _reports_page()


@pages.post("/reports/<report_id>/decision")
def decision(report_id: str) -> Response | tuple[str, int]:
    """Take a held report up, or decline it."""
    is_taken = request.form.get("decision") == "take"
    try:
        with here.store().transaction() as connection:
            desk = Desk(connection, here.now_ms(), here.settings().playbooks)
            decide(desk, here.actor(), report_id, is_taken=is_taken,
                   why=request.form.get("why", ""))  # fmt: skip
    except CaseError as error:
        refused = {"report_id": report_id, "said": say((error.message_zh, error.message_en))}
        return _reports_page(refused=refused), status_of(error)
    say_done(_("已受理，已派发。") if is_taken else _("已标为不予受理。"))
    return redirect("/reports")


@pages.post("/reports/<report_id>/reply")
def reply(report_id: str) -> str:
    """Show the number to answer to, once."""
    keys = here.settings().replies
    if keys is None:
        raise NotFound
    with here.store().transaction() as connection:
        phone = reveal(Desk(connection, here.now_ms()), keys, here.actor(), report_id)
    return _reports_page(shown={"report_id": report_id, "phone": phone})


@pages.get("/sites/<site_id>/qr")
def poster(site_id: str) -> str:
    """Show the sheet to print and hang up at a place."""
    place = _place(site_id)
    return render_template("poster.html", place=place, address=address_of(site_id))


@pages.get("/sites/<site_id>/qr.svg")
def drawing(site_id: str) -> Response:
    """Give the QR code itself."""
    _place(site_id)
    return Response(qr.drawn(address_of(site_id)), mimetype="image/svg+xml")


def address_of(site_id: str) -> str:
    """Give what the QR code leads to."""
    base = here.settings().public_url or request.host_url
    return f"{base.rstrip('/')}/r/{site_id}"


def _place(site_id: str) -> Place:
    with here.store().reading() as connection:
        place = kept.site(connection, site_id)
    who = here.actor()
    if place is None or not (who.is_district_wide or who.unit_code in place.relations.values()):
        raise NotFound
    return place


def _opened(form: _Form) -> str:
    kind = HandKind(form.kind) if form.kind in set(HandKind) else HandKind.OTHER_REPORTED
    scenario = SCENARIO_OF.get(kind, Scenario.TRAFFIC_HAZARD)
    occurred_at = moment_of(form.occurred)
    with here.store().transaction() as connection:
        photos = tuple(
            bring_for_report(connection, here.settings().evidence, here.actor(), content,
                             here.now_ms())
            for content in uploads.photos("photos")
        )  # fmt: skip
        return report_by_hand(
            connection, here.actor(), form.site_id, scenario, kind, form.note, here.now_ms(),
            beside=Beside(occurred_at, photos, request.form.get("key", "")[:64]),
            playbooks=here.settings().playbooks,
        )  # fmt: skip


def moment_of(text: str) -> int | None:
    """Read what `datetime-local` gives, in the district's time."""
    if not text:
        return None
    try:
        return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZONE))
    except ValueError:
        zh, en = "发生时间看不懂，请重新选择", "the time cannot be read, please choose it again"
        raise UnfitTimeError(zh, en) from None


def _places() -> list[dict[str, Any]]:
    """List the places where this person may report anything, with what."""
    with here.store().reading() as connection:
        rows = directory.rows(connection, SITE, "name_zh")
    found = []
    for row in rows:
        kinds = kinds_for(here.actor(), frozenset(row["relations"].values()))
        if kinds:
            found.append(row | {"kinds": [kind.value for _, kind in kinds]})
    return found


def _page(form: _Form, places: list[dict[str, Any]], error: str | None) -> str:
    kinds = [kind.value for kind in HandKind if any(kind.value in one["kinds"] for one in places)]
    return render_template(
        "report.html", form=form, places=places, kinds=kinds, error=error,
        scenario_of={kind.value: scenario.value for kind, scenario in SCENARIO_OF.items()},
        key=request.form.get("key") or f"page-{here.now_ms()}", now=here.now_ms(),
    )  # fmt: skip


def _reports_page(
    refused: dict[str, str] | None = None, shown: dict[str, str] | None = None
) -> str:
    with looking.listed("reports") as connection:
        held = kept.listed(connection, is_held=True, limit=MOST_ROWS)
        others = kept.listed(connection, is_held=False, limit=MOST_ROWS)
    return render_template("reports.html", held=held, others=others, refused=refused, shown=shown)
