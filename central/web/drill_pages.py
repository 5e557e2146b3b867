"""Start a drill from the page: what, where, who is told, whether the clocks run."""

from typing import get_args

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.wrappers import Response

from central.adapters.store import directory
from central.adapters.store.tables import SITE
from central.core.drills import TELLS_WORDS, DrillTells
from central.core.kinds import kind_of
from central.core.naming import KINDS, SCENARIOS
from central.incidents import start_drill
from central.web import here
from contract.scenarios import Scenario

pages = Blueprint("drills", __name__)


@pages.get("/drills/new")
def new_drill() -> str:
    """Show the form; for the district's own officers."""
    if not here.actor().is_district_wide:
        raise Forbidden
    with here.store().reading() as connection:
        sites = directory.rows(connection, SITE, "site_id")
    return render_template(
        "drill.html", sites=sites, scenarios=list(SCENARIOS), kinds=list(KINDS), tells=TELLS_WORDS
    )


@pages.post("/drills")
def begin_drill() -> Response:
    """Start it, and show its case."""
    form = request.form
    tells: DrillTells | None = next(
        (one for one in get_args(DrillTells) if one == form.get("tell", "nobody")), None
    )
    try:
        scenario, kind = Scenario(form.get("scenario", "")), kind_of(form.get("kind", ""))
    except ValueError:
        raise BadRequest from None
    if tells is None:
        raise BadRequest
    with here.store().transaction() as connection:
        incident_id = start_drill(
            connection, here.actor(), form.get("site_id", ""), scenario, kind,
            form.get("note", "")[:500], here.now_ms(), tells=tells,
            waits=bool(form.get("deadlines")), playbooks=here.settings().playbooks,
        )  # fmt: skip
    return redirect(f"/incidents/{incident_id}")
