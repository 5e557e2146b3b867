"""Letting somebody in who has proved who they are: a new secret, and word of it to the owner."""

import secrets
from dataclasses import dataclass

from flask import redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from central.adapters.store import account_mails, attempts, audit, sign_ins
from central.adapters.store.account_mails import Mail
from central.adapters.store.attempts import Attempt
from central.core.browsers import in_words
from central.core.local_time import clock_of
from central.core.sign_in_policy import MOST_WRONG, MOST_WRONG_FROM_ADDRESS, WITHIN_MS
from central.web import here
from central.web.addresses import within
from central.web.door import COOKIE

SIGNED_IN_FOR_S = 12 * 3600  # one duty; ours
ATTEMPT_COOKIE = "huxiao_attempt"
BROWSER_COOKIE = "huxiao_browser"
YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Tries:
    """How often somebody was wrong lately. A try counts as wrong until it turns out right.

    `everywhere`: for this name from any address, where only who knows the password comes at all.
    """

    name: str
    everywhere: bool = False

    @classmethod
    def at_password(cls, username: str) -> "Tries":
        """Give those at a person's password. What is typed as a name can mean nothing else."""
        return cls(f"1:{username}")

    @classmethod
    def at_code(cls, username: str) -> "Tries":
        """Give those at a person's second factor."""
        return cls(f"2:{username}", everywhere=True)

    def begin(self) -> bool:
        """Count a try; False where there were too many, and nothing may be looked at."""
        if self._are_too_many(MOST_WRONG):
            return False
        with here.store().transaction() as connection:
            sign_ins.fail(connection, self.name, address(), here.now_ms())
        return not self._are_too_many(MOST_WRONG + 1)

    def were_right(self, connection: Connection) -> None:
        """Forgive them."""
        before = here.now_ms() - WITHIN_MS
        sign_ins.forgive(connection, self.name, address(), before, everywhere=self.everywhere)

    def _are_too_many(self, most: int) -> bool:
        since = here.now_ms() - WITHIN_MS
        with here.store().reading() as connection:
            named, from_here = sign_ins.failures(connection, self.name, address(), since)
            if self.everywhere:
                named = sign_ins.failures_of(connection, self.name, since)
        return named >= most or from_here >= MOST_WRONG_FROM_ADDRESS


def address() -> str:
    """Give where a request comes from."""
    return request.remote_addr or ""


def let_in(username: str, how: str, wanted: str) -> Response:
    """Let a person in under a new secret; whatever this browser had before is over."""
    secret, now_ms, browser = secrets.token_urlsafe(32), here.now_ms(), _browser()
    origin = sign_ins.From(request.user_agent.string, address(), how)
    with here.store().transaction() as connection:
        if before := here.visitor():
            sign_ins.end(connection, before.username, before.sign_in_id)
        until = now_ms + SIGNED_IN_FOR_S * 1000
        sign_ins.start(connection, secret, username, now_ms, until, origin)
        audit.append(connection, now_ms, f"account:{username}", "sign_in", username,
                     {"address": origin.address, "how": how})  # fmt: skip
        if not account_mails.knows(connection, username, sign_ins.hash_of(browser), now_ms):
            account_mails.put(connection, _unknown_browser(username, now_ms), now_ms)
    answer = redirect(within(wanted))
    _keep(answer, COOKIE, secret, SIGNED_IN_FOR_S)
    _keep(answer, BROWSER_COOKIE, browser, YEAR_S)
    answer.delete_cookie(ATTEMPT_COOKIE)
    return answer


def attempt(answer: Response, begun: Attempt) -> bool:
    """Keep an attempt and bind it to this browser; False where there are too many from here."""
    secret = secrets.token_urlsafe(32)
    with here.store().transaction() as connection:
        if not attempts.start(connection, secret, begun, address(), here.now_ms()):
            return False
    _keep(answer, ATTEMPT_COOKIE, secret, attempts.LASTS_MS // 1000)
    return True


def waiting(kind: str) -> Attempt | None:
    """Give the attempt that this browser has begun, and leave it."""
    with here.store().reading() as connection:
        return attempts.find(connection, _attempt_secret(), kind, here.now_ms())


def taken(kind: str) -> Attempt | None:
    """Give the attempt that this browser has begun, and end it: it serves once."""
    with here.store().transaction() as connection:
        return attempts.take(connection, _attempt_secret(), kind, here.now_ms())


def _attempt_secret() -> str:
    return request.cookies.get(ATTEMPT_COOKIE, "")


def _browser() -> str:
    known = request.cookies.get(BROWSER_COOKIE, "")
    return known if 20 <= len(known) <= 100 else secrets.token_urlsafe(32)  # noqa: PLR2004 - ours


def _keep(answer: Response, name: str, value: str, lasts_s: int) -> None:
    answer.set_cookie(
        name, value, max_age=lasts_s, httponly=True, samesite="Lax",
        secure=here.settings().secure_cookies,
    )  # fmt: skip


def _unknown_browser(username: str, now_ms: int) -> Mail:
    zh, en = in_words(request.user_agent.string)
    at, where = clock_of(now_ms), address()
    text = f"""您的账号 {username} 刚在一个新的浏览器中登录。
时间：{at}
浏览器：{zh}
地址：{where}
如果不是您本人：请立即登录，在“我的账号”中结束这次登录并修改密码，并告知管理员。

Your account {username} has just signed in with a browser that is new.
Time: {at} (UTC+8)
Browser: {en}
Address: {where}
If this was not you: sign in at once, end that sign-in under "My account", change the password,
and tell your administrator.
"""
    return Mail(username, "【护校安园】新浏览器登录提醒 new sign-in", text)
