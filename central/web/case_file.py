"""The case on paper: what whoever asks may see of it, and the seals that prove it unchanged."""

import base64
from typing import Any

from flask import Blueprint, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from central.adapters.printing import PrintingError, pdf
from central.adapters.store import audit, board, case_log
from central.adapters.watermarks import marked
from central.core.access import sees_looks
from central.core.local_time import clock_of
from central.web import here, languages, pictures
from central.web.case_shown import seen
from contract.scenarios import Scenario

PICTURE_PX = 900
MOST_PICTURES = 24

pages = Blueprint("case_file", __name__)


@pages.get("/incidents/<incident_id>/file.pdf")
def case_file(incident_id: str) -> Response | tuple[str, int]:
    """Print a case."""
    number, html = page(incident_id)
    try:
        content = pdf(html)
    except PrintingError as error:
        said = languages.say((error.message_zh, error.message_en))
        return render_template("error.html", status=503, said=said), 503
    given = Response(content, mimetype="application/pdf")
    given.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    given.headers["Cache-Control"] = "private, no-store"
    return given


def page(incident_id: str) -> tuple[str, str]:
    """Give a case's number and its file as HTML, as far as it is theirs who asks; 404 if not.

    That it was printed is in the audit log before anything is read.
    """
    with here.store().transaction() as connection:
        row = board.incident(connection, here.actor(), incident_id, here.now_ms())
        if row is None:
            raise NotFound
        audit.append(connection, here.now_ms(), here.actor().actor_id, "look.file", row["number"])
    shown = seen(incident_id) | _of_paper(incident_id, row)
    return row["number"], render_template("case_file.html", **shown)


def _of_paper(incident_id: str, row: dict[str, Any]) -> dict[str, Any]:
    """Give what only the printed case has: pictures within it, the chain's entries, by whom."""
    actor = here.actor()
    with here.store().reading() as connection:
        chain = case_log.of_case(connection, actor, incident_id)
        files = board.evidence(connection, actor, incident_id)
        names = board.names(connection, {one["actor"] for one in chain})
    knows_who = sees_looks(actor, Scenario(row["scenario"]))
    return {
        "chain": chain[::-1],
        "chain_names": {one["actor"]: names.get(one["actor"], one["actor"]) if knows_who else "—"
                        for one in chain},
        "printed_at": here.now_ms(),
        "pictures": {one["sha256"]: _picture(one) for one in files[:MOST_PICTURES]},
        "paper_mark": f"{actor.name} · {clock_of(here.now_ms())[:16]}",
    }  # fmt: skip


def _picture(file: dict[str, Any]) -> str | None:
    """Give a picture as an address that holds it; None for what is not here, or is a clip."""
    is_here = file["received_at"] is not None and file["deleted_at"] is None
    if not is_here or file["media_type"] != pictures.PICTURE:
        return None
    content = here.settings().evidence.read(file["sha256"])
    drawn = marked(content, pictures.mark(), longest_px=PICTURE_PX) if content else None
    return f"data:image/jpeg;base64,{base64.b64encode(drawn).decode()}" if drawn else None
