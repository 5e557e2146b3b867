"""What somebody without an account sees and does through a one-time link: one task.

Looking changes nothing: whoever shows previews of links opens them too.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from pydantic import ValidationError
from sqlalchemy import Connection
from werkzeug.exceptions import BadRequest, NotFound, TooManyRequests
from werkzeug.wrappers import Response

from central.adapters.store import audit, board, links, sign_ins
from central.adapters.store.links import Link
from central.core.disclosure import Facts, visible
from central.core.kinds import kind_of
from central.core.letters import Moment
from central.core.one_time_links import ENDED, STEPS, Ending, ending
from central.core.permissions import steps_for
from central.core.playbook import Playbook, audience_of
from central.core.report_back import Report
from central.core.sign_in_policy import WITHIN_MS
from central.core.workflow import Status, Step
from central.incidents import CaseError, take_step
from central.incidents.picturing import bring_photo
from central.web import here, uploads
from central.web.entering import address
from central.web.languages import say
from central.web.problems import status_of
from contract.scenarios import Scenario, Severity

GUESS = "t:"
MOST_GUESSES = 20
LONGEST_TOKEN = 64

pages = Blueprint("links", __name__)


@pages.get("/t/<token>")
def opened(token: str) -> Response | tuple[Response | str, int]:
    """Show the task, as far as this person may know of it."""
    with here.store().reading() as connection:
        link = _live(connection, token)
        if isinstance(link, Ending):
            return _over(link)
        seen = _seen(connection, link)
    _note_look(link, seen["facts"]["number"])
    return _page(render_template("link.html", token=token, refused=None, **seen), 200)


@pages.post("/t/<token>/steps")
def step(token: str) -> Response | tuple[Response | str, int]:
    """Take a step on the task, as the person whom the link was sent to."""
    try:
        wanted = Step(request.form.get("step", ""))
    except ValueError:
        raise BadRequest from None
    if wanted not in STEPS:
        raise BadRequest
    with here.store().reading() as connection:
        over = _live(connection, token)
    if isinstance(over, Ending):
        return _over(over)
    try:
        with here.store().transaction() as connection:
            link = _live(connection, token)
            if isinstance(link, Ending):  # it has ended just now
                raise NotFound
            note = request.form.get("note", "")
            report = _report(connection, link) if wanted is Step.REPORT_BACK else Report()
            take_step(connection, link.actor, link.incident_id, link.task_id, wanted,
                      here.now_ms(), note=note, report=report)  # fmt: skip
            links.used(connection, link, here.now_ms())
    except CaseError as error:
        return _refused(token, error)
    return redirect(f"/t/{token}", 303)


def _live(connection: Connection, token: str) -> Link | Ending:
    """Give what the token stands for, or why it opens nothing."""
    link = links.find(connection, token) if len(token) <= LONGEST_TOKEN else None
    if link is None:
        return Ending.UNKNOWN
    return ending(link.standing, here.now_ms()) or link


def _over(why: Ending) -> tuple[Response | str, int]:
    """Say kindly that nothing opens, and what to do; who guesses is slowed down."""
    if why is Ending.UNKNOWN:
        _count_guess()
    said, advice = ENDED[why]
    page = render_template("link_over.html", said=say(said), advice=say(advice), why=why)
    return _page(page, 404 if why is Ending.UNKNOWN else 410)


def _count_guess() -> None:
    since = here.now_ms() - WITHIN_MS
    with here.store().transaction() as connection:
        guesses, _all = sign_ins.failures(connection, GUESS, address(), since)
        if guesses < MOST_GUESSES:
            sign_ins.fail(connection, GUESS, address(), here.now_ms())
    if guesses >= MOST_GUESSES:
        raise TooManyRequests


def _seen(connection: Connection, link: Link) -> dict[str, Any]:
    """Read the one task, as whom the link was sent to."""
    row = board.incident(connection, link.actor, link.incident_id, here.now_ms())
    found = board.tasks(connection, link.actor, [link.incident_id])
    task = next((one for one in found if one["task_id"] == link.task_id), None)
    if row is None or task is None:
        raise NotFound
    scenario, status = Scenario(row["scenario"]), Status(task["status"])
    may = steps_for(link.actor, task["unit_code"], status, scenario)
    duty = (task["duty_zh"], task["duty_en"])
    playbook = Playbook.model_validate(row["playbook"])
    return {
        "facts": visible(_facts(row, task), audience_of(link.actor.unit_code)),
        "status": status,
        "duty": duty,
        "steps": [one.value for one in may if one in STEPS],
        "note_on": [one.value for one in STEPS if one in may and one in playbook.note_on],
        "demand": next(one.report for one in playbook.tasks if one.duty_zh == duty[0]),
        "who": link.actor.name,
        "expires_at": link.standing.expires_at,
        "is_drill": row["is_drill"],
    }


def _facts(row: dict[str, Any], task: dict[str, Any]) -> Facts:
    return Facts(
        number=row["number"],
        moment=Moment.DISPATCHED,
        scenario=Scenario(row["scenario"]),
        kind=kind_of(row["kind"]),
        severity=Severity(row["severity"]),
        site_zh=row["site_zh"],
        site_en=row["site_en"],
        occurred_at=row["occurred_at"],
        zone_id=row["zone_id"],
        unit_zh=task["unit_zh"],
        unit_en=task["unit_en"] or task["unit_zh"],
    )


def _report(connection: Connection, link: Link) -> Report:
    form, lat, lon = request.form, request.form.get("lat"), request.form.get("lon")
    photos = tuple(
        bring_photo(connection, here.settings().evidence, link.actor, link.incident_id, content,
                    here.now_ms())
        for content in uploads.photos("photos")
    )  # fmt: skip
    place = {"lat": lat, "lon": lon} if lat and lon else None
    try:
        return Report.model_validate(
            {"photos": photos, "place": place, "outcome": form.get("outcome") or None}
        )
    except ValidationError:
        raise BadRequest from None


def _refused(token: str, error: CaseError) -> tuple[Response | str, int]:
    form = request.form
    refused = {"said": say((error.message_zh, error.message_en)), "note": form.get("note", ""),
               "outcome": form.get("outcome", "")}  # fmt: skip
    with here.store().reading() as connection:
        link = _live(connection, token)
        if isinstance(link, Ending):
            return _over(link)
        seen = _seen(connection, link)
    page = render_template("link.html", token=token, refused=refused, **seen)
    return _page(page, status_of(error))


def _note_look(link: Link, number: str) -> None:
    who, now_ms = link.actor.actor_id, here.now_ms()
    if here.desk().looks.is_new(who, f"look.link {number}", now_ms):
        with here.store().transaction() as connection:
            audit.append(connection, now_ms, who, "look.link", number, {"task_id": link.task_id})


def _page(page: str, status: int) -> tuple[Response | str, int]:
    answer = Response(page, status, mimetype="text/html")
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer, status
