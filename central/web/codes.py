"""A typed code against what its owner has: six digits of the app, or a recovery code."""

import secrets

from central.adapters.store import account_mails, audit, factors
from central.adapters.store.account_mails import Mail
from central.core.one_time_codes import (
    BITS_OF_RECOVERY,
    RECOVERY_CODES,
    accepted_step,
    plain,
    recovery_code,
)
from central.web import here

DIGITS = 6


def spent(username: str, typed: str) -> str | None:
    """Take a code and tell which kind it was: `code` or `recovery`; None: wrong, or used before."""
    if len("".join(typed.split())) <= DIGITS:
        return "code" if _spent_digits(username, typed) else None
    return "recovery" if _spent_recovery(username, typed) else None


def new_recovery(username: str) -> list[str]:
    """Make recovery codes in the place of those that were, to be shown this once."""
    made = [recovery_code(secrets.randbits(BITS_OF_RECOVERY)) for _ in range(RECOVERY_CODES)]
    with here.store().transaction() as connection:
        hashes = [_hash(username, one) for one in made]
        factors.put_recovery(connection, username, hashes, here.now_ms())
        actor = f"account:{username}"
        audit.append(connection, here.now_ms(), actor, "second.recovery", username)
    return made


def secret_of(username: str, *, confirmed: bool) -> tuple[str, int] | None:
    """Give the secret of a person's app and its last step, where it stands like this."""
    with here.store().reading() as connection:
        row = factors.authenticator(connection, username)
    if row is None or (row.confirmed_at is not None) is not confirmed:
        return None
    return here.settings().vault.unseal(row.secret, f"app\x00{username}").decode(), row.last_step


def _spent_digits(username: str, typed: str) -> bool:
    known = secret_of(username, confirmed=True)
    if known is None:
        return False
    step = accepted_step(known[0], typed, known[1], here.now_ms())
    if step is None:
        return False
    with here.store().transaction() as connection:
        return factors.spend(connection, username, step)


def _spent_recovery(username: str, typed: str) -> bool:
    now_ms = here.now_ms()
    with here.store().transaction() as connection:
        code_hash = _hash(username, typed)
        if not factors.spend_recovery(connection, username, code_hash, now_ms):
            return False
        left = factors.count_recovery(connection, username)
        actor = f"account:{username}"
        audit.append(connection, now_ms, actor, "second.recovered", username, {"left": left})
        text = (
            f"您的账号用一个恢复码登录，还剩 {left} 个。"
            "如果不是您本人，请立即修改密码并告知管理员。\n\n"
            f"A recovery code of yours was used to sign in; {left} are left. If this was not you, "
            "change your password at once and tell your administrator.\n"
        )
        subject = "【护校安园】恢复码已使用 a recovery code was used"
        account_mails.put(connection, Mail(username, subject, text), now_ms)
    return True


def _hash(username: str, code: str) -> str:
    return here.settings().vault.derive("recovery", f"{username}\x00{plain(code)}").hex()
