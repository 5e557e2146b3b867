"""A consent as the table has it, with the number that people use."""

import secrets
from datetime import date, datetime, time

from uuid_utils import uuid7

from central.adapters.store.pupils import Pupil
from central.core.consents import Consented, Given, expiry
from central.core.consents_wanted import ConsentsWanted
from central.core.local_time import ZONE, to_ms

_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def expires_at(day: date) -> int:
    """Give the end of a day in the district, in ms UTC."""
    return to_ms(datetime.combine(day, time(23, 59, 59), ZONE))


def given_in(wanted: ConsentsWanted | None) -> tuple[Given, ...]:
    """Give the consents that a roster's row names."""
    if wanted is None or wanted.given_on is None:
        return ()
    until = expiry(wanted.given_on, wanted.expires_on)
    return tuple(
        Given(what, "guardian", wanted.form, wanted.given_on, until)
        for what in Consented
        if getattr(wanted, what.value)
    )


def row_of(pupil: Pupil, given: Given, by: str, now_ms: int) -> dict[str, object]:
    """Make a row."""
    return {
        "consent_id": str(uuid7()), "pupil_id": pupil.pupil_id, "unit_code": pupil.unit_code,
        "number": "TY" + "".join(secrets.choice(_LETTERS) for _ in range(8)),
        "what": given.what.value, "given_by": given.given_by, "form": given.form.strip()[:64],
        "given_on": given.given_on.isoformat(), "expires_at": expires_at(given.expires_on),
        "recorded_at": now_ms, "recorded_by": by,
    }  # fmt: skip
