"""What central may change on a device: what is drawn on a camera's picture, and nothing else.

Points are fractions of the picture, right and down. `was` is a thing's place in its list before:
what the drawing does not say of it stays as it was.
"""

from typing import Annotated, Literal

from pydantic import Field

from contract.messages import DeviceId, Message, Name, Share, Utc

DESIRED_PURPOSE = "desired"
COMMAND_PURPOSE = "command"
MAX_DESIRED_BYTES = 128 * 1024
MAX_PICTURE_BYTES = 256 * 1024

Spot = tuple[Share, Share]
Corners = Annotated[tuple[Spot, ...], Field(min_length=3, max_length=64)]
Was = Annotated[int, Field(ge=0, le=10_000)] | None
Limit = Annotated[float, Field(gt=0.0, le=86_400.0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""Names the content of a device's config file."""


class DrawnZone(Message):
    """A zone, and how long somebody may stay in it."""

    was: Was = None
    zone_id: Name
    polygon: Corners
    dwell_limit_s: Limit


class DrawnLine(Message):
    """A line from `a` to `b`, and which way of crossing it counts."""

    was: Was = None
    line_id: Name
    a: Spot
    b: Spot
    direction: Literal["any", "left_to_right", "right_to_left"]


class DrawnPost(Message):
    """A place where somebody is to stand, and how long nobody may be there."""

    was: Was = None
    post_id: Name
    duty: Literal["guard_on_post", "escort_post"]
    polygon: Corners
    gap_s: Limit


class DrawnMask(Message):
    """A place of the picture in which nobody can stand."""

    was: Was = None
    polygon: Corners


class CameraDrawing(Message):
    """Everything on one camera's picture; what is not in it is taken away."""

    zones: tuple[DrawnZone, ...] = Field(default=(), max_length=64)
    lines: tuple[DrawnLine, ...] = Field(default=(), max_length=64)
    posts: tuple[DrawnPost, ...] = Field(default=(), max_length=64)
    masks: tuple[DrawnMask, ...] = Field(default=(), max_length=64)


class Desired(Message):
    """Retained and signed: what is to be drawn on a camera from now on.

    `over` names the config that it was drawn over: where somebody on the spot has changed that
    since, the device refuses, for they have seen more. Revisions never go back.
    """

    v: Literal[1] = 1
    device_id: DeviceId
    revision: int = Field(ge=1, le=2**31 - 1)
    camera_id: Name
    over: Digest
    drawing: CameraDrawing
    at: Utc


class Command(Message):
    """Signed: something a device is asked to do once; too late it is left undone."""

    v: Literal[1] = 1
    device_id: DeviceId
    command_id: Name
    command: Literal["snapshot"]
    camera_id: Name
    at: Utc
    expires_at: Utc


class Picture(Message):
    """The answer to a snapshot: what a camera sees now, heads hidden, and what is drawn on it.

    `jpeg` is base64; without one `refused` says why.
    """

    v: Literal[1] = 1
    device_id: DeviceId
    command_id: Name
    camera_id: Name
    at: Utc
    refused: str = Field(default="", max_length=300)
    drawing: CameraDrawing | None = None
    digest: Digest | None = None
    jpeg: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$", max_length=250_000)] = ""
