"""Passkeys: the one thing on these pages that needs the browser's own script."""

from typing import Any

from flask import Blueprint, jsonify, redirect, request
from sqlalchemy import Row
from werkzeug.exceptions import Conflict, Forbidden, NotFound, TooManyRequests
from werkzeug.wrappers import Response

from central.adapters.passkeys import Enrolled, PasskeyError, RelyingParty
from central.adapters.store import audit, factors, sign_ins
from central.adapters.store.attempts import Attempt
from central.core.sign_in_policy import Factors
from central.web import entering, here
from central.web.languages import say
from central.web.languages import text as _
from central.web.second_pages import (
    OVERVIEW,
    PROVE,
    is_proved,
    last_one,
    must_have,
    note,
    overview,
    person,
)

MOST_KEYS = 10
MOST_NAME = 40

pages = Blueprint("passkeys", __name__)


@pages.post("/account/passkeys/options")
def enrol_options() -> Response:
    """Ask this person's browser to make a passkey."""
    me, party = person(), _party()
    if not is_proved(me):
        return _said(_("请先再次输入密码。"), 403, to=PROVE)
    with here.store().reading() as connection:
        known = [one.credential_id for one in factors.passkeys(connection, me.username)]
    if len(known) >= MOST_KEYS:
        return _said(_("通行密钥已达上限，请先移除不用的。"), 409)
    options, challenge = party.enrolling(_user_id(me.username), me.username, me.actor.name, known)
    return _asked(options, Attempt("enrol", me.username, {"challenge": challenge}))


@pages.post("/account/passkeys")
def enrol() -> Response:
    """Keep the passkey that was made."""
    me, party, begun = person(), _party(), entering.taken("enrol")
    if begun is None or begun.username != me.username or not is_proved(me):
        return _said(_("已过期，请重新开始。"), 409)
    body = _body()
    try:
        made = party.enrolled(body.get("answer", {}), begun.detail["challenge"])
    except PasskeyError as error:
        return _said(say(error.words), 400)
    name = str(body.get("name", "")).strip()[:MOST_NAME] or _("通行密钥")
    with here.store().transaction() as connection:
        if factors.passkey(connection, made.credential_id) is not None:
            return _said(_("这个通行密钥已经登记过。"), 409)
        factors.add_passkey(connection, {
            "credential_id": made.credential_id, "username": me.username, "name": name,
            "public_key": made.public_key, "sign_count": made.sign_count,
            "created_at": here.now_ms(),
        })  # fmt: skip
        sign_ins.prove(connection, me.sign_in_id, here.now_ms(), twice=True)
        note(connection, me, "second.passkey")
    return jsonify({"to": OVERVIEW})


@pages.post("/account/passkeys/<credential_id>/remove")
def remove(credential_id: str) -> Response | tuple[str, int]:
    """Forget one of one's own passkeys."""
    me = person()
    if not is_proved(me):
        return redirect(PROVE)
    with here.store().transaction() as connection:
        had = factors.of(connection, me.username)
        left = Factors(had.has_app, had.passkeys - 1)
        if must_have(me) and not left.has_any:
            return overview(last_one()), 409
        if not factors.remove_passkey(connection, me.username, credential_id):
            raise NotFound
        note(connection, me, "second.passkey.remove")
    return redirect(OVERVIEW)


@pages.post("/sign-in/passkey/options")
def ask() -> Response:
    """Ask a browser for a passkey: that of whoever waits at the second step, or any."""
    party, asked = _party(), entering.waiting("second")
    known: list[str] = []
    if asked and asked.username and _body().get("second"):
        with here.store().reading() as connection:
            known = [one.credential_id for one in factors.passkeys(connection, asked.username)]
    options, challenge = party.asking(known, alone=not known)
    detail: dict[str, Any] = {"challenge": challenge, "wanted": str(_body().get("next", "/"))}
    if not known or asked is None:
        return _asked(options, Attempt("passkey", None, detail))
    detail = asked.detail | {"challenge": challenge}
    return _asked(options, Attempt("second", asked.username, detail), ends="second")


@pages.post("/sign-in/passkey")
def answer() -> Response:
    """Let in whoever holds the passkey."""
    party, begun = _party(), entering.taken("passkey") or entering.taken("second")
    if begun is None or "challenge" not in begun.detail:
        return _said(_("已过期，请重新开始。"), 409, to="/sign-in")
    given = _body().get("answer", {})
    row = _named(given)
    is_theirs = row is not None and begun.username in {None, row.username}
    if row is None or not is_theirs or not _is_active(row.username):
        return _said(_("这个通行密钥不属于可用的账号。"), 401, to="/sign-in")
    key = Enrolled(row.credential_id, row.public_key, row.sign_count)
    alone = begun.username is None
    try:
        count = party.answered(given, begun.detail["challenge"], key, alone=alone)
    except PasskeyError as error:
        _note_refused(row, str(error))
        return _said(say(error.words), 401, to="/sign-in")
    with here.store().transaction() as connection:
        if not factors.use_passkey(connection, row, count, here.now_ms()):
            raise Conflict
    how = "passkey" if alone else f"{begun.detail['how']}+passkey"
    entered = entering.let_in(row.username, how, begun.detail["wanted"])
    told = jsonify({"to": entered.headers["Location"]})
    for cookie in entered.headers.getlist("Set-Cookie"):
        told.headers.add("Set-Cookie", cookie)
    return told


def _party() -> RelyingParty:
    party = here.settings().relying_party
    if party is None:
        raise NotFound
    return party


def _user_id(username: str) -> bytes:
    """Name an account to its passkeys without telling which it is."""
    return here.settings().vault.derive("passkey user", username)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _named(given: object) -> Row[Any] | None:
    credential_id = given.get("id") if isinstance(given, dict) else None
    if not isinstance(credential_id, str):
        return None
    with here.store().reading() as connection:
        return factors.passkey(connection, credential_id)


def _is_active(username: str) -> bool:
    with here.store().reading() as connection:
        return sign_ins.account(connection, username) is not None


def _note_refused(row: Row[Any], why: str) -> None:
    with here.store().transaction() as connection:
        actor = f"account:{row.username}"
        detail = {"address": entering.address(), "why": why}
        audit.append(connection, here.now_ms(), actor, "passkey.refused", row.username, detail)


def _asked(options: dict[str, Any], begun: Attempt, ends: str = "") -> Response:
    """Send the options with an attempt that waits for the answer."""
    if ends and entering.taken(ends) is None:
        raise Forbidden
    told = jsonify(options)
    if not entering.attempt(told, begun):
        raise TooManyRequests
    return told


def _said(words: str, status: int, to: str = "") -> Response:
    told = jsonify({"said": words} | ({"to": to} if to else {}))
    told.status_code = status
    return told
