"""Chinese first, English second: which of them this request is answered in."""

import re

from flask import Blueprint, Flask, redirect, request
from werkzeug.wrappers import Response

from edge_agent.page.english import ENGLISH

COOKIE = "huxiao_page_language"
YEAR_S = 365 * 86_400

pages = Blueprint("languages", __name__)


def speak(app: Flask) -> None:
    """Let an app's templates say `_('...')`."""
    app.jinja_env.globals.update(_=text, is_english=is_english)


def is_english() -> bool:
    """Tell whether this request is answered in English."""
    return request.cookies.get(COOKIE) == "en"


def text(chinese: str, **values: object) -> str:
    """Give a message in this request's language; `{name}` is filled in. Imported as `_`."""
    message = ENGLISH[chinese] if is_english() else chinese
    return message.format(**values) if values else message


@pages.post("/language")
def language() -> Response:
    """Change the language, and stay."""
    wanted = "en" if request.form.get("language") == "en" else "zh"
    back = request.form.get("back", "/")
    answer = redirect(back if re.fullmatch(r"/(?![/\\])[^\s\\]*", back) else "/")
    answer.set_cookie(
        COOKIE, wanted, max_age=YEAR_S, httponly=True, samesite="Strict", secure=request.is_secure
    )
    return answer
