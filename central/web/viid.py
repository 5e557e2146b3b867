"""A small GA/T 1400 receiver: register with HTTP digest, keepalive, time, disposition hits.

Every request but the time is signed by digest: `User-Identify` alone says nothing.
"""

import hmac
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from central.adapters.store import audit, viid
from central.core.refusals import CaseError
from central.core.viid import (
    MEDIA_TYPE,
    HitError,
    StatusCode,
    digest,
    hit_of,
    hits_of,
    is_fresh,
    local_time,
    nonce,
    status,
)
from central.incidents.notified import take_hit
from central.web import here
from central.web.settings import ViidSettings

pages = Blueprint("viid", __name__, url_prefix="/VIID")

View = Callable[[], Response]


def _signed(view: View) -> View:
    """Let in only who knows the platform's password."""

    @wraps(view)
    def checked() -> Response:
        settings, now_ms = _settings(), here.now_ms()
        said = request.authorization
        if said is None or said.type != "digest" or not _is_right(settings, dict(said.parameters)):
            asked = nonce(here.settings().secret_key, now_ms)
            answer = _said(StatusCode.INVALID_OPERATION, "需要认证 digest wanted")
            answer.status_code = 401
            answer.headers["WWW-Authenticate"] = (
                f'Digest realm="{settings.realm}", qop="auth", algorithm=MD5, nonce="{asked}"'
            )
            return answer
        return view()

    return checked


@pages.post("/System/Register")
@_signed
def register() -> Response:
    """Register the police's platform; it is one that the district has configured."""
    return _peer("RegisterObject", "register")


@pages.post("/System/UnRegister")
@_signed
def unregister() -> Response:
    """Sign off."""
    return _peer("UnRegisterObject", "leave")


@pages.post("/System/Keepalive")
@_signed
def keepalive() -> Response:
    """Say that it is still there."""
    return _peer("KeepaliveObject", "seen")


@pages.get("/System/Time")
def time() -> Response:
    """Give the time, so that a platform can set its clock."""
    settings = _settings()
    told = {"VIIDServerID": settings.server_id, "TimeMode": "1",
            "LocalTime": local_time(here.now_ms()), "TimeZone": "UTC+08:00"}  # fmt: skip
    return _answer({"SystemTimeObject": told})


@pages.post("/DispositionNotifications")
@_signed
def disposition_notifications() -> Response:
    """Take hits, each for itself: one that is refused says why, the others stand."""
    settings = _settings()
    if not _is_known(settings):
        return _said(StatusCode.INVALID_OPERATION, "请先注册 register first")
    try:
        hits = hits_of(_body())
    except HitError as error:
        return _said(StatusCode.INVALID_JSON_CONTENT, str(error))
    told = [_taken(settings, said) for said in hits]
    return _answer({"ResponseStatusListObject": {"ResponseStatusObject": told}})


def _taken(settings: ViidSettings, said: Any) -> dict[str, Any]:
    now_ms = here.now_ms()
    try:
        hit = hit_of(said)
        with here.store().transaction() as connection:
            take_hit(connection, hit, settings.cameras, here.settings().playbooks, now_ms)
    except HitError as error:
        return status(request.path, StatusCode.INVALID_JSON_CONTENT, str(error), "", now_ms)
    except CaseError as error:
        words = f"{error.message_zh} / {error.message_en}"
        name = hit.notification_id
        return status(request.path, StatusCode.INVALID_OPERATION, words, name, now_ms)
    return status(request.path, StatusCode.OK, "OK", hit.notification_id, now_ms)


def _peer(name: str, event: str) -> Response:
    device_id, now_ms = _device_of(name), here.now_ms()
    if device_id is None:
        words = f"{name}.DeviceID: 缺少或未登记 missing, or not in [viid] platforms"
        return _said(StatusCode.INVALID_JSON_CONTENT, words)
    with here.store().transaction() as connection:
        known = True
        if event == "seen":
            known = viid.seen(connection, device_id, now_ms)
        elif event == "leave":
            viid.leave(connection, device_id)
        else:
            viid.register(connection, device_id, now_ms)
        if event != "seen":
            audit.append(connection, now_ms, f"viid:{device_id}", f"viid.{event}", device_id)
    if not known:
        return _said(StatusCode.INVALID_OPERATION, "请先注册 register first", device_id)
    return _said(StatusCode.OK, "OK", device_id)


def _device_of(name: str) -> str | None:
    body = _body()
    said = body.get(name) if isinstance(body, dict) else None
    device_id = said.get("DeviceID") if isinstance(said, dict) else None
    return device_id if device_id in _settings().platforms else None


def _is_known(settings: ViidSettings) -> bool:
    device_id = request.headers.get("User-Identify", "")
    if device_id not in settings.platforms:
        return False
    with here.store().transaction() as connection:
        return viid.seen(connection, device_id, here.now_ms())


def _is_right(settings: ViidSettings, said: dict[str, Any]) -> bool:
    words = {name: str(value) for name, value in said.items()}
    path = request.full_path.rstrip("?")
    right = digest(words, request.method, settings.password)
    return (
        hmac.compare_digest(right.encode(), words.get("response", "").encode())
        and words.get("username") == settings.username
        and words.get("realm") == settings.realm
        and words.get("uri") == path
        and words.get("qop") == "auth"
        and is_fresh(here.settings().secret_key, words.get("nonce", ""), here.now_ms())
    )


def _settings() -> ViidSettings:
    settings = here.settings().viid
    if settings is None:
        raise NotFound
    return settings


def _body() -> Any:
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None


def _said(code: StatusCode, words: str, subject: str = "") -> Response:
    told = status(request.path, code, words, subject, here.now_ms())
    return _answer({"ResponseStatusObject": told})


def _answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype=MEDIA_TYPE)
