"""A family confirms for itself: the school prints a paper with a code, the guardian scans it.

The guardian proves to be one by the last four digits of a number that the school has of them. What
is agreed to is recorded as theirs; nothing is agreed to by default, and none of it is needed.
"""

import secrets
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.exceptions import Forbidden, NotFound

from central.adapters.qr import drawn_for_label
from central.adapters.store import audit, consent_asks, plans, pupils
from central.adapters.store.pupils import Pupil, Wanted
from central.core.consents import USUAL_DAYS, WORDS, Consented, Given, may_record
from central.core.consents_wanted import today_of
from central.core.naming import Words
from central.core.pupils import Guardian
from central.web import here, saying
from central.web.desk import Answer, consenting, names_of, roster, sees
from central.web.languages import text as _

MOST_PAPERS = 80
DIGITS = 4

pages = Blueprint("asking", __name__)

WRONG: Words = (
    "号码后四位与学校登记的家长手机不符，请核对；多次不符后本码失效。",
    "These are not the last four digits of a guardian's number. After five tries the code ends.",
)


@pages.post("/registry/pupils/papers")
@sees("pupils")
def papers() -> Answer:
    """Print a paper for each family of a class, or for one."""
    who, now_ms, base = here.actor(), here.now_ms(), here.settings().public_url.rstrip("/")
    if not may_record(who, who.unit_code):
        raise Forbidden
    if not base:
        saying.say_error(_("平台没有设置对外网址，不能生成二维码：请管理员填写 [web] public_url。"))
        return redirect("/registry/pupils")
    with here.store().transaction() as connection:
        chosen = _chosen(connection)
        names = names_of(connection, chosen, "consent papers")
        tokens = [(one.pupil_id, secrets.token_urlsafe(16)) for one in chosen]
        consent_asks.put(connection, tokens, who.actor_id, now_ms)
        audit.append(connection, now_ms, who.actor_id, "consent.asked", who.unit_code,
                     {"pupils": [one.pupil_id for one in chosen]})  # fmt: skip
    cards = [
        {"name": names.get(one.pupil_id, one.school_no), "class": one.class_code,
         "address": f"{base}/c/{token}", "code": _drawn(f"{base}/c/{token}")}
        for one, (_id, token) in zip(chosen, tokens, strict=True)
    ]  # fmt: skip
    until = today_of(now_ms + consent_asks.GOOD_FOR_MS)
    return render_template("consent_papers.html", cards=cards, until=until)


@pages.route("/c/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Answer:
    """Ask the family, or take its answer; in both languages, without sign-in or script."""
    now_ms = here.now_ms()
    with here.store().transaction() as connection:
        row = consent_asks.found(connection, token, now_ms)
        pupil = pupils.found(connection, str(row.pupil_id)) if row else None
        if pupil is None or pupil.is_gone:
            return _page(None, None), 404
        school = next((one["name_zh"] for one in plans.schools(connection)
                       if one["code"] == pupil.unit_code), "")  # fmt: skip
        if request.method == "GET":
            return _page(school, pupil)
        guardian = _guardian(connection, pupil)
        if guardian is None:
            consent_asks.tried(connection, token)
            return _page(school, pupil, WRONG), 409
        if not consent_asks.answered(connection, token, now_ms):
            raise NotFound
        agreed = [what for what in Consented if request.form.get(what.value)]
        by = f"guardian:{guardian.guardian_id}"
        _record(connection, pupil, agreed, by)
        detail = {"agreed": [what.value for what in agreed]}
        audit.append(connection, now_ms, by, "consent.answered", f"pupil:{pupil.pupil_id}", detail)
    return _page(school, pupil, done=agreed)


def _record(connection: Connection, pupil: Pupil, agreed: list[Consented], by: str) -> None:
    now_ms = here.now_ms()
    today = today_of(now_ms)
    given = [Given(what, "guardian", f"网上确认 {today}", today, today + timedelta(days=USUAL_DAYS))
             for what in agreed]  # fmt: skip
    if given:
        consenting().record(connection, pupil, given, by, now_ms)


def _guardian(connection: Connection, pupil: Pupil) -> Guardian | None:
    """Find the guardian whose number ends like what was typed."""
    said = "".join(one for one in request.form.get("digits", "") if one.isdecimal())
    if len(said) != DIGITS:
        return None
    for row in pupils.guardians(connection, pupil.pupil_id):
        opened = roster().guardian(row)
        if opened and "".join(filter(str.isdecimal, opened.phone)).endswith(said):
            return opened
    return None


def _chosen(connection: Connection) -> list[Pupil]:
    """Give the pupils of one's own school for whom papers are wanted."""
    unit, form = here.actor().unit_code, request.form
    if form.get("pupil_id"):
        one = pupils.found(connection, form["pupil_id"])
        if one is None or one.is_gone or one.unit_code != unit:
            raise NotFound
        return [one]
    code = form.get("class", "")
    if not unit.startswith("school:") or not code:
        raise NotFound
    return pupils.listed(connection, Wanted(unit, [code], limit=MOST_PAPERS))


def _page(
    school: str | None, pupil: Pupil | None, error: Words | None = None,
    done: list[Consented] | None = None,
) -> str:  # fmt: skip
    return render_template(
        "consent_confirm.html", school=school, pupil=pupil, error=error, done=done, things=WORDS,
        class_code=pupil.class_code if pupil else "",
    )  # fmt: skip


def _drawn(address: str) -> Markup:
    return Markup(drawn_for_label(address).decode())  # noqa: S704 - of our own drawing
