"""What goes wrong, said in words: a page for people, RFC 9457 for programs."""

from http import HTTPStatus
from typing import Any

from apiflask.exceptions import HTTPError
from flask import Flask, abort, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from central.core.enrolment import UnknownEntryError
from central.core.pupils import UnknownPupilError
from central.core.refusals import (
    CaseError,
    NotAllowedError,
    UnknownBookingError,
    UnknownReferralError,
    UnknownReportError,
    UnknownTaskError,
)
from central.core.subjects import UnknownSubjectError
from central.web.door import API
from central.web.languages import say
from central.web.languages import text as _

Answer = Response | tuple[Response | str, int]


_NOT_THERE = (
    UnknownBookingError
    | UnknownReferralError
    | UnknownReportError
    | UnknownTaskError
    | UnknownEntryError
    | UnknownPupilError
    | UnknownSubjectError
)


def explain(app: Flask) -> None:
    """Let an app answer errors in words."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(HTTPError, _api)
    app.register_error_handler(CaseError, _case)
    app.register_error_handler(RecursionError, _too_deep)
    app.before_request(_refuse_nul)


def status_of(error: CaseError) -> int:
    """Give the status for a refusal: who may not, what is not there, what does not fit now."""
    if isinstance(error, NotAllowedError):
        return 403
    return 404 if isinstance(error, _NOT_THERE) else 409


def problem(status: int, detail: str, **more: Any) -> tuple[Response, int]:
    """Give an `application/problem+json` answer."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status,
            "detail": detail, "instance": request.path} | more  # fmt: skip
    answer = jsonify(body)
    answer.mimetype = "application/problem+json"
    return answer, status


def _refuse_nul() -> None:
    """No text of ours has a NUL, and PostgreSQL keeps none: whoever sends one probes for faults."""
    values = [*request.args.values(), *request.form.values(), request.path]
    body = request.get_data() if request.is_json else b""
    if any("\x00" in value for value in values) or b"\\u0000" in body or b"\x00" in body:
        abort(HTTPStatus.BAD_REQUEST, "a NUL character in the request")


def _too_deep(_error: RecursionError) -> Answer:
    return _http(BadRequest("nested too deep"))


def _http(error: HTTPException) -> Answer:
    status = error.code or 500
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return Response(error.get_response().get_data(), status, error.get_response().headers)
    if request.path.startswith(API):
        answer = problem(status, error.description or "")
        if status == HTTPStatus.UNAUTHORIZED:
            answer[0].headers["WWW-Authenticate"] = 'Bearer realm="huxiao"'
        if isinstance(error, MethodNotAllowed):
            answer[0].headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return answer
    said = {
        HTTPStatus.NOT_FOUND: _("没有这个页面，或者它不在您的权限范围内。"),
        HTTPStatus.FORBIDDEN: _("您没有这项权限。"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("上传的内容太大，请减少照片后重试。"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("同时打开的页面太多，请稍后再试。"),
    }.get(HTTPStatus(status), _("出错了，请返回后重试。"))
    if isinstance(error, CSRFError):
        said = _("页面已过期，请刷新后重试。")
    return render_template("error.html", status=status, said=said), status


def _api(error: HTTPError) -> Answer:
    more = {"errors": error.detail} if error.detail else {}
    return problem(error.status_code, error.message or "", **more)


def _case(error: CaseError) -> Answer:
    status, said = status_of(error), (error.message_zh, error.message_en)
    if request.path.startswith(API):
        return problem(status, f"{said[0]} / {said[1]}")
    return render_template("error.html", status=status, said=say(said)), status
