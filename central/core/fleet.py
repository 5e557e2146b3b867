"""How a device does, in plain words, and what is to be done about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from central.core.naming import FAULTS, Words
from contract.messages import CameraHealth, Heartbeat, Reported
from contract.scenarios import Clock, Fault, Scenario

DAY_MS = 24 * 3600 * 1000
SILENT_AFTER_MS = 3 * 60 * 1000
"""Three heartbeats."""
CERTIFICATE_WARNS_DAYS = 30
LEAST_DISK_BYTES = 1024**3
MOST_CELSIUS = 80.0
MOST_WAITING = 100
_BAD = frozenset({"failed", "stalled"})


SCENARIO_OF: Mapping[str, Scenario] = {
    "water": Scenario.DROWNING_RISK,
    "gate": Scenario.CAMPUS_FOUR_100,
    "venue": Scenario.VENUE_MINOR,
    "door": Scenario.BOARDING_ABSENCE,
}
"""What a device of a profile watches over: its own faults are cases of that."""


class Health(StrEnum):
    """The worst that is to be said of a device, in one word."""

    WELL = "well"
    CAMERA = "camera"
    SILENT = "silent"
    OFFLINE = "offline"
    NEVER = "never"
    REVOKED = "revoked"


HEALTH_WORDS: Mapping[Health, Words] = {
    Health.WELL: ("正常", "well"),
    Health.CAMERA: ("摄像头异常", "camera in trouble"),
    Health.SILENT: ("没有心跳", "no heartbeat"),
    Health.OFFLINE: ("离线", "offline"),
    Health.NEVER: ("从未上线", "never online"),
    Health.REVOKED: ("已吊销", "revoked"),
}


class Trouble(StrEnum):
    """What may be wrong with a device: each is a filter of the devices' page."""

    AWAY = "away"
    CAMERA = "camera"
    BLIND = "blind"
    CERTIFICATE = "certificate"
    MACHINE = "machine"
    CLOCK = "clock"
    BACKLOG = "backlog"
    UNCOMMISSIONED = "uncommissioned"
    CONFIG = "config"


