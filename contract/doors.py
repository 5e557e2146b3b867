"""What a dormitory's door control says: somebody went in or out. No name, and no picture."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contract.messages import DeviceId, Message, Name, Sha256, Utc

MAX_DOOR_BYTES = 2048
SchoolNo = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
Direction = Literal["in", "out"]


class Passage(Message):
    """Who went through which door, when, and which way.

    The pupil is named by the school's own number (`school_no`) or by the SHA-256 of the card's
    number in lower-case hex (`card`), never both. `event_id` stays the same for every repeat.
    """

    event_id: Name
    at: Utc
    door_id: Name
    school_no: SchoolNo | None = None
    card: Sha256 | None = None
    direction: Direction

    @model_validator(mode="after")
    def _one_pupil(self) -> Self:
        if (self.school_no is None) == (self.card is None):
            msg = "name the pupil by school_no or by card, exactly one of them"
            raise ValueError(msg)
        return self


class DoorEvent(Passage):
    """A passage as a door gateway sends it, at most 2 KiB."""

    v: Literal[1] = 1
    device_id: DeviceId
