"""Signing in at the district's identity provider: there, and back with its word."""

import hmac
import logging
import secrets

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from central.adapters.oidc import OidcError, Provider
from central.adapters.store import audit, sign_ins
from central.adapters.store.attempts import Attempt
from central.core.naming import Words
from central.web import entering, here, signing_in
from central.web.addresses import within
from central.web.languages import say

LOG = logging.getLogger("huxiao.web")

pages = Blueprint("oidc", __name__)


@pages.get("/sign-in/oidc")
def there() -> Response | tuple[str, int]:
    """Send a browser to the provider, with what its answer must fit."""
    provider = _provider()
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    try:
        answer = redirect(provider.address(state, nonce, verifier))
    except OidcError as error:
        return _refused(error.words, str(error), 503)
    wanted = within(request.args.get("next", "/"))
    detail = {"state": state, "nonce": nonce, "verifier": verifier, "wanted": wanted}
    begun = entering.attempt(answer, Attempt("oidc", None, detail))
    return answer if begun else _refused(_TOO_MANY, "too many attempts", 429)


@pages.get("/sign-in/oidc/back")
def back() -> Response | tuple[str, int]:
    """Take the provider's answer: only in the browser that asked, only once."""
    provider, begun = _provider(), entering.taken("oidc")
    if begun is None or not _fits(provider, begun):
        return _refused(_STRANGE, "an answer that nobody here has asked for", 400)
    code = request.args.get("code", "")
    if not code:
        return _refused(_ENDED, request.args.get("error", "no code")[:100], 401)
    try:
        username = provider.account(code, begun.detail["nonce"], begun.detail["verifier"])
    except OidcError as error:
        return _refused(error.words, str(error), 401)
    with here.store().reading() as connection:
        known = sign_ins.account(connection, username)
    if known is None:
        return _refused(_NOBODY, f"no active account {username[:64]!r}", 403)
    if provider.client.counts_as_second:
        return entering.let_in(known.username, "oidc", begun.detail["wanted"])
    return signing_in.on(known.username, "oidc", begun.detail["wanted"])


def _fits(provider: Provider, begun: Attempt) -> bool:
    """Tell whether an answer belongs to what this browser has begun, at this provider."""
    state, issuer = request.args.get("state", ""), provider.client.issuer
    is_ours = hmac.compare_digest(state.encode(), begun.detail["state"].encode())
    return is_ours and request.args.get("iss", issuer).rstrip("/") == issuer.rstrip("/")


def _provider() -> Provider:
    provider = here.settings().oidc
    if provider is None:
        raise NotFound
    return provider


def _refused(words: Words, why: str, status: int) -> tuple[str, int]:
    """Say it to the person, and why to the log and the audit."""
    LOG.warning("统一身份登录未成 (OIDC sign-in refused): %s", why)
    if status in {400, 401, 403}:
        with here.store().transaction() as connection:
            detail = {"address": entering.address(), "why": why[:200]}
            audit.append(connection, here.now_ms(), "oidc", "sign_in.refused", "oidc", detail)
    page = render_template(
        "sign_in.html", wanted="/", error=say(words), username="",
        has_passkeys=here.settings().relying_party is not None, oidc=_provider().label,
    )  # fmt: skip
    return page, status


_STRANGE = (
    "这次登录不是从这个浏览器发起的，或已过期。请重新开始",
    "this sign-in was not begun in this browser, or is over: please begin again",
)
_ENDED = (
    "统一身份平台没有让这次登录完成。请重新开始",
    "the identity provider did not let this sign-in end: please begin again",
)
_NOBODY = (
    "您已通过统一身份验证，但本平台没有您的账号。请联系管理员",
    "you are known to the provider, but have no account here: ask your administrator",
)
_TOO_MANY = ("登录尝试太多，请稍后再试", "too many sign-ins under way: try again later")
