"""The enrolment desk: rosters come in by file, looked through before anything is kept."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response as Answer

from central.adapters.registry.books import SheetError
from central.adapters.registry.roster_jobs import RosterJobs
from central.adapters.registry.templates import template_of
from central.adapters.store import audit, plans, pupils, roster_jobs
from central.core import registry as rights
from central.web import here
from central.web.desk import desk_places
from central.web.languages import text as _

MOST_JOBS = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pages = Blueprint("registry", __name__)


@pages.get("/registry")
def desk() -> str:
    """Show the pupils by school and the imports."""
    return _desk("")


@pages.post("/registry/roster")
def upload() -> Answer | tuple[str, int]:
    """Take a file in; a worker looks through it."""
    who, jobs = here.actor(), _jobs()
    if not rights.imports(who):
        raise Forbidden
    file = request.files.get("file")
    if file is None or not file.filename:
        return _desk(_("请选择一个 XLSX 或 CSV 文件。")), 400
    if not file.filename.lower().endswith((".xlsx", ".csv")):
        return _desk(_("只能导入 .xlsx 或 .csv 文件；.xls 请另存为 .xlsx。")), 400
    try:
        own = rights.own_school(who)
        job_id = jobs.take_in(file.stream, file.filename, who.actor_id, own, here.now_ms())
    except SheetError as error:
        return _desk(str(error)), 400
    return redirect(f"/registry/roster/{job_id}")


@pages.get("/registry/roster/template.<form>")
def template(form: str) -> Response:
    """Give an empty roster to be filled in."""
    if not rights.sees_desk(here.actor()):
        raise Forbidden
    if form not in {"xlsx", "csv"}:
        raise NotFound
    kind = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    head = {"Content-Disposition": f'attachment; filename="roster.{form}"'}
    return Response(template_of(form == "xlsx"), mimetype=kind, headers=head)


@pages.get("/registry/roster/<job_id>")
def job(job_id: str) -> str:
    """Show how far an import has come, and what it would change."""
    return render_template("roster_job.html", **_seen(job_id))


@pages.get("/registry/roster/<job_id>/part")
def job_part(job_id: str) -> str:
    """Show what changes about it."""
    return render_template("roster_job_part.html", **_seen(job_id))


@pages.post("/registry/roster/<job_id>/<what>")
def decide(job_id: str, what: str) -> Answer:
    """Let an import begin, or cancel it."""
    who, now_ms = here.actor(), here.now_ms()
    row = _seen(job_id)["job"]
    if not rights.imports(who):
        raise Forbidden
    begun = {"state": "importing", "rows_done": 0, "beat_at": None}
    over = {"state": "cancelled", "ended_at": now_ms}
    steps: dict[tuple[str, str], dict[str, Any]] = {
        ("confirm", "ready"): begun,
        ("cancel", "checking"): over,
        ("cancel", "ready"): over,
        ("cancel", "importing"): over,
    }
    values = steps.get((what, row["state"]))
    if values is not None:
        with here.store().transaction() as connection:
            if roster_jobs.step(connection, job_id, row["state"], **values):
                audit.append(connection, now_ms, who.actor_id, f"roster.{what}",
                             f"roster:{job_id}")  # fmt: skip
    return redirect(f"/registry/roster/{job_id}")


def _jobs() -> RosterJobs:
    roster = here.settings().roster
    if roster is None:
        raise NotFound
    return RosterJobs(here.store(), roster, here.settings().vault)


def _seen(job_id: str) -> dict[str, Any]:
    with here.store().reading() as connection:
        row = roster_jobs.found(connection, job_id)
        names = {one["code"]: one for one in plans.schools(connection)}
    if row is None or not rights.may_see_of(here.actor(), row["unit_code"]):
        raise NotFound
    total, done = row["rows_total"], row["rows_done"]
    if row["state"] == "importing" and row["findings"]:
        total = sum(row["findings"].get("changes", {}).values())
    share = min(100, 100 * done // total) if total else None
    return {
        "job": row, "found": row["findings"] or {}, "share": share, "total": total, "names": names,
        "is_running": row["state"] in roster_jobs.RUNNING, "may": rights.imports(here.actor()),
    }  # fmt: skip


def _desk(error: str) -> str:
    who = here.actor()
    if not rights.sees_desk(who):
        raise Forbidden
    own = who.unit_code if rights.is_school(who) else None
    with here.store().reading() as connection:
        schools = [s for s in plans.schools(connection) if own in {None, s["code"]}]
        counts = pupils.counts(connection)
        jobs = roster_jobs.listed(connection, own, MOST_JOBS)
    rows = [one | {"pupils": counts.get(one["code"], 0)} for one in schools]
    return render_template(
        "registry.html", rows=rows, jobs=jobs, error=error, may=rights.imports(who),
        places=desk_places(),
        total=sum(row["pupils"] for row in rows),
    )  # fmt: skip
