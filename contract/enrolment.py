"""An enrolment on its way from a school to central: the likeness sealed, never a photo."""

from typing import Annotated, Literal

from pydantic import Field

from contract.gallery import Base64, Disposition, EntryKind, SaidText, Text
from contract.messages import Message, Name, Utc
from contract.scenarios import Scenario

ENTRY_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
PLACE = "enrolment"
"""What the sealed likeness is bound to, beside its entry."""

EntryId = Annotated[str, Field(pattern=ENTRY_ID_PATTERN)]


class Enrolment(Message):
    """Who asks for it, on what ground, for how long. `sealed` opens, at central, to a `Likeness`.

    `unit_code`: the school whose devices are to know the entry; `site_ids`: places beside its own.
    """

    v: Literal[1] = 1
    entry_id: EntryId
    kind: EntryKind = "pupil"
    purpose: Scenario
    unit_code: Name
    site_ids: tuple[Name, ...] = Field(default=(), max_length=100)
    authority: SaidText
    consent: Text = ""
    guardian_consent: bool = False
    birth_year: int | None = Field(default=None, ge=1900, le=2200)
    may_be_named: bool = False
    expires_at: Utc = Field(json_schema_extra={"pattern": r"(Z|[+-]00:00)$"})
    disposition: Disposition | None = None
    sealed: Base64
