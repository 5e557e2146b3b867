"""The door: every request needs somebody known, unless its endpoint is on the list."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import Flask, g, redirect, request
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from central.adapters.store import sign_ins, unusual
from central.adapters.store.sign_ins import Visitor
from central.core.unusual import MAY_ASK
from central.web import here

COOKIE = "huxiao_sign_in"
API = "/api/"
SAY_WHO = "需要令牌 / a token is needed: Authorization: Bearer <token>"
STREAM = "text/event-stream"
ASK = "retry: 30000\nevent: change\ndata: 0\n\n"
"""What a listener hears who is known no more: the page asks, and is sent to sign in."""

SEEN_EVERY_MS = 5 * 60 * 1000

OPEN_TO_ALL = frozenset(
    {
        "static",
        "signing_in.sign_in",
        "account.language",
        "health.healthz",
        "health.readyz",
        "health.metrics",
        "openapi.spec",
        "viid.register",  # GA/T 1400: each signed by HTTP digest
        "viid.unregister",
        "viid.keepalive",
        "viid.time",
        "viid.disposition_notifications",
    }
)
"""Endpoints that need no sign-in; a test holds this list to the routes."""


def guard(app: Flask) -> None:
    """Put the door before every route of an app."""
    app.before_request(_let_in)


def _let_in() -> Response | None:
    g.visitor = _with_grants(_known())
    if g.visitor is not None or request.endpoint is None or request.endpoint in OPEN_TO_ALL:
        return None
    if request.path.startswith(API):
        raise Unauthorized(SAY_WHO)
    return _to_sign_in()


def _with_grants(visitor: Visitor | None) -> Visitor | None:
    """Let whoever asks see what unusual access has opened to them, as long as it runs."""
    if visitor is None or visitor.actor.role not in MAY_ASK:
        return visitor
    with here.store().reading() as connection:
        grants = unusual.grants(connection, visitor.actor.actor_id, here.now_ms())
    return replace(visitor, actor=replace(visitor.actor, grants=grants)) if grants else visitor


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    address = "/sign-in?" + urlencode({"next": wanted}) if wanted != "/" else "/sign-in"
    if request.headers.get("HX-Request"):  # a part of a page: the whole page has to move,
        return Response(status=204, headers={"HX-Redirect": "/sign-in"})  # which is no error
    if request.accept_mimetypes.best == STREAM:
        return Response(ASK, mimetype=STREAM)
    return redirect(address)


def _known() -> Visitor | None:
    now_ms = here.now_ms()
    if request.path.startswith(API):
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and token:
            with here.store().reading() as connection:
                return sign_ins.find_token(connection, token.strip(), now_ms)
        if request.method != "GET":  # a cookie alone changes nothing through the API
            return None
    secret = request.cookies.get(COOKIE)
    if not secret or request.endpoint == "static":
        return None
    with here.store().reading() as connection:
        found = sign_ins.find(connection, secret, now_ms)
    if found and now_ms - found.seen_at > SEEN_EVERY_MS:
        with here.store().transaction() as connection:
            sign_ins.seen(connection, found.sign_in_id, now_ms)
    return found
