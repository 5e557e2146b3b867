"""What anybody may report at a place, by its QR code and without a sign-in; and where it stands.

Both pages work without scripts and cookies, and say everything in Chinese and English.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer
from uuid_utils import uuid7
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from central.adapters.store import reports
from central.adapters.store.incidents import Place
from central.core.kinds import kind_of
from central.core.local_time import day_of
from central.core.naming import KINDS, Words
from central.core.refusals import UnusablePhotoError
from central.core.reporting import (
    LEAST_WORDS,
    MOST_PHOTOS,
    RECEIPT_LENGTH,
    RECEIPT_LETTERS,
    TOPICS,
    Topic,
    Verdict,
    receipt_of,
    said_of,
    tidy,
)
from central.incidents.hearing import Desk, Heard, admit, hear
from central.incidents.picturing import keep_photo
from central.incidents.replying import locked
from central.web import here, uploads

OLDEST_FORM_MS = 24 * 3600 * 1000
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}[0-9]")

pages = Blueprint("public", __name__)

TOO_MANY: Words = (
    "上报太频繁，请一小时后再试；情况紧急请直接拨打 110 或联系学校。",
    "Too many reports from this network: please try again in an hour. In danger, call 110.",
)
EXPIRED: Words = (
    "页面已过期，文字仍在，照片请重新选择，再提交一次。",
    "The page was too old. Your words are still here: choose the photos again and send.",
)


_FIELDS = ("topic", "words", "phone", "lat", "lon")


@dataclass
class Form:
    """What stands in the form: also when it comes back with something to mend."""

    topic: str = ""
    words: str = ""
    phone: str = ""
    lat: str = ""
    lon: str = ""


@dataclass(frozen=True, slots=True)
class _Ticket:
    """What a form was given when it was opened: its id and when, signed."""

    form_id: str
    opened_at: int


@pages.route("/r/<site_id>", methods=["GET", "POST"])
def report(site_id: str) -> tuple[str, int]:
    """Show the form of a place, or take what was written."""
    with here.store().reading() as connection:
        place = reports.site(connection, site_id)
    if place is None:
        raise NotFound
    if request.method == "GET":
        topic = request.args.get("topic", "")
        return _form(place, Form(topic=topic if topic in set(Topic) else ""), 200)
    return _sent(place, request.form)


@pages.route("/r/status", methods=["GET", "POST"])
def status() -> tuple[str, int]:
    """Say in words where a report stands, for whoever has its receipt."""
    if request.method == "GET":
        return render_template("public_status.html", asked="", found=None, error=None), 200
    asked = receipt_of(request.form.get("receipt", ""))
    with here.store().transaction() as connection:
        before = reports.count(connection, "asked", _mark(), reports.HOUR_MS, here.now_ms())
        row = reports.of_receipt(connection, asked) if len(asked) == RECEIPT_LENGTH else None
    if before >= here.settings().limits.asked_by_address_in_hour:
        error: Words = ("查询太频繁，请一小时后再试。", "Too many questions: try again in an hour.")
        return render_template("public_status.html", asked=asked, found=None, error=error), 429
    if row is None:
        error = ("没有这个查询码，请核对。", "There is no such receipt code: please check it.")
        return render_template("public_status.html", asked=asked, found=None, error=error), 404
    found = {
        "said": said_of(row["state"], row["status"], is_false_alarm=bool(row["is_false_alarm"])),
        "what": KINDS[kind_of(row["kind"])],
        "where": (row["site_zh"], row["site_en"] or row["site_zh"]),
        "received_at": row["received_at"],
    }
    return render_template("public_status.html", asked=asked, found=found, error=None), 200


def _sent(place: Place, sent: MultiDict[str, str]) -> tuple[str, int]:
    form = Form(**{name: sent.get(name, "") for name in _FIELDS})
    ticket = _read_ticket(sent.get("ticket", ""), place.site_id)
    mistakes = _mistakes(form)
    if ticket is None:
        mistakes["form"] = EXPIRED
    if mistakes or ticket is None:
        return _form(place, form, 400, mistakes)
    with here.store().transaction() as connection:
        judged = admit(connection, _mark(), here.settings().limits, here.now_ms())
    if judged.verdict is Verdict.REFUSE:
        return _form(place, form, 429, {"form": TOO_MANY})
    return _taken(place, form, ticket)


def _taken(place: Place, form: Form, ticket: _Ticket) -> tuple[str, int]:
    photos, lost = _photos()
    report_id, settings = str(uuid7()), here.settings()
    keys, phone = settings.replies, form.phone.strip()
    heard = Heard(
        report_id=report_id,
        form_id=ticket.form_id,
        receipt="".join(secrets.choice(RECEIPT_LETTERS) for _ in range(RECEIPT_LENGTH)),
        site_id=place.site_id,
        topic=Topic(form.topic),
        words=tidy(form.words),
        address_mark=_mark(),
        filled_in_s=(here.now_ms() - ticket.opened_at) / 1000,
        is_trapped=bool(request.form.get("website")),
        photos=tuple(photos),
        photos_lost=len(lost),
        lat=_degrees(form.lat, 90),
        lon=_degrees(form.lon, 180),
        reply=locked(keys, report_id, phone) if keys and phone else None,
    )
    with here.store().transaction() as connection:
        kept = hear(Desk(connection, here.now_ms(), settings.playbooks), heard, settings.limits)
    page = render_template(
        "public_done.html", place=place, kept=kept, lost=lost, is_held=kept.state == "held",
        about=TOPICS[Topic(form.topic)], answers=bool(phone),
    )  # fmt: skip
    return page, 200


def _photos() -> tuple[list[tuple[str, int]], list[Words]]:
    """Keep the photographs; one that cannot be read loses nothing else."""
    kept: list[tuple[str, int]] = []
    lost: list[Words] = []
    for content in list(uploads.photos("photos")):
        if len(kept) == MOST_PHOTOS:
            lost.append((f"最多 {MOST_PHOTOS} 张，其余未保存", f"{MOST_PHOTOS} at most, not kept"))
            break
        try:
            kept.append(keep_photo(here.settings().evidence, content))
        except UnusablePhotoError as error:
            lost.append((error.message_zh, error.message_en))
    return kept, lost


def _mistakes(form: Form) -> dict[str, Words]:
    found: dict[str, Words] = {}
    if form.topic not in set(Topic):
        found["topic"] = ("请选择是什么问题", "Please choose what it is about")
    if len(tidy(form.words)) < LEAST_WORDS:
        found["words"] = (
            f"请写明情况，至少 {LEAST_WORDS} 个字",
            f"Please say what has happened, {LEAST_WORDS} characters or more",
        )
    phone = form.phone.strip()
    if phone and not _PHONE.fullmatch(phone):
        found["phone"] = ("电话号码不对，不需要答复可以不填",
                          "Not a phone number; leave it empty if you want no answer")  # fmt: skip
    return found


def _form(
    place: Place, form: Form, code: int, mistakes: dict[str, Words] | None = None
) -> tuple[str, int]:
    ticket = _signer().dumps({"site": place.site_id, "form": str(uuid7()), "at": here.now_ms()})
    page = render_template(
        "public_report.html", place=place, form=form, mistakes=mistakes or {},
        topics=TOPICS, ticket=ticket,
        most_photos=MOST_PHOTOS, asks_phone=here.settings().replies is not None,
    )  # fmt: skip
    return page, code


def _read_ticket(text: str, site_id: str) -> _Ticket | None:
    """Read a form's ticket; None where it is none of ours, of another place, or too old."""
    try:
        said: dict[str, Any] = _signer().loads(text)
    except BadSignature:
        return None
    ticket = _Ticket(said["form"], said["at"])
    is_fresh = 0 <= here.now_ms() - ticket.opened_at <= OLDEST_FORM_MS
    return ticket if said["site"] == site_id and is_fresh else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(here.settings().secret_key, salt="huxiao public report")


def _mark() -> str:
    """Give what stands for the address today: it counts, it does not tell."""
    day = day_of(here.now_ms())
    said = f"{day}|{request.remote_addr or ''}".encode()
    return hmac.digest(here.settings().secret_key, said, "sha256").hex()[:32]


def _degrees(text: str, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return round(value, 6) if -most <= value <= most else None
