"""Claims: how boxes come to their certificates. Make them, print the labels, see who has tried."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.exceptions import Forbidden, ServiceUnavailable

from central.adapters import qr
from central.adapters.registering import PROFILES, register, revoke
from central.adapters.registrar import Registrar
from central.adapters.store import claims, directory, figures
from central.adapters.store.directory import ExistsError, MissingError
from central.core.access import MAKES_CLAIMS, REVOKES_DEVICES, SEES_DEVICES
from central.core.claims import CLAIM_DAYS, DAY_MS, Claim, Refusal, state_of
from central.core.refusals import CaseError
from central.web import here
from central.web.languages import say
from central.web.languages import text as _

MOST_AT_ONCE = 100
ALARM_MS = 7 * DAY_MS

pages = Blueprint("claims", __name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One box of a form: a new one with its place and use, or one that is registered."""

    device_id: str
    site_id: str = ""
    profile: str = ""


@pages.get("/devices/claims")
def claims_page() -> str:
    """Show the claims, and who has tried."""
    return _shown()


@pages.post("/devices/claims")
def make() -> str | tuple[str, int]:
    """Make claims and show them, this once, as labels to print."""
    who = here.actor()
    if who.role not in MAKES_CLAIMS:
        raise Forbidden
    wanted = _asked()
    if not wanted:
        return _shown(_("请填写设备编号。")), 400
    if len(wanted) > MOST_AT_ONCE:
        return _shown(_("一次最多 %(most)s 台。", most=MOST_AT_ONCE)), 400
    try:
        with here.store().transaction() as connection:
            made = [_made(connection, one) for one in wanted]
    except CaseError as error:
        return _shown(say((error.message_zh, error.message_en))), 409
    except (ExistsError, MissingError) as error:
        return _shown(str(error)), 409
    until = here.now_ms() + CLAIM_DAYS * DAY_MS
    return render_template("claim_labels.html", labels=made, until=until, table=_table(made))


@pages.post("/devices/<device_id>/revoke")
def revoke_device(device_id: str) -> str | tuple[str, int]:
    """Revoke a box that is lost or scrapped; a worker cuts it off within seconds."""
    who, now_ms = here.actor(), here.now_ms()
    if who.role not in REVOKES_DEVICES:
        raise Forbidden
    with here.store().transaction() as connection:
        if directory.device(connection, device_id) is None:
            return _shown(_("没有这台设备：%(id)s", id=device_id)), 404
        revoke(connection, device_id, "lost", who.actor_id, now_ms)
    return _shown(done=_("%(id)s 已吊销，几秒内断开。要换新设备，请为它生成入网码。", id=device_id))


def _asked() -> list[Wanted]:
    """Read the form: one box by its fields, and many by lines `number,place,use`."""
    form = request.form
    one = Wanted(*(form.get(name, "").strip() for name in ("device_id", "site_id", "profile")))
    rows = csv.reader(io.StringIO(form.get("many", "").replace("\uff0c", ",").replace("\t", ",")))
    many = [Wanted(*([part.strip() for part in row][:3])) for row in rows if any(row)]
    return [each for each in (one, *many) if each.device_id]


def _made(connection: Connection, wanted: Wanted) -> dict[str, Any]:
    who, now_ms = here.actor(), here.now_ms()
    known = directory.device(connection, wanted.device_id)
    if known is None:
        row = {"device_id": wanted.device_id, "site_id": wanted.site_id,
               "profile": wanted.profile}  # fmt: skip
        register(connection, row, who.actor_id, now_ms)
        known = directory.device(connection, wanted.device_id)
    assert known is not None  # noqa: S101 - just registered
    ticket = _registrar().make_claim(connection, wanted.device_id, who.actor_id, now_ms)
    site = directory.site(connection, known["site_id"])
    line = ticket.line()
    return {"device_id": wanted.device_id, "profile": known["profile"], "site": site,
            "line": line, "qr": Markup(qr.drawn_for_label(line).decode())}  # fmt: skip  # noqa: S704 - segno's own drawing


def _table(made: Iterable[dict[str, Any]]) -> str:
    """Give what `huxiao-flash batch` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["device_id", "profile", "claim"])
    writer.writerows([one["device_id"], one["profile"], one["line"]] for one in made)
    return out.getvalue()


def _shown(error: str = "", done: str = "") -> str:
    who, now_ms = here.actor(), here.now_ms()
    if who.role not in SEES_DEVICES:
        raise Forbidden
    with here.store().reading() as connection:
        rows = [row | {"state": _state(row, now_ms)} for row in claims.listed(connection)]
        attempts = claims.attempts(connection)
        devices = figures.devices(connection)
        sites = figures.sites(connection, who)
    alarms = [one for one in attempts if one["code"] == Refusal.USED and
              one["at"] > now_ms - ALARM_MS]  # fmt: skip
    return render_template(
        "claims.html", rows=rows, attempts=attempts, alarms=alarms, devices=devices, sites=sites,
        profiles=PROFILES, days=CLAIM_DAYS, error=error, done=done,
        may_make=who.role in MAKES_CLAIMS and here.settings().registrar is not None,
        may_revoke=who.role in REVOKES_DEVICES,
    )  # fmt: skip


def _state(row: dict[str, Any], now_ms: int) -> str:
    claim = Claim(row["claim_id"], row["device_id"], row["expires_at"], row["withdrawn_at"],
                  row["spki"])  # fmt: skip
    has_come = row["is_online"] and (row["availability_at"] or 0) >= (row["used_at"] or 0)
    return state_of(claim, now_ms, is_online=bool(has_come))


def _registrar() -> Registrar:
    registrar = here.settings().registrar
    if registrar is None:
        raise ServiceUnavailable
    return registrar
