"""What every answer says to the browser: nothing from elsewhere, nothing framed, nothing kept."""

from flask import Flask, request
from werkzeug.wrappers import Response

from central.web import here
from central.web.door import FILES
from central.web.files import keep_marked

POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self'; "
    "media-src 'self'; "
    "connect-src 'self'; "
    "manifest-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'"
)

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def protect(app: Flask) -> None:
    """Put the headers on every answer of an app."""
    app.after_request(_dress)


def _dress(answer: Response) -> Response:
    for name, value in ALWAYS.items():
        answer.headers.setdefault(name, value)
    if here.settings().secure_cookies:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    keep_marked(answer)
    if request.endpoint not in FILES:
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
