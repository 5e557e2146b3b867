"""What a device's findings mean for the person who stands before it, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

RANK = {"fail": 0, "warn": 1, "ok": 2}
MARKS = {"ok": "[正常]", "warn": "[注意]", "fail": "[失败]"}

AREAS = {
    "摄像头 camera": ("camera", "cameras", "watch"),
    "喊话 voice": ("voice", "speaker"),
    "时钟 clock": ("clock",),
    "存储卡 card": ("disk", "wear", "outbox"),
    "证书 certificate": ("certificate", "certificates"),
    "与平台的连接 link": ("link", "broker"),
    "无线信号 signal": ("signal",),
    "报警按钮 button": ("button", "drill", "alarm"),
}
"""What an installer asks about, and the checks that answer."""


class Found(BaseModel):
    """One finding, as the device's page tells it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    check: str
    state: str = Field(pattern="^(ok|warn|fail)$")
    said: str
    advice: str = ""
    title: str = ""


class Told(BaseModel):
    """What the device's page says of itself."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    device_id: str
    release: str
    is_checking: bool = False
    findings: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One thing an installer asks about: its worst finding, or that nothing speaks of it."""

    name: str
    worst: Found | None


def ordered(findings: Iterable[Found]) -> list[Found]:
    """Put what is wrong first."""
    return sorted(findings, key=lambda one: RANK[one.state])


def areas(findings: Iterable[Found]) -> list[Area]:
    """Give each area with its worst finding; None where no check of the device speaks of it."""
    found = ordered(findings)
    return [
        Area(name, next((one for one in found if one.check.split(".")[0] in checks), None))
        for name, checks in AREAS.items()
    ]
