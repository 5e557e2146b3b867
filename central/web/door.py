"""The door: every request needs somebody known, unless its endpoint is on the list."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import Flask, g, redirect, request
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response

from central.adapters.store import sign_ins, tokens, unusual
from central.adapters.store.sign_ins import Visitor
from central.core.scopes import ALL, covers, needed
from central.core.unusual import MAY_ASK
from central.web import here

COOKIE = "huxiao_sign_in"
API = "/api/"
SAY_WHO = "需要令牌 / a token is needed: Authorization: Bearer <token>"
STREAM = "text/event-stream"
ASK = "retry: 30000\nevent: change\ndata: 0\n\n"
"""What a listener hears who is known no more: the page asks, and is sent to sign in."""

SET_UP_FIRST = (
    "请先在网页上设置第二重验证 / set up a second factor on the page first: /account/second"
)

SEEN_EVERY_MS = 5 * 60 * 1000

FILES = frozenset({"static", "drawings.static"})
"""The pages' own files; whoever asks for one need not be known."""

OPEN_TO_ALL = FILES | frozenset(
    {
        "signing_in.sign_in",
        "signing_in.second",
        "passkeys.ask",
        "passkeys.answer",
        "oidc.there",
        "oidc.back",
        "links.opened",
        "links.step",
        "account.language",
        "health.healthz",
        "health.readyz",
        "health.metrics",
        "hooks.receipts",
        "openapi.spec",
        "viid.register",  # GA/T 1400: each signed by HTTP digest
        "viid.unregister",
        "viid.keepalive",
        "viid.time",
        "viid.disposition_notifications",
        "asking.confirm",
        "public.report",
        "public.status",
        "pwa.manifest",
        "pwa.worker",
        "pwa.offline",
    }
)
"""Endpoints that need no sign-in; a test holds this list to the routes."""

SETTING_UP = frozenset(
    {
        "second.second",
        "second.app",
        "second.confirm_app",
        "second.prove",
        "passkeys.enrol_options",
        "passkeys.enrol",
        "signing_in.sign_out",
    }
)
"""All that somebody reaches who has yet to set up the second factor that their role must have."""


def guard(app: Flask) -> None:
    """Put the door before every route of an app."""
    app.before_request(_let_in)


def must_set_up(visitor: Visitor | None) -> bool:
    """Tell whether somebody has come in by a password alone whose role asks for more."""
    return (
        visitor is not None
        and bool(visitor.sign_in_id)
        and not visitor.has_second
        and visitor.actor.role in here.settings().must_have_second
    )


def _let_in() -> Response | None:
    g.visitor = _with_grants(_known())
    if request.endpoint is None or request.endpoint in OPEN_TO_ALL:
        return None
    if g.visitor is not None:
        return _let_on(g.visitor, request.endpoint)
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


def _let_on(visitor: Visitor, endpoint: str) -> Response | None:
    """Let somebody known on, as far as their scopes and their proof of who they are reach."""
    if not visitor.sign_in_id:
        _must_reach(visitor.scopes, endpoint)
        return None
    if not must_set_up(visitor) or endpoint in SETTING_UP:
        return None
    if request.path.startswith(API):
        raise Forbidden(SET_UP_FIRST)
    return _elsewhere("/account/second")


def _must_reach(scopes: frozenset[str], endpoint: str) -> None:
    if ALL in scopes:
        return
    wanted = needed(endpoint, request.method)
    if not covers(scopes, wanted):
        msg = f"令牌缺少范围 {wanted} / the token lacks the scope {wanted}"
        raise Forbidden(msg)


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    address = "/sign-in?" + urlencode({"next": wanted}) if wanted != "/" else "/sign-in"
    return _elsewhere(address, "/sign-in")


def _elsewhere(address: str, whole: str = "") -> Response:
    if request.headers.get("HX-Request"):  # a part of a page: the whole page has to move,
        return Response(status=204, headers={"HX-Redirect": whole or address})  # which is no error
    if request.accept_mimetypes.best == STREAM:
        return Response(ASK, mimetype=STREAM)
    return redirect(address)


def _known() -> Visitor | None:
    now_ms = here.now_ms()
    if request.path.startswith(API):
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and token:
            return _program(token.strip(), now_ms)
        if request.method != "GET":  # a cookie alone changes nothing through the API
            return None
    secret = request.cookies.get(COOKIE)
    if not secret or request.endpoint in FILES:
        return None
    with here.store().reading() as connection:
        found = sign_ins.find(connection, secret, now_ms)
    if found and now_ms - found.seen_at > SEEN_EVERY_MS:
        with here.store().transaction() as connection:
            sign_ins.seen(connection, found.sign_in_id, now_ms)
    return found


def _program(token: str, now_ms: int) -> Visitor | None:
    with here.store().reading() as connection:
        found = tokens.find(connection, token, now_ms)
    if found and now_ms - found.seen_at > SEEN_EVERY_MS:
        with here.store().transaction() as connection:
            tokens.seen(connection, token, now_ms)
    return found
