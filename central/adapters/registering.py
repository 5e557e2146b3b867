"""Puts a device on the list, before it has any certificate."""

import re
from typing import Any

from sqlalchemy import Connection

from central.adapters.store import audit, certificates, claims, directory
from central.core.refusals import MalformedDeviceError, UnfitDeviceError
from contract.topics import DEVICE_ID_PATTERN

PROFILES = ("gate", "water", "venue", "door")


def register(connection: Connection, row: dict[str, Any], by: str, now_ms: int) -> None:
    """Add a device: `device_id`, `site_id`, `profile`, and whatever else is known of it.

    Raises:
        MalformedDeviceError: not a name for a device, or no such profile.
        UnfitDeviceError: a camera in a dormitory.
        ExistsError, MissingError: it is there already, its place is not.
    """
    device_id, site_id, profile = row["device_id"], row["site_id"], row["profile"]
    if not re.fullmatch(DEVICE_ID_PATTERN, device_id):
        zh = f"设备编号 {device_id!r} 只能用小写字母、数字、连字符"
        raise MalformedDeviceError(zh, f"{device_id!r}: use a-z, 0-9 and -")
    if profile not in PROFILES:
        zh = f"没有这种设备用途：{profile!r}"
        raise MalformedDeviceError(zh, f"no such profile: {profile!r}")
    if profile != "door" and directory.kind_of_site(connection, site_id) == "dormitory":
        zh = "宿舍不得安装摄像设备，只能登记门禁（用途 door）"
        raise UnfitDeviceError(zh, "no cameras in a dormitory: only its door control")
    new = {"created_at": now_ms, "is_revoked": False, "is_online": False, **row}
    directory.add_device(connection, new)
    audit.append(connection, now_ms, by, "device.add", f"device:{device_id}")


def revoke(connection: Connection, device_id: str, reason: str, by: str, now_ms: int) -> list[str]:
    """Revoke a device that is lost or scrapped, with its open claims; give its serials."""
    serials = certificates.revoke(connection, device_id, reason, now_ms)
    claims.withdraw(connection, device_id, now_ms)
    directory.change_device(connection, device_id, is_revoked=True, is_online=False)
    detail = {"serials": serials, "reason": reason}
    audit.append(connection, now_ms, by, "device.revoke", f"device:{device_id}", detail)
    return serials
