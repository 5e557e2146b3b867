"""Pupils one by one with what was agreed to: consents recorded, shown, withdrawn."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import Forbidden, NotFound

from central.adapters.store import audit, consents, plans, pupils
from central.adapters.store.pupils import Pupil, Wanted
from central.core.consents import SOON_DAYS, WORDS, Consented, Given, GivenBy, expiry, may_record
from central.core.consents import may_withdraw as may_end_consent
from central.core.consents_wanted import today_of
from central.core.pupils import RosterError, may_end
from central.core.refusals import NotAllowedError
from central.web import here, saying
from central.web.desk import (
    Answer,
    consenting,
    desk_places,
    names_of,
    photo,
    roster,
    says_why,
    sees,
    their_pupil,
)
from central.web.languages import say
from central.web.languages import text as _
from central.web.sheets import (
    Act,
    Cell,
    Field,
    Form,
    Row,
    Sheet,
    Table,
    Words,
    shown,
)
from central.web.showing import day

DAY_MS = 24 * 3600 * 1000
ROWS = 60
SHORT: dict[Consented, Words] = {
    Consented.MATCH_WATER: ("水边", "water"), Consented.MATCH_VENUE: ("场馆", "venue"),
    Consented.NAMED_ALOUD: ("播报", "aloud"),
}  # fmt: skip
GIVEN_BY: dict[str, Words] = {"guardian": ("监护人", "guardian"), "pupil": ("本人", "pupil")}

pages = Blueprint("consents", __name__)


@pages.get("/registry/pupils")
@sees("pupils")
def list_pupils() -> Answer:
    """List pupils of a school and class; names only to the school itself."""
    args, who, now_ms = request.args, here.actor(), here.now_ms()
    own = who.unit_code if who.unit_code.startswith("school:") else args.get("unit", "")
    with here.store().transaction() as connection:
        schools = plans.schools(connection)
        unit = own or (schools[0]["code"] if schools else "")
        classes = sorted(pupils.class_names(connection, unit), key=_in_order)
        chosen = args.get("class", "")
        rows = pupils.listed(connection, Wanted(
            unit, [chosen] if chosen else None, args.get("number") or None, None,
            args.get("after", ""), ROWS + 1,
        ))  # fmt: skip
        page = rows[:ROWS]
        names = names_of(connection, page, "registry")
        given = consents.of_pupils(connection, [one.pupil_id for one in page], now_ms)
    asked = {"unit": unit, "class": chosen, "after": page[-1].pupil_id if page else ""}
    table = Table(
        (("学生", "Pupil"), ("班级", "Class"), ("同意", "Agreed to"), ("到期", "Until")),
        [_pupil_row(one, names, given) for one in page],
        empty=("没有这样的学生。", "No pupil like that."),
        after="/registry/pupils?" + urlencode(asked) if len(rows) > ROWS else "",
    )  # fmt: skip
    units = {} if len(schools) < 2 or own == who.unit_code else {  # noqa: PLR2004 - to choose from
        one["code"]: (one["name_zh"], one["name_en"] or one["name_zh"]) for one in schools
    }  # fmt: skip
    every: dict[str, Words] = {"": ("（全部）", "(all)")} | {one: (one, one) for one in classes}
    filters = [
        *([Field("unit", ("学校", "school"), "select", unit, options=units)] if units else []),
        Field("class", ("班级", "class"), "select", chosen, options=every),
        Field("number", ("学号", "school number"), value=args.get("number", "")),
    ]
    is_own = own == who.unit_code and may_record(who, unit)
    forms = [_papers(every)] if is_own and classes else []
    return shown(Sheet(("学生", "Pupils"), "pupils", desk_places(), filters=filters,
                       tables=[table], forms=forms))  # fmt: skip


@pages.get("/registry/pupils/<pupil_id>")
@sees("pupils")
def one_pupil(pupil_id: str) -> Answer:
    """Show one pupil: consents, enrolments; record a consent, withdraw, erase."""
    who, now_ms = here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        pupil = their_pupil(connection, pupil_id)
        name = names_of(connection, [pupil], "consents").get(pupil_id, pupil.school_no or "")
        rows = consents.history(connection, pupil_id)
        entries = pupils.entries(connection, pupil_id)
    forms = [_recording(pupil_id)] if may_record(who, pupil.unit_code) else []
    question: Words = (
        "清空资料、销毁密钥、注销全部人脸登记，不可撤销。备份里的内容也随之打不开。",
        "Row, key and enrolments go for good; what backups hold cannot be opened any more.",
    )
    where = f"/registry/pupils/{pupil_id}/erase"
    erase = Act(("注销这名学生", "Erase this pupil"), where, question=question)
    head = Table(
        (("学号", "Number"), ("班级", "Class"), ("人脸登记", "Enrolments")),
        [Row([Cell(pupil.school_no or ""), Cell(pupil.class_code or ""),
              Cell("、".join(entries) or "—")],
             [erase] if may_end(who, pupil.unit_code) else [])],
    )  # fmt: skip
    table = Table(
        (("同意", "Consent"), ("编号", "Number"), ("同意书", "Form"), ("期限", "Time"),
         ("状态", "State")),
        [_consent_row(row, now_ms, may_end_consent(who, pupil.unit_code)) for row in rows],
        ("同意记录", "Consents"),
        ("没有同意记录：不比对、不播报姓名。", "None: neither matched nor named aloud."),
    )  # fmt: skip
    return shown(Sheet(
        (name, name), "pupils", desk_places(), crumb=("/registry/pupils", ("学生", "Pupils")),
        tables=[head, table], forms=forms,
        hint=("编号可用作人脸登记的同意书编号：登记会与本记录核对。",
              "The number serves as an enrolment's consent: it is then held to this record."),
    ))  # fmt: skip


@pages.post("/registry/pupils/<pupil_id>/consents")
@sees("pupils")
@says_why("/registry/pupils/{pupil_id}")
def record(pupil_id: str) -> Answer:
    """Record what a signed form agrees to, with its picture."""
    who, now_ms, keeps = here.actor(), here.now_ms(), consenting()
    picture = photo("picture")
    with here.store().transaction() as connection:
        pupil = their_pupil(connection, pupil_id)
        if not may_record(who, pupil.unit_code):
            raise Forbidden
        given = _given()
        made = keeps.record(connection, pupil, given, who.actor_id, now_ms)
        if picture:
            for consent_id in made:
                row = consents.found(connection, consent_id)
                if row is not None:
                    keeps.attach(connection, row, picture, who.actor_id, now_ms)
    saying.say_done(_("已登记 %(count)s 项同意。", count=len(made)))
    return redirect(f"/registry/pupils/{pupil_id}")


@pages.post("/registry/pupils/<pupil_id>/erase")
@sees("pupils")
@says_why("/registry/pupils")
def erase(pupil_id: str) -> Answer:
    """Erase a pupil, with proof."""
    who, now_ms = here.actor(), here.now_ms()
    with here.store().transaction() as connection:
        pupil = their_pupil(connection, pupil_id)
        if not may_end(who, pupil.unit_code):
            zh = "您不能注销这名学生"
            raise NotAllowedError(zh, "not yours to erase")
        roster().withdraw(connection, pupil_id, who.actor_id, now_ms, "enrolment desk")
    roster().erase(here.store(), now_ms)
    saying.say_done(_("已注销；密钥 %(digest)s… 已销毁。", digest=pupil.key_digest[:12]))
    return redirect("/registry/pupils")


@pages.post("/registry/consents/<consent_id>/withdraw")
@sees("pupils")
def withdraw(consent_id: str) -> Answer:
    """Withdraw a consent: at once, with all that it carries."""
    who, now_ms, keeps = here.actor(), here.now_ms(), consenting()
    with here.store().transaction() as connection:
        row = consents.found(connection, consent_id)
        if row is None or not may_end_consent(who, row["unit_code"]):
            raise NotFound
        touched = keeps.withdraw(connection, row, who.actor_id, now_ms, "withdrawn by the family")
    keeps.keeper.erase(here.store(), now_ms)
    saying.say_done(_("已撤回，立即生效；涉及人脸登记 %(count)s 个。", count=len(touched)))
    return redirect(f"/registry/pupils/{row['pupil_id']}")


@pages.get("/registry/consents/<consent_id>/form")
@sees("pupils")
def form(consent_id: str) -> Answer:
    """Show the signed form to who keeps the pupil, or the DPO; that look is kept."""
    who = here.actor()
    with here.store().transaction() as connection:
        row = consents.found(connection, consent_id)
        if row is None or not may_end_consent(who, row["unit_code"]):
            raise NotFound
        picture = consenting().picture(row)
        if picture is None:
            raise NotFound
        audit.append(connection, here.now_ms(), who.actor_id, "look.consent",
                     f"pupil:{row['pupil_id']}", {"number": row["number"]})  # fmt: skip
    answer = Response(picture, mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _given() -> list[Given]:
    told = request.form
    try:
        given_on = date.fromisoformat(told.get("given_on", ""))
        until = told.get("expires_on", "")
        ends = expiry(given_on, date.fromisoformat(until) if until else None)
    except ValueError:
        zh, en = "请填写同意日期", "give the day on which it was signed"
        raise RosterError(zh, en) from None
    chosen = [one for one in Consented if told.get(one.value)]
    if not chosen:
        zh, en = "请至少勾选一项", "tick one thing at least"
        raise RosterError(zh, en)
    by: GivenBy = "pupil" if told.get("given_by") == "pupil" else "guardian"
    return [Given(one, by, told.get("form", ""), given_on, ends) for one in chosen]


def _recording(pupil_id: str) -> Form:
    today = today_of(here.now_ms()).isoformat()
    return Form(("登记同意", "Record a consent"), f"/registry/pupils/{pupil_id}/consents", [
        *(Field(what.value, words, "check") for what, words in WORDS.items()),
        Field("given_by", ("由谁同意", "given by"), "select", "guardian", options=GIVEN_BY,
              hint=("未满十四周岁须由监护人", "under 14: the guardian")),
        Field("form", ("同意书编号", "the form's reference"), is_needed=True,
              more={"maxlength": 64}),
        Field("given_on", ("同意日期", "signed on"), "date", today, is_needed=True),
        Field("expires_on", ("到期", "until"), "date", hint=("不填为一年", "else a year")),
        Field("picture", ("同意书照片或扫描", "picture of the signed form"), "file",
              hint=("加密保存，随学生注销而不可读", "kept encrypted under the pupil's key"),
              more={"accept": "image/jpeg,image/png,image/webp"}),
    ], ("登记", "Record"), has_file=True)  # fmt: skip


def _papers(classes: dict[str, Words]) -> Form:
    chosen = {code: words for code, words in classes.items() if code}
    return Form(("家长自己确认", "Families confirm"), "/registry/pupils/papers", [
        Field("class", ("班级", "class"), "select", options=chosen, is_needed=True),
    ], ("打印家长确认单", "Print papers"), ("每名学生一张：家长扫码，凭手机号后四位确认。",
        "A paper each: the guardian scans it and proves by their number's end."))  # fmt: skip


def _pupil_row(pupil: Pupil, names: dict[str, str], given: dict[tuple[str, Consented], Any]) -> Row:
    called = names.get(pupil.pupil_id) or pupil.school_no or ""
    mine = {what: given[pupil.pupil_id, what] for what in Consented
            if (pupil.pupil_id, what) in given}  # fmt: skip
    until = min((row["expires_at"] for row in mine.values()), default=None)
    has = ("、".join(SHORT[what][0] for what in mine), ", ".join(SHORT[what][1] for what in mine))
    is_soon = until is not None and until < here.now_ms() + SOON_DAYS * DAY_MS
    return Row([
        Cell(called, link=f"/registry/pupils/{pupil.pupil_id}", small=pupil.school_no or ""),
        Cell(pupil.class_code or ""),
        Cell(words=has) if mine else Cell(words=("无", "none"), tone="soon"),
        Cell(day(until)[:10], tone="soon" if is_soon else ""),
    ])  # fmt: skip


def _consent_row(row: Any, now_ms: int, may: bool) -> Row:
    is_over = row["ended_at"] is not None or row["expires_at"] <= now_ms
    state: Words = ("已终止", "ended") if is_over else ("有效", "living")
    acts = []
    if may and not is_over:
        question: Words = (
            "立即生效：销毁相应模板，通知设备删除；不可撤销。",
            "At once: templates are destroyed, devices told; for good.",
        )
        where = f"/registry/consents/{row['consent_id']}/withdraw"
        acts.append(Act(("撤回", "Withdraw"), where, question=question))
    link = f"/registry/consents/{row['consent_id']}/form" if row["picture_sha256"] and may else ""
    return Row([
        Cell(words=WORDS[Consented(row["what"])]),
        Cell(row["number"]),
        Cell(row["form"], link=link, small=say_by(row)),
        Cell(f"{row['given_on']} — {day(row['expires_at'])[:10]}"),
        Cell(words=state, tone="chip", small=row["end_reason"] or ""),
    ], acts, is_over, row["number"])  # fmt: skip


def say_by(row: Any) -> str:
    """Say by whom a consent was given."""
    return say(GIVEN_BY[row["given_by"]])


def _in_order(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("-") if part.isdecimal())
