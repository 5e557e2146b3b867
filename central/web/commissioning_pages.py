"""The commissioning report on paper, for the school to sign; and the signed page come back."""

import hashlib
from base64 import b64encode
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import Connection
from werkzeug.exceptions import Forbidden, NotFound, ServiceUnavailable
from werkzeug.wrappers import Response

from central.adapters import qr
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.photographs import MEDIA_TYPE, PhotoError, made_anew
from central.adapters.printing import PrintingError, pdf
from central.adapters.report_pictures import drawn
from central.adapters.store import audit, commissioning, directory
from central.core.access import FILES_REPORTS, SEES_DEVICES
from central.web import here, languages, uploads
from central.web.languages import text as _
from contract.commissioning import CommissioningReport

pages = Blueprint("commissioned", __name__)


@pages.get("/devices/<device_id>/commissioning/<sha256>.pdf")
def report(device_id: str, sha256: str) -> Response | tuple[str, int]:
    """Print a report with room for signatures."""
    try:
        content = pdf(render_template("commissioning_paper.html", **_paper(device_id, sha256)))
    except PrintingError as error:
        said = languages.say((error.message_zh, error.message_en))
        return render_template("error.html", status=503, said=said), 503
    given = Response(content, mimetype="application/pdf")
    name = f"commissioning-{device_id}-{sha256[:8]}.pdf"
    given.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return given


@pages.post("/devices/<device_id>/commissioning/<sha256>/scan")
def post_scan(device_id: str, sha256: str) -> Response | tuple[str, int]:
    """Keep a photograph or scan of the signed page beside its report."""
    who, scans, now_ms = here.actor(), _scans(), here.now_ms()
    if who.role not in FILES_REPORTS:
        raise Forbidden
    files = list(uploads.photos("scan"))
    try:
        made = made_anew(files[0] if files else b"")
    except PhotoError as error:
        said = languages.say((error.message_zh, error.message_en))
        return render_template("error.html", status=400, said=said), 400
    name = hashlib.sha256(made).hexdigest()
    with here.store().transaction() as connection:
        _found(connection, device_id, sha256)
        scans.put(name, made)
        commissioning.keep_scan(connection, sha256, name, who.actor_id, now_ms)
        about, detail = f"device:{device_id}", {"report": sha256, "scan": name}
        audit.append(connection, now_ms, who.actor_id, "device.report_signed", about, detail)
    return redirect(url_for("devices.reports", device_id=device_id))


@pages.get("/devices/<device_id>/commissioning/<sha256>/scan.jpg")
def scan(device_id: str, sha256: str) -> Response:
    """Show the signed page."""
    with here.store().reading() as connection:
        _found(connection, device_id, sha256)
        kept = commissioning.scan_of(connection, sha256)
    content = _scans().read(kept) if kept else None
    if content is None:
        raise NotFound
    return Response(content, mimetype=MEDIA_TYPE)


def _paper(device_id: str, sha256: str) -> dict[str, Any]:
    with here.store().reading() as connection:
        row = _found(connection, device_id, sha256)
        device = directory.device(connection, device_id)
        site = directory.site(connection, device["site_id"]) if device else None
    said = CommissioningReport.model_validate_json(row["body"])
    pictures = [(one, drawn(one)) for one in said.cameras]
    address = here.settings().public_url + url_for("devices.reports", device_id=device_id)
    return {
        "row": row, "said": said, "device": device, "site": site, "device_id": device_id,
        "printed_at": here.now_ms(), "by": here.actor().name, "code": _code(address),
        "pictures": [(one, _held(content) if content else "") for one, content in pictures],
        "results": {"passed": _("合格"), "failed": _("不合格"), "not_here": _("本站没有")},
    }  # fmt: skip


def _found(connection: Connection, device_id: str, sha256: str) -> dict[str, Any]:
    if here.actor().role not in SEES_DEVICES:
        raise Forbidden
    row = commissioning.found(connection, device_id, sha256)
    if row is None:
        raise NotFound
    return row


def _held(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"


def _code(address: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(qr.drawn(address)).decode()}"


def _scans() -> EvidenceFiles:
    scans = here.settings().scans
    if scans is None:
        raise ServiceUnavailable
    return scans
