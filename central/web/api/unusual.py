"""Unusual access for programs: ask and end; only a person who has signed in decides."""

from typing import Any

from apiflask import APIBlueprint
from werkzeug.exceptions import Forbidden

from central.core import unusual as rules
from central.incidents.unusual import ask, end
from central.web import here, unusual_pages
from central.web.api import forms, shapes

api = APIBlueprint("api_unusual", __name__, url_prefix="/api/v1", tag="unusual access")


@api.get("/unusual-access")
@api.output(shapes.AccessesOut)
def list_unusual_access() -> dict[str, Any]:
    """List what the caller asked for or, as data protection officer or auditor, all; kept."""
    if here.actor().role not in rules.MAY_ASK | rules.DECIDES | rules.SEES_ALL:
        raise Forbidden
    rows = unusual_pages.rows_for_asker()
    return {"items": [forms.shaped(shapes.AccessOut, row) for row in rows]}


@api.post("/unusual-access")
@api.input(shapes.AccessWanted)
@api.output(shapes.AccessAskedOut, status_code=201)
def post_unusual_access(json_data: shapes.AccessWanted) -> dict[str, Any]:
    """Ask to see a case outside one's reach; a second person decides on the page."""
    asked = json_data
    with here.store().transaction() as connection:
        access_id = ask(
            connection, here.actor(), asked.number, asked.reason, asked.hours, here.now_ms()
        )
    return {"access_id": access_id}


@api.post("/unusual-access/<access_id>/end")
@api.output(shapes.AccessAskedOut)
def post_unusual_access_end(access_id: str) -> dict[str, Any]:
    """End it before its time, or take the request back."""
    with here.store().transaction() as connection:
        end(connection, here.actor(), access_id, here.now_ms())
    return {"access_id": access_id}
