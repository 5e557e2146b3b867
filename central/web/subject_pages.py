"""核实 on the incident's page: whom a device may have seen, and the buttons to say so."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from central.adapters.registry.roster import unknown_pupil
from central.adapters.store import pupils
from central.core.subjects import Finding
from central.incidents import CaseError
from central.incidents.verifying import Verification, name_subject, verify_subject
from central.web import case_shown, here, looking
from central.web.languages import say
from central.web.languages import text as _
from central.web.problems import status_of
from central.web.saying import say_done

MOST_NOTE = 500

pages = Blueprint("subjects", __name__)


@pages.post("/incidents/<incident_id>/subjects")
def name(incident_id: str) -> Response | tuple[str, int]:
    """Keep that a case is about a pupil of one's own, named by the school's own number."""
    school_no, who = request.form.get("school_no", "").strip(), here.actor()
    try:
        with here.store().transaction() as connection:
            looking.case(connection, incident_id)
            pupil = pupils.by_school_no(connection, who.unit_code, school_no)
            if pupil is None:
                raise unknown_pupil(school_no)
            name_subject(connection, who, incident_id, pupil, here.now_ms())
    except CaseError as error:
        said = {"subject_id": "", "said": say((error.message_zh, error.message_en))}
        seen = case_shown.seen(incident_id) | {"refused_subject": said}
        return render_template("incident.html", **seen), status_of(error)
    say_done(_("已指认。"))
    return redirect(f"/incidents/{incident_id}#about")


@pages.post("/incidents/<incident_id>/subjects/<subject_id>/verify")
def verify(incident_id: str, subject_id: str) -> Response | tuple[str, int]:
    """Keep what was found, and show the case; a refusal is said where it was asked."""
    form = request.form
    try:
        finding = Finding(form.get("finding", ""))
    except ValueError:
        raise BadRequest from None
    found = Verification(subject_id, finding, form.get("note", "")[:MOST_NOTE])
    try:
        with here.store().transaction() as connection:
            looking.case(connection, incident_id)
            verify_subject(connection, here.actor(), incident_id, found, here.now_ms())
    except CaseError as error:
        said = {"subject_id": subject_id, "said": say((error.message_zh, error.message_en))}
        seen = case_shown.seen(incident_id) | {"refused_subject": said}
        return render_template("incident.html", **seen), status_of(error)
    say_done(_("核实结果已记下。"))
    return redirect(f"/incidents/{incident_id}#subject-{subject_id}")
