"""A device's gallery on its way: who may be matched there, each entry sealed to that device.

Revisions count from 1 for each device, one for each message, and never go back. An update `follows`
the revision before it; one that follows 0 begins anew, and where a new beginning `is_complete`,
whatever it did not name is gone. Names, templates and reasons travel sealed only.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from contract.messages import DeviceId, Message, Name, Sha256, Utc
from contract.scenarios import Scenario

MAX_GALLERY_BYTES = 256 * 1024
MOST_ENTRIES = 32  # in one update: with the longest texts still below the limit
MOST_REMOVED = 200
TEMPLATE_NUMBERS = 128
PURPOSE = "gallery"

EntryKind = Literal["pupil", "watchlist"]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
SaidText = Annotated[Text, Field(min_length=1)]
Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$", max_length=8192)]
KeyText = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""32 bytes as base64."""
TemplateText = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{683}=$")]
"""128 little-endian float32 as base64."""


class SealedEntry(Message):
    """One entry; `sealed` opens to a `GalleryEntry`, on one device and in one update only."""

    entry_id: Name
    purpose: Scenario
    kind: EntryKind
    sealed: Base64


class GalleryUpdate(Message):
    """At most 256 KiB, signed by central, for one device; see the module's words for the order."""

    v: Literal[1] = 1
    device_id: DeviceId
    revision: int = Field(ge=1)
    follows: int = Field(ge=0)
    issued_at: Utc
    entries: tuple[SealedEntry, ...] = Field(default=(), max_length=MOST_ENTRIES)
    removed: tuple[Name, ...] = Field(default=(), max_length=MOST_REMOVED)
    is_complete: bool = False
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$")] = ""


class Disposition(Message):
    """What the lawful authority asks of a school that meets somebody. It holds no reason."""

    disposition_id: Name
    action: SaidText
    urgency: Literal["info", "warning", "critical"] = "warning"
    approver: Annotated[Name, Field(description="who answers for it")]
    legal_basis: SaidText


class Likeness(Message):
    """A template, by which recogniser it was made, and what may be said of the person.

    `may_be_named`: the guardian agreed that name and class are said aloud; without it neither is
    here at all.
    """

    template: TemplateText
    backend: Name
    model_sha256: Sha256
    may_be_named: bool = False
    name: Text = ""
    class_name: Text = ""
    reading: Text = ""

    @model_validator(mode="after")
    def _no_name_without_consent(self) -> "Likeness":
        if not self.may_be_named and (self.name or self.class_name or self.reading):
            msg = "a name or class travels only where the guardian agreed to that"
            raise ValueError(msg)
        return self


class GalleryEntry(Likeness):
    """What an entry is, opened. `key` seals all that the device keeps of this person."""

    entry_id: Name
    kind: EntryKind
    purpose: Scenario
    key: KeyText
    expires_at: Utc
    consent: Text = ""
    disposition: Disposition | None = None

    @model_validator(mode="after")
    def _has_a_reason(self) -> "GalleryEntry":
        if self.kind == "pupil" and not self.consent:
            msg = "no consent, no template"
            raise ValueError(msg)
        if self.kind == "watchlist" and self.disposition is None:
            msg = "a watchlist entry needs its disposition: basis, approver and what to do"
            raise ValueError(msg)
        if (self.kind == "watchlist") != (self.purpose is Scenario.PERSON_OF_CONCERN):
            msg = "a watchlist is for person_of_concern, and nothing else is"
            raise ValueError(msg)
        return self
