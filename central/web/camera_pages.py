"""The register of cameras and signs, and the filing of face data."""

import hashlib
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, request
from uuid_utils import uuid7
from werkzeug.exceptions import Forbidden, NotFound

from central.adapters import calendars
from central.adapters.photographs import made_anew
from central.adapters.store import audit, directory, registers
from central.adapters.store.tables import SITE
from central.core import cameras as rules
from central.core.cameras import SPOTS, CameraWanted, may_keep_cameras
from central.core.consents_wanted import today_of
from central.core.filings import THRESHOLD, Level, Standing, standing
from central.core.people import Role
from central.core.pupils import RosterError
from central.web import here, saying
from central.web.desk import Answer, desk_places, photo, says_why, sees
from central.web.languages import text as _
from central.web.sheets import Act, Cell, Field, Figure, Form, Note, Row, Sheet, Table, Words, shown
from central.web.showing import day

BACK = "/registry/cameras"
pages = Blueprint("cameras", __name__)
_FILES = frozenset({Role.DISTRICT_ADMIN, Role.DPO})

LEVELS: dict[Level, tuple[Words, str]] = {
    Level.SOON: (
        ("已超过 8 万人：请准备备案材料。", "Above 80,000: prepare the filing."), "warning"),
    Level.URGENT: (
        ("已超过 9.5 万人：很快达到备案人数。", "Above 95,000: the threshold is near."), "warning"),
    Level.DUE: (
        ("已达到 10 万人：须在 30 个工作日内向省级以上网信部门备案。",
         "100,000 reached: file with the province's cyberspace office in 30 working days."),
        "danger"),
    Level.FILED: (("已备案；信息有变动或停止处理时须办理变更、注销。",
                   "Filed; changes and the end of it are to be filed, too."), "done"),
}  # fmt: skip


@pages.get("/registry/cameras")
@sees("cameras")
def list_cameras() -> Answer:
    """Show the register, and what devices report that nobody has registered."""
    may = may_keep_cameras(here.actor())
    with here.store().reading() as connection:
        rows = registers.cameras(connection)
        missing = registers.unregistered(connection)
        sites = directory.rows(connection, SITE, "site_id")
    table = Table(
        (("摄像头", "Camera"), ("位置", "Where"), ("用途", "For"), ("人脸比对", "Matches faces"),
         ("提示牌", "Sign"), ("登记", "Registered")),
        [_row(row, may) for row in rows],
        empty=("还没有登记摄像头。", "No camera is registered yet."),
    )  # fmt: skip
    lacking = Table(
        (("摄像头", "Camera"), ("场所", "Place")),
        [Row([Cell(lens, link=f"{BACK}?lens={lens}&site={site}" if may else ""), Cell(site)])
         for lens, site in missing],
        ("设备上报而未登记的摄像头", "Reported by devices, not registered"),
    )  # fmt: skip
    count = len(missing)
    words = (f"{count} 个摄像头没有登记。", f"{count} cameras are not registered.")
    notes = [Note(words, "warning")] if missing else []
    return shown(Sheet(
        ("摄像头与提示牌", "Cameras and signs"), "cameras", desk_places(), notes=notes,
        tables=[table, *([lacking] if missing else [])], forms=[_form(sites)] if may else [],
        hint=("卫生间、更衣室、浴室、宿舍等私密场所一律拒绝登记；没有提示牌照片不予登记。",
              "Toilets, changing rooms, dormitories and the like are refused; no sign, no camera."),
    ))  # fmt: skip


