"""Where each message travels: `huxiao/v1/<device_id>/up/<leaf>` and `.../down/<leaf>`.

`up` is the device's to write and central's to read; `down` the other way round. A device's access
list on the broker is exactly its own subtree.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

ROOT = "huxiao/v1"
DEVICE_ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"
ALL_UP = f"{ROOT}/+/up/#"

_DEVICE_ID = re.compile(DEVICE_ID_PATTERN)


class Up(StrEnum):
    """What a device sends."""

    ALERT = "alert"
    EVIDENCE = "evidence"
    HEARTBEAT = "heartbeat"
    AVAILABILITY = "availability"
    REPORTED = "reported"
    COMMISSIONING = "commissioning"
    DOOR = "door"
    PICTURE = "picture"


class Down(StrEnum):
    """What central sends."""

    RECEIPT = "receipt"
    SUGGESTION = "suggestion"
    GALLERY = "gallery"
    RELEASE = "release"
    DESIRED = "desired"
    COMMAND = "command"


class TopicError(ValueError):
    """A topic that is none of ours; the text says which part is wrong."""


@dataclass(frozen=True, slots=True)
class UpTopic:
    """A device's topic, taken apart; `rest` is what follows the leaf (a sha256 for evidence)."""

    device_id: str
    leaf: Up
    rest: str


def up(device_id: str, leaf: Up, rest: str = "") -> str:
    """Give the topic on which a device sends `leaf`."""
    return f"{ROOT}/{device_id}/up/{leaf}" + (f"/{rest}" if rest else "")


def down(device_id: str, leaf: Down) -> str:
    """Give the topic on which central sends `leaf` to one device."""
    return f"{ROOT}/{device_id}/down/{leaf}"


def all_down(device_id: str) -> str:
    """Give the filter with which a device hears everything meant for it."""
    return f"{ROOT}/{device_id}/down/#"


def parse_up(topic: str) -> UpTopic:
    """Take a device's topic apart.

    Raises:
        TopicError: not `huxiao/v1/<device_id>/up/<leaf>`, or a leaf we do not know.
    """
    parts = topic.split("/")
    if parts[:2] != ROOT.split("/") or len(parts) < 5 or parts[3] != "up":  # noqa: PLR2004 - root, device, "up", leaf
        msg = f"topic is not {ROOT}/<device_id>/up/<leaf>"
        raise TopicError(msg)
    device_id, leaf, rest = parts[2], parts[4], "/".join(parts[5:])
    if not _DEVICE_ID.fullmatch(device_id):
        msg = f"device_id in the topic does not match {DEVICE_ID_PATTERN}"
        raise TopicError(msg)
    try:
        return UpTopic(device_id, Up(leaf), rest)
    except ValueError:
        msg = f"unknown leaf, expected one of {', '.join(Up)}"
        raise TopicError(msg) from None
