"""The local page as one Flask application."""

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from edge_agent.adapters.drawings import DrawingError
from edge_agent.config import ConfigError
from edge_agent.page import (
    commissioning_pages,
    door,
    drawing_pages,
    home_pages,
    languages,
    signing_in,
    suggestion_pages,
    trial_pages,
)
from edge_agent.page.desk import KEY, Desk
from edge_agent.page.languages import text as _
from edge_agent.ports import OutboxError

MOST_BYTES = 256 * 1024

PAGES = (
    signing_in.pages,
    languages.pages,
    home_pages.pages,
    drawing_pages.pages,
    trial_pages.pages,
    suggestion_pages.pages,
    commissioning_pages.pages,
)


def create_app(desk: Desk) -> Flask:
    """Make the application; nothing is opened or started yet."""
    app = Flask("edge_agent.page")
    app.config.update(
        SECRET_KEY=desk.secret,
        SESSION_COOKIE_NAME="huxiao_page",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=desk.is_secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=MOST_BYTES,
    )
    app.extensions[KEY] = desk
    door.guard(app)
    languages.speak(app)
    CSRFProtect(app)
    app.jinja_env.globals["device"] = desk.device
    app.register_error_handler(HTTPException, _explained)
    for kind in (ConfigError, DrawingError, OutboxError):
        app.register_error_handler(kind, _said)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app


def _explained(error: HTTPException) -> tuple[str | Response | dict[str, str], int]:
    code = error.code or 500
    words = _WORDS.get(code)
    return _answered(_(words) if words else str(error.description), code)


def _said(error: Exception) -> tuple[str | Response | dict[str, str], int]:
    """Say what is wrong with the device's own files; the error's text is for a person."""
    return _answered(str(error), 500)


def _answered(said: str, code: int) -> tuple[str | Response | dict[str, str], int]:
    if request.path.startswith("/api/"):
        return {"error": said}, code
    return render_template("error.html", said=said), code


_WORDS = {
    400: "请求无效或页面已过期，请刷新后重试。",
    401: "请先输入 PIN。",
    404: "没有这一页。",
    405: "没有这一页。",
    413: "内容太大。",
    500: "页面出错了，请重试；一直如此请看日志。",
}
