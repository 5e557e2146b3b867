"""The check list before a device is handed over, and the report that it ends in."""

import json
from typing import Any, get_args

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from edge_agent.adapters.commissioning import ReportError, digest, is_signed_well
from edge_agent.core.commissioning import Checklist, Entry, Result, Step, steps_of
from edge_agent.page.desk import desk
from edge_agent.page.languages import text as _

MOST_WHO, MOST_NOTE = 40, 200

pages = Blueprint("commissioning", __name__)


@pages.get("/commissioning")
def commissioning() -> str:
    """Show how far it has come."""
    return _shown("")


@pages.post("/commissioning")
def confirm() -> Response | tuple[str, int]:
    """Take in what somebody has found."""
    steps = {step.key: step for step in _steps()}
    step = steps.get(request.form.get("step", ""))
    result = request.form.get("result", "")
    who, note = request.form.get("who", "").strip(), request.form.get("note", "").strip()
    if step is None or result not in get_args(Result):
        abort(400)
    if not who or len(who) > MOST_WHO or len(note) > MOST_NOTE:
        return _shown(_("请写上确认人的姓名。")), 422
    if not note and (result != "passed" or step.step_id == "light"):
        return _shown(_("请写明原因或读数。")), 422
    said = _automatic().get(step.step_id, ("", ""))[1][:MOST_NOTE]
    entry = Entry(desk().now(), who, result, note, said)  # type: ignore[arg-type]
    folder = desk().commissioning
    folder.keep(folder.checklist().observe(step, entry))
    return redirect(f"/commissioning#{step.key}")


@pages.post("/commissioning/report")
def finish() -> Response | tuple[str, int]:
    """Sign the report; everything must have been answered."""
    folder = desk().commissioning
    found, steps = folder.checklist(), _steps()
    if found.open_steps(steps):
        return _shown(_("还有项目没有确认。")), 422
    at = desk().now()
    fields = {
        "v": 1,
        **desk().device,
        "config_revision": desk().drawings.revision(),
        "at": at.isoformat(),
        "passed": found.is_passed(steps),
        "steps": [_row(step, found.entries[step.key]) for step in steps],
        "cameras": list(desk().seen()),
    }
    try:
        name = folder.finish(at, desk().sign(fields))
    except (ReportError, OSError) as error:
        return _shown(str(error)), 500
    return redirect(f"/commissioning/reports/{name}")


@pages.get("/commissioning/reports/<name>")
def report(name: str) -> str:
    """Show a report, to be printed."""
    content = _report(name)
    return render_template(
        "report.html",
        report=json.loads(content),
        name=name,
        is_signed_well=is_signed_well(content),
        answer=desk().commissioning.answer(name),
        sha256=digest(content),
        title_of=step_title,
    )


@pages.get("/commissioning/reports/<name>.json")
def report_file(name: str) -> Response:
    """Give a report as it was signed."""
    headers = {"Content-Disposition": f'attachment; filename="commissioning-{name}.json"'}
    return Response(_report(name), mimetype="application/json", headers=headers)


def step_title(step_id: str, camera_id: str = "") -> str:
    """Give what is to be confirmed, as a question to a person."""
    return _(_QUESTIONS[step_id], camera=camera_id)


def _shown(error: str) -> str:
    found, steps = desk().commissioning.checklist(), _steps()
    return render_template(
        "commissioning.html",
        steps=[(step, found.entries.get(step.key)) for step in steps],
        is_complete=not found.open_steps(steps),
        reports=[(name, desk().commissioning.answer(name)) for name in _names()],
        who=request.form.get("who") or _last_who(found),
        first_open=next((step.key for step in found.open_steps(steps)), ""),
        error=error,
        title_of=step_title,
        automatic=_automatic(),
    )


def _last_who(found: Checklist) -> str:
    entries = sorted(found.entries.values(), key=lambda entry: entry.at)
    return entries[-1].who if entries else ""


def _automatic() -> dict[str, tuple[str, str]]:
    """Give what the device itself says of a step, to help whoever confirms it."""
    checks = {"network": "link", "clock": "clock", "voice": "speaker", "button": "drill"}
    found = {finding.check: finding for finding in desk().health.findings()}
    return {
        step: (found[check].state, found[check].said)
        for step, check in checks.items()
        if check in found
    }


def _steps() -> list[Step]:
    return steps_of([camera.camera_id for camera in desk().drawings.config().cameras])


def _row(step: Step, entry: Entry) -> dict[str, Any]:
    return {
        "step": step.step_id,
        "camera_id": step.camera_id,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "result": entry.result,
        "note": entry.note,
        "device_says": entry.device_says,
    }


def _names() -> list[str]:
    return desk().commissioning.reports()


def _report(name: str) -> bytes:
    try:
        return desk().commissioning.report(name)
    except ReportError:
        abort(404)


_QUESTIONS = {
    "picture": "{camera}：画面清楚，看得到整个水边或通道？",
    "drawn": "{camera}：区域和警戒线画好，走进去时框和停留时间正确？",
    "voice": "站在最远的角落，喊话听得清？",
    "siren": "警笛响了，门卫和附近都听得到？",
    "lamp": "警灯亮了，值班的人看得到？",
    "button": "按下报警按钮（演练），平台已入库，有人签收？",
    "network": "设备与平台保持连接？",
    "clock": "设备时间正确？",
    "light": "傍晚最暗时的照度（勒克斯），夜间画面能看清人？",
}