@pages.post("/registry/cameras")
@sees("cameras")
@says_why(BACK)
def add_camera() -> Answer:
    """Register a camera, or refuse it with the reason."""
    who, now_ms, told = here.actor(), here.now_ms(), request.form
    forms = here.settings().forms
    if not may_keep_cameras(who) or forms is None:
        raise Forbidden
    picture = photo("sign")
    site_id = told.get("site_id", "")
    with here.store().reading() as connection:
        kind = directory.kind_of_site(connection, site_id)
    if kind is None:
        raise NotFound
    wanted = CameraWanted(
        told.get("lens", "").strip()[:130], site_id, kind, told.get("spot", ""),
        told.get("spot_text", "").strip()[:100], told.get("purpose", "").strip()[:200],
        bool(told.get("matches_faces")), told.get("sign_text", "").strip()[:200], bool(picture),
    )  # fmt: skip
    try:
        rules.check(wanted)
    except rules.CameraError as error:
        _note_refused(wanted, error)
        raise
    key, sha256 = str(uuid7()), _kept(forms, made_anew(picture))
    with here.store().transaction() as connection:
        registers.put_camera(connection, {
            "camera_key": key, "lens": wanted.lens, "site_id": site_id, "spot": wanted.spot,
            "spot_text": wanted.spot_text, "purpose": wanted.purpose,
            "matches_faces": wanted.matches_faces, "sign_text": wanted.sign_text,
            "sign_sha256": sha256, "registered_at": now_ms, "registered_by": who.actor_id,
        })  # fmt: skip
        audit.append(connection, now_ms, who.actor_id, "camera.put", f"camera:{key}",
                     {"lens": wanted.lens, "site": site_id, "spot": wanted.spot})  # fmt: skip
    saying.say_done(_("已登记摄像头：%(name)s", name=wanted.lens))
    return redirect(BACK)


@pages.post("/registry/cameras/<camera_key>/remove")
@sees("cameras")
def remove_camera(camera_key: str) -> Answer:
    """Take a camera out of the register."""
    who, now_ms = here.actor(), here.now_ms()
    if not may_keep_cameras(who):
        raise Forbidden
    with here.store().transaction() as connection:
        if registers.remove_camera(connection, camera_key, who.actor_id, now_ms, "taken down"):
            subject = f"camera:{camera_key}"
            audit.append(connection, now_ms, who.actor_id, "camera.remove", subject)
    saying.say_done(_("已从登记中移除。"))
    return redirect(BACK)


@pages.get("/registry/cameras/<camera_key>/sign")
@sees("cameras")
def sign(camera_key: str) -> Answer:
    """Show the photograph of a camera's sign."""
    with here.store().reading() as connection:
        row = registers.camera(connection, camera_key)
    forms = here.settings().forms
    content = forms.read(row["sign_sha256"]) if row and forms else None
    if content is None:
        raise NotFound
    return Response(content, mimetype="image/jpeg")


@pages.get("/registry/filing")
@sees("filing")
def filing() -> Answer:
    """Show of how many persons face data are kept, and where the district stands."""
    where, rows = _standing()
    figures = [
        Figure(f"{where.persons:,}", ("存有人脸信息的人数", "persons whose face data are kept"),
               {Level.DUE: "critical", Level.URGENT: "warning", Level.SOON: "warning"}.get(
                   where.level, ""), f"{THRESHOLD:,}"),
        Figure(str(where.due_on or "—"), ("备案期限", "to be filed by")),
    ]  # fmt: skip
    notes = [Note(*LEVELS[where.level])] if where.level in LEVELS else []
    table = Table(
        (("备案日期", "Filed on"), ("备案机关", "With"), ("备案号", "Number"),
         ("人数", "Persons"), ("备注", "Note")),
        [Row([Cell(row["filed_on"]), Cell(row["authority"]), Cell(row["number"]),
              Cell(f"{row['persons']:,}", is_number=True), Cell(row["note"] or "—")])
         for row in rows],
        ("备案记录", "Filings"), ("还没有备案。", "Nothing has been filed."),
    )  # fmt: skip
    form = Form(("登记备案", "Record a filing"), "/registry/filing", [
        Field("filed_on", ("备案日期", "filed on"), "date", is_needed=True),
        Field("authority", ("备案机关", "with"), value="浙江省互联网信息办公室", is_needed=True,
              more={"maxlength": 100}),
        Field("number", ("备案号", "number"), is_needed=True, more={"maxlength": 100}),
        Field("persons", ("人数", "persons"), "number", str(where.persons), is_needed=True,
              more={"min": 0}),
        Field("note", ("备注", "note"), "textarea", more={"maxlength": 500}),
    ], ("登记", "Record"))  # fmt: skip
    may = here.actor().role in _FILES
    return shown(Sheet(
        ("人脸信息备案", "Face data filing"), "filing", desk_places(), figures=figures,
        notes=notes, tables=[table], forms=[form] if may else [],
        hint=("每小时统计一次：同一名学生的多个登记算一人。模板只在设备使用，平台加密保存，不存照片。",
              "Counted each hour; several entries of a pupil are one person. No photo is kept."),
    ))  # fmt: skip


