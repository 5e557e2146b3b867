"""From bytes to messages, at the door: everything beyond it may trust what it holds."""

import json
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from contract.messages import MAX_ALERT_BYTES, MAX_STATE_BYTES, WIRE_VERSION, Alert, Message

M = TypeVar("M", bound=Message)


class Reason(StrEnum):
    """Why a message is put aside; also the label of the counter in `/metrics`."""

    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    UNKNOWN_VERSION = "unknown_version"
    WRONG_TOPIC = "wrong_topic"
    WRONG_DEVICE = "wrong_device"
    UNKNOWN_DEVICE = "unknown_device"
    WRONG_HASH = "wrong_hash"
    UNANNOUNCED = "unannounced"
    SEQ_CONFLICT = "seq_conflict"
    NO_BASIS = "no_basis"
    FUTURE = "future"
    NO_SCHOOL = "no_school"
    NOT_KEPT = "not_kept"


class MessageError(ValueError):
    """A message that cannot be taken: `reason` for counting, the text for a person.

    `seq` is the number it claims, where it can still be read, so that a receipt can refuse it.
    """

    def __init__(self, reason: Reason, detail: str, seq: int | None = None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.seq = seq


def read_alert(payload: bytes, device_id: str) -> Alert:
    """Read an alert that came on the topic of `device_id`.

    Raises:
        MessageError: oversized, malformed, of an unknown version, or in another device's name.
    """
    return read(Alert, payload, device_id, MAX_ALERT_BYTES)


def read(
    kind: type[M], payload: bytes, device_id: str | None = None, max_bytes: int = MAX_STATE_BYTES
) -> M:
    """Read a message of one kind; `device_id` is the one in the topic, which must be its author.

    Raises:
        MessageError: as for `read_alert`.
    """
    if len(payload) > max_bytes:
        msg = f"{len(payload)} bytes, at most {max_bytes} are allowed"
        raise MessageError(Reason.OVERSIZED, msg)
    fields = _object(payload)
    seq = _claimed_seq(fields)
    version = fields.get("v", WIRE_VERSION)
    if version != WIRE_VERSION or isinstance(version, bool):
        msg = f"version {str(version)[:20]!r}, this reader knows {WIRE_VERSION}"
        raise MessageError(Reason.UNKNOWN_VERSION, msg, seq)
    try:
        message = kind.model_validate_json(payload)
    except ValidationError as error:
        raise MessageError(Reason.MALFORMED, _in_words(error), seq) from None
    author = getattr(message, "device_id", device_id)
    if device_id is not None and author != device_id:
        msg = f"says it is from {author!r}, came on the topic of {device_id!r}"
        raise MessageError(Reason.WRONG_DEVICE, msg, seq)
    return message


def _object(payload: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(payload)
    except (ValueError, RecursionError) as error:
        msg = f"not JSON: {error}"
        raise MessageError(Reason.MALFORMED, msg[:200]) from None
    if not isinstance(fields, dict):
        msg = "not a JSON object"
        raise MessageError(Reason.MALFORMED, msg)
    return fields


def _claimed_seq(fields: dict[str, Any]) -> int | None:
    seq = fields.get("seq")
    return seq if type(seq) is int and seq >= 1 else None


def _in_words(error: ValidationError) -> str:
    lines = [f"{'.'.join(map(str, e['loc'])) or 'message'}: {e['msg']}" for e in error.errors()[:5]]
    return "; ".join(lines)[:500]
