"""The six digits of an authenticator, and the codes for when it is lost. No code works twice."""

import hmac
import re

from pyotp import TOTP

STEP_MS = 30_000
DRIFT_STEPS = 1
"""How far a phone's clock may be off, before and after."""
RECOVERY_CODES = 10
_GROUPS, _LETTERS = 3, 4
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0, 1: they are read wrongly
BITS_OF_RECOVERY = _GROUPS * _LETTERS * 5


def accepted_step(secret: str, typed: str, last_step: int, now_ms: int) -> int | None:
    """Give the time step whose code this is; None when it is wrong, too old or used before.

    `last_step` is the step of the last code that was accepted: it and all before it are over.
    """
    code = re.sub(r"\s", "", typed)
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    here, codes = now_ms // STEP_MS, TOTP(secret)
    found = None
    for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1):
        if hmac.compare_digest(codes.generate_otp(step), code) and step > last_step:
            found = step
    return found


def recovery_code(random_bits: int) -> str:
    """Write `BITS_OF_RECOVERY` random bits as a person can copy them: `ABCD-EFGH-JKLM`."""
    letters = [_ALPHABET[random_bits >> (5 * at) & 31] for at in range(_GROUPS * _LETTERS)]
    groups = ["".join(letters[at : at + _LETTERS]) for at in range(0, len(letters), _LETTERS)]
    return "-".join(groups)


def plain(typed: str) -> str:
    """Give a recovery code as it is compared: without dashes, blanks or small letters."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())


def address_of(secret: str, username: str, issuer: str) -> str:
    """Give the `otpauth://` address that an authenticator reads from the picture."""
    return TOTP(secret, name=username, issuer=issuer).provisioning_uri()
