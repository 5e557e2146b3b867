"""GA/T 1400.4 as far as a school's district needs it: who registers, and the hits it is told of.

A hit names a disposition, a camera and a time. Titles, persons and pictures that come with it are
dropped unread: who somebody is and why, stays with the authority.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from central.core.local_time import ZONE, from_ms, to_ms

MEDIA_TYPE = "application/VIID+JSON"
NONCE_MS = 5 * 60 * 1000
MOST_HITS = 100
TIME_FORMAT = "%Y%m%d%H%M%S"
_NAMES = ("NotificationID", "DispositionID")
_SUBJECTS = ("PersonObject", "FaceObject", "BehaviorAnalysisObject")


class StatusCode(IntEnum):
    """GA/T 1400.4's codes of a `ResponseStatusObject`, as far as we give them."""

    OK = 0
    OTHER_ERROR = 1
    INVALID_OPERATION = 4
    INVALID_JSON_FORMAT = 7
    INVALID_JSON_CONTENT = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One disposition notification, without whom or why. `at` in ms UTC."""

    notification_id: str
    disposition_id: str
    camera_id: str
    at: int


class HitError(ValueError):
    """A notification that cannot be read; the text says what is missing."""


def status(url: str, code: StatusCode, words: str, subject: str, now_ms: int) -> dict[str, Any]:
    """Give a `ResponseStatusObject`."""
    return {
        "RequestURL": url, "StatusCode": int(code), "StatusString": words, "Id": subject,
        "LocalTime": local_time(now_ms),
    }  # fmt: skip


def local_time(now_ms: int) -> str:
    """Give the district's time as the standard writes it, `20261123140509`."""
    return from_ms(now_ms).astimezone(ZONE).strftime(TIME_FORMAT)


def hits_of(body: Any) -> list[Any]:
    """Give the notifications in a body, unread.

    Raises:
        HitError: not the list that the standard has.
    """
    try:
        found = body["DispositionNotificationListObject"]["DispositionNotificationObject"]
    except (TypeError, KeyError):
        msg = "DispositionNotificationListObject.DispositionNotificationObject: 缺少 missing"
        raise HitError(msg) from None
    if not isinstance(found, list) or not 0 < len(found) <= MOST_HITS:
        msg = f"DispositionNotificationObject: 1-{MOST_HITS} 条 entries"
        raise HitError(msg)
    return found


def hit_of(said: Any) -> Hit:
    """Read one notification: its id, its disposition, the camera and the time.

    Raises:
        HitError: one of them is missing or wrong.
    """
    if not isinstance(said, Mapping):
        msg = "DispositionNotificationObject: 应为对象 an object is wanted"
        raise HitError(msg)
    names = [_text(said.get(name), name) for name in _NAMES]
    cameras = [said[name]["DeviceID"] for name in _SUBJECTS
               if isinstance(said.get(name), Mapping) and said[name].get("DeviceID")]  # fmt: skip
    camera = _text(cameras[0] if cameras else said.get("DeviceID"), "PersonObject.DeviceID")
    try:
        written = _text(said.get("TriggerTime"), "TriggerTime")
        at = datetime.strptime(f"{written}+0800", f"{TIME_FORMAT}%z")
    except ValueError:
        msg = "TriggerTime: 应为 expected yyyyMMddHHmmss"
        raise HitError(msg) from None
    return Hit(names[0], names[1], camera, to_ms(at))


def nonce(secret: bytes, now_ms: int) -> str:
    """Give a digest nonce that we can recognise for some minutes, without keeping it."""
    return f"{now_ms:x}.{_seal(secret, now_ms)}"


def is_fresh(secret: bytes, said: str, now_ms: int) -> bool:
    """Tell whether a nonce is ours and young enough."""
    head, _, seal = said.partition(".")
    try:
        at = int(head, 16)
    except ValueError:
        return False
    return 0 <= now_ms - at <= NONCE_MS and hmac.compare_digest(
        seal.encode(), _seal(secret, at).encode()
    )


def digest(said: Mapping[str, str], method: str, password: str) -> str:
    """Give the response that RFC 2617 wants of whoever knows the password (MD5, qop=auth).

    MD5 is the standard's choice, not ours: the line runs inside the police's network, over TLS.
    """
    user = _md5(f"{said.get('username', '')}:{said.get('realm', '')}:{password}")
    asked = _md5(f"{method}:{said.get('uri', '')}")
    counted = f"{said.get('nc', '')}:{said.get('cnonce', '')}:{said.get('qop', '')}"
    return _md5(f"{user}:{said.get('nonce', '')}:{counted}:{asked}")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 64 or not value.isprintable():  # noqa: PLR2004
        msg = f"{name}: 缺少或不对 missing or wrong"
        raise HitError(msg)
    return value


def _seal(secret: bytes, at: int) -> str:
    return hmac.new(secret, f"viid nonce {at}".encode(), hashlib.sha256).hexdigest()[:32]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
