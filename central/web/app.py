"""The district's pages and API as one Flask application."""

from apiflask import APIFlask
from flask_wtf.csrf import CSRFProtect

from central.adapters.store.engine import Store
from central.web import (
    account_pages,
    door,
    headers,
    health,
    here,
    languages,
    problems,
    showing,
    signing_in,
)
from central.web.settings import WebSettings

MOST_BYTES = 256 * 1024  # of a request: forms and steps are small


def create_app(store: Store, settings: WebSettings) -> APIFlask:
    """Make the application on an open database; nothing is connected or started yet."""
    app = APIFlask(
        "central.web",
        title="护校 huxiao",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="huxiao_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=MOST_BYTES,
    )
    app.extensions[here.KEY] = (store, settings)
    headers.protect(app)
    door.guard(app)
    languages.speak(app)
    CSRFProtect(app)
    problems.explain(app)
    showing.teach(app)
    for pages in (signing_in.pages, account_pages.pages, health.pages):
        app.register_blueprint(pages)
    return app