TROUBLE_WORDS: Mapping[Trouble, Words] = {
    Trouble.AWAY: ("失联", "away"),
    Trouble.CAMERA: ("摄像头", "camera"),
    Trouble.BLIND: ("盲区", "blind zones"),
    Trouble.CERTIFICATE: ("证书", "certificate"),
    Trouble.MACHINE: ("机器", "machine"),
    Trouble.CLOCK: ("时钟", "clock"),
    Trouble.BACKLOG: ("积压", "backlog"),
    Trouble.UNCOMMISSIONED: ("未验收", "not handed over"),
    Trouble.CONFIG: ("配置", "config"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A device as central knows it. Times in ms UTC, by central's own clock."""

    device_id: str
    is_revoked: bool
    is_online: bool
    availability_at: int | None
    heartbeat_at: int | None
    heartbeat: Heartbeat | None
    reported: Reported | None
    certificate_expires_at: int | None
    has_passed: bool | None = None
    """Whether it was handed over; None where nobody has asked."""
    desired_revision: int | None = None
    """The config that central has sent; None where it never sent any."""

    @property
    def heard_at(self) -> int | None:
        """Give when it was last heard of."""
        return max((at for at in (self.availability_at, self.heartbeat_at) if at), default=None)

    @property
    def cameras(self) -> tuple[CameraHealth, ...]:
        """Give its cameras as it last told of them."""
        return self.heartbeat.cameras if self.heartbeat else ()

    @property
    def blind_zones(self) -> tuple[str, ...]:
        """Give the zones that it cannot see, as camera/zone."""
        return tuple(f"{one.camera_id}/{zone}" for one in self.cameras for zone in one.blind_zones)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong, since when (ms UTC, where known), and what to do about it."""

    trouble: Trouble
    what: Words
    todo: Words
    is_urgent: bool = False
    since: int | None = None


def box_of(row: Mapping[str, Any]) -> Box:
    """Read a device's row; what a device of a later version says is read as far as it can be."""
    beat, said = row.get("heartbeat"), row.get("reported")
    return Box(
        device_id=row["device_id"],
        is_revoked=bool(row["is_revoked"]),
        is_online=bool(row["is_online"]),
        availability_at=row["availability_at"],
        heartbeat_at=row["heartbeat_at"],
        heartbeat=Heartbeat.model_validate(beat) if beat else None,
        reported=Reported.model_validate(said) if said else None,
        certificate_expires_at=row["certificate_expires_at"],
        has_passed=row.get("has_passed"),
        desired_revision=row.get("desired_revision"),
    )


def health_of(box: Box, now_ms: int) -> Health:
    """Say how a device does in one word: what is worst about it."""
    if box.is_revoked:
        return Health.REVOKED
    if not box.is_online:
        return Health.OFFLINE if box.availability_at else Health.NEVER
    if box.heartbeat_at is None or now_ms - box.heartbeat_at > SILENT_AFTER_MS:
        return Health.SILENT
    if any(camera.state in _BAD or camera.faults for camera in box.cameras):
        return Health.CAMERA
    return Health.WELL


def remarks(box: Box, now_ms: int) -> tuple[Remark, ...]:
    """List what is wrong with a device, the most urgent first; nothing of a revoked one."""
    if box.is_revoked:
        return ()
    found = [
        *_away(box, now_ms),
        *_cameras(box),
        *_certificate(box, now_ms),
        *_machine(box),
        *_commissioned(box),
        *_config(box),
    ]
    return tuple(sorted(found, key=lambda one: not one.is_urgent))


def _away(box: Box, now_ms: int) -> Iterable[Remark]:
    health = health_of(box, now_ms)
    if health is Health.NEVER:
        todo = (
            "通电联网后，在设备上运行 huxiao-edge doctor",
            "give it power and network, then run huxiao-edge doctor on it",
        )
        yield Remark(Trouble.AWAY, HEALTH_WORDS[health], todo)
    elif health is Health.OFFLINE:
        todo = (
            "检查现场电源和网络；喊话和警笛不受影响，恢复后会补报",
            "check power and network there; voice and siren go on, alerts are sent later",
        )
        yield Remark(Trouble.AWAY, ("已离线", "is offline"), todo, True, box.availability_at)
    elif health is Health.SILENT:
        todo = (
            "连接还在但没有心跳：在现场重启设备，仍不行请更换",
            "connected, yet no heartbeat: restart it there, replace it if that does not help",
        )
        yield Remark(Trouble.AWAY, HEALTH_WORDS[health], todo, True, box.heartbeat_at)


def _cameras(box: Box) -> Iterable[Remark]:
    for one in box.cameras:
        faults = [_words_of(fault) for fault in one.faults]
        if one.state in _BAD or faults:
            zh = "、".join(word for word, _ in faults) or "没有画面"
            en = ", ".join(word for _, word in faults) or "no picture"
            todo = (
                "擦净镜头、扶正摄像头，检查供电和接线",
                "clean and straighten the camera, check its power and cable",
            )
            yield Remark(
                Trouble.CAMERA,
                (f"摄像头 {one.camera_id}：{zh}", f"camera {one.camera_id}: {en}"),
                todo,
                True,
            )
        if one.blind_zones:
            zones = ", ".join(one.blind_zones)
            todo = (
                "恢复前请安排人工巡查这些区域",
                "have people patrol these zones until it sees again",
            )
            yield Remark(
                Trouble.BLIND,
                (
                    f"摄像头 {one.camera_id} 看不见区域 {zones}",
                    f"camera {one.camera_id} cannot see {zones}",
                ),
                todo,
                True,
            )


def _certificate(box: Box, now_ms: int) -> Iterable[Remark]:
    days = certificate_days(box, now_ms)
    if days is None or days > CERTIFICATE_WARNS_DAYS:
        return
    todo = (
        "请区管理员重新发证书，装到设备上",
        "have the district issue a new one and bring it there",
    )
    if days < 0:
        what = ("证书已过期，设备连不上", "its certificate is over: it cannot connect")
    else:
        what = (f"证书还有 {days} 天到期", f"its certificate ends in {days} days")
    yield Remark(Trouble.CERTIFICATE, what, todo, days < 0)


def certificate_days(box: Box, now_ms: int) -> int | None:
    """Give how many whole days the certificate still holds; negative once it is over."""
    if box.certificate_expires_at is None:
        return None
    return (box.certificate_expires_at - now_ms) // DAY_MS


def _machine(box: Box) -> Iterable[Remark]:
    beat = box.heartbeat
    if beat is None:
        return
    for fault in beat.faults:
        todo = (
            "在设备上运行 huxiao-edge doctor，按提示处理",
            "run huxiao-edge doctor on the device and do as it says",
        )
        yield Remark(Trouble.MACHINE, _words_of(fault), todo)
    if beat.temperature_c is not None and beat.temperature_c >= MOST_CELSIUS:
        todo = ("改善通风、遮阳；过热会降速", "give it air and shade; heat makes it slow")
        yield Remark(
            Trouble.MACHINE,
            (f"温度 {beat.temperature_c:.0f} °C，过高", f"{beat.temperature_c:.0f} °C is too hot"),
            todo,
        )
    if beat.disk_free_bytes is not None and beat.disk_free_bytes < LEAST_DISK_BYTES:
        todo = ("清理或更换存储卡", "free space on its card, or put in a larger one")
        yield Remark(Trouble.MACHINE, ("存储空间不足 1 GB", "less than 1 GB left"), todo)
    if beat.clock is Clock.FLOOR:
        todo = ("检查设备能否访问时间服务器", "check that it reaches a time server")
        yield Remark(Trouble.CLOCK, ("时钟未校准", "its clock is not set"), todo)
    if beat.outbox_depth > MOST_WAITING:
        todo = (
            "等它补报；不减少时检查网络",
            "it is catching up; if it does not, check its network",
        )
        yield Remark(
            Trouble.BACKLOG,
            (f"积压 {beat.outbox_depth} 条消息", f"{beat.outbox_depth} messages wait"),
            todo,
        )


def _commissioned(box: Box) -> Iterable[Remark]:
    if box.has_passed is False and box.availability_at:
        todo = ("在设备本地页面完成验收", "do the hand-over on the device's local page")
        yield Remark(Trouble.UNCOMMISSIONED, ("还没有合格的验收", "not handed over yet"), todo)


def _config(box: Box) -> Iterable[Remark]:
    if box.desired_revision is None or box.reported is None:
        return
    if box.reported.config_revision != box.desired_revision:
        todo = (
            "设备上线后会自动取用；一直不变请看设备页的说明",
            "it takes it up once it is online; if not, see the reason on its page",
        )
        yield Remark(
            Trouble.CONFIG, ("下发的配置还没有生效", "the config sent is not in force yet"), todo
        )


def _words_of(fault: str) -> Words:
    return FAULTS[Fault(fault)] if fault in set(Fault) else (fault, fault)