@pages.post("/registry/filing")
@sees("filing")
@says_why("/registry/filing")
def add_filing() -> Answer:
    """Keep a filing."""
    who, now_ms, told = here.actor(), here.now_ms(), request.form
    if who.role not in _FILES:
        raise Forbidden
    try:
        filed_on = date.fromisoformat(told.get("filed_on", ""))
        persons = int(told.get("persons", ""))
    except ValueError:
        zh, en = "请填写备案日期和人数", "give the day and how many persons"
        raise RosterError(zh, en) from None
    row = {
        "filing_id": str(uuid7()), "filed_on": filed_on.isoformat(),
        "authority": told.get("authority", "").strip()[:100],
        "number": told.get("number", "").strip()[:100], "persons": persons,
        "note": told.get("note", "").strip()[:500], "recorded_at": now_ms,
        "recorded_by": who.actor_id,
    }  # fmt: skip
    with here.store().transaction() as connection:
        registers.put_filing(connection, row)
        audit.append(connection, now_ms, who.actor_id, "filing.put", f"filing:{row['filing_id']}",
                     {"number": row["number"], "persons": persons})  # fmt: skip
    saying.say_done(_("已登记备案。"))
    return redirect("/registry/filing")


def _standing() -> tuple[Standing, list[Any]]:
    now_ms = here.now_ms()
    with here.store().reading() as connection:
        persons = registers.persons_held(connection, now_ms)
        days = registers.holdings(connection)
        rows = registers.filings(connection)
    days = days | {today_of(now_ms): persons}
    return standing(persons, days, bool(rows), calendars.current().is_workday), list(rows)


def _note_refused(wanted: CameraWanted, error: rules.CameraError) -> None:
    """What was refused is kept, too."""
    with here.store().transaction() as connection:
        detail = {"lens": wanted.lens, "spot": wanted.spot_text, "why": error.message_en}
        audit.append(connection, here.now_ms(), here.actor().actor_id, "camera.refused",
                     f"site:{wanted.site_id}", detail)  # fmt: skip


def _kept(forms: Any, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    forms.put(sha256, content)
    return sha256


def _row(row: Any, may: bool) -> Row:
    is_off = row["removed_at"] is not None
    faces: Words = ("是", "yes") if row["matches_faces"] else ("否", "no")
    where = SPOTS.get(row["spot"], (row["spot"], row["spot"]))
    acts = [] if is_off or not may else [
        Act(("移除", "Remove"), f"{BACK}/{row['camera_key']}/remove", question=(
            "摄像头已拆除或停用；记录保留。", "It was taken down; the record stays.")),
    ]  # fmt: skip
    return Row([
        Cell(row["lens"], small=row["site_zh"]),
        Cell(words=where, small=row["spot_text"]),
        Cell(row["purpose"]),
        Cell(words=faces),
        Cell(row["sign_text"], link=f"{BACK}/{row['camera_key']}/sign"),
        Cell(day(row["registered_at"])[:10], small=day(row["removed_at"])[:10] if is_off else ""),
    ], acts, is_off, row["camera_key"])  # fmt: skip


def _form(sites: list[Any]) -> Form:
    names = {one["site_id"]: (one["name_zh"], one["name_en"] or one["name_zh"]) for one in sites}
    return Form(("登记摄像头", "Register a camera"), BACK, [
        Field("lens", ("摄像头（设备/摄像头）", "camera (device/camera)"),
              value=request.args.get("lens", ""), is_needed=True, more={"maxlength": 130}),
        Field("site_id", ("场所", "place"), "select", request.args.get("site", ""), options=names,
              is_needed=True),
        Field("spot", ("位置类别", "kind of spot"), "select", options=SPOTS, is_needed=True),
        Field("spot_text", ("具体位置", "where exactly"), is_needed=True, more={"maxlength": 100}),
        Field("purpose", ("用途", "what for"), is_needed=True, more={"maxlength": 200}),
        Field("matches_faces", ("使用人脸比对", "it matches faces"), "check"),
        Field("sign_text", ("提示牌文字", "what the sign says"), is_needed=True,
              more={"maxlength": 200}),
        Field("sign", ("提示牌照片", "photo of the sign"), "file", is_needed=True,
              more={"accept": "image/jpeg,image/png,image/webp"}),
    ], ("登记", "Register"), has_file=True)  # fmt: skip
