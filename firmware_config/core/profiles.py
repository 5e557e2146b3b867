"""What a kind of device does and what a board is: strict models of the TOML files."""

import ipaddress
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ProfileName = Literal["gate", "water", "venue"]
BoardName = Literal["pi4", "pi5", "jetson-orin"]
Process = Literal["watch", "link", "button", "page"]
Window = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]


class Strict(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ClockSettings(Strict):
    """Where the time comes from; without it the device runs and says that it does not know."""

    servers: tuple[str, ...] = Field(
        default=("ntp.aliyun.com", "ntp.tencent.com", "cn.pool.ntp.org"),
        min_length=1,
        description="时间服务器 time servers, the district's own first",
    )
    timezone: str = Field(
        default="Asia/Shanghai", pattern=r"^[A-Za-z_]+(/[A-Za-z_]+)*$", description="时区 time zone"
    )
    waits_for_sync: bool = Field(
        default=False,
        description="对时之前不启动 start only once the clock is set",
    )


class StorageSettings(Strict):
    """What may be written where."""

    root: Literal["ro", "rw"] = Field(
        default="ro", description="系统分区只读,数据另有分区 read-only root beside a data partition"
    )
    root_gib: int = Field(default=8, ge=4, le=64, description="系统分区大小 size of root, GiB")
    journal_mib: int = Field(default=32, ge=8, le=512, description="日志(内存) journal, in memory")


class FirewallSettings(Strict):
    """Who may come in; going out is free."""

    ssh_from: tuple[str, ...] = Field(default=(), description="允许 SSH 的网段 networks, CIDR")
    page_from: tuple[str, ...] = Field(default=(), description="允许本机页面的网段 networks, CIDR")

    @field_validator("ssh_from", "page_from")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ipaddress.ip_network(one)) for one in given)


class UpdateSettings(Strict):
    """When the device may change itself."""

    window: Window = Field(default="02:00-04:00", description="更新时段 local time")
    reboots: bool = Field(default=False, description="可自行重启 may reboot (never at water)")


class Profile(Strict):
    """One kind of device."""

    name: ProfileName
    title: str = Field(min_length=1, description="给人看的名称 for people")
    boards: tuple[BoardName, ...] = Field(min_length=1)
    processes: tuple[Process, ...] = Field(min_length=2, description="要运行的进程 what runs")
    clock: ClockSettings = ClockSettings()
    storage: StorageSettings = StorageSettings()
    firewall: FirewallSettings = FirewallSettings()
    updates: UpdateSettings = UpdateSettings()

    @model_validator(mode="after")
    def _safe(self) -> "Profile":
        if "link" not in self.processes:
            msg = "没有 link,预警到不了平台 (without link no alert reaches the district)"
            raise ValueError(msg)
        if self.name == "water" and self.clock.waits_for_sync:
            msg = "水边设备不得等待对时 (a water device may not wait for a clock)"
            raise ValueError(msg)
        if self.name == "water" and self.updates.reboots:
            msg = "水边设备不得自行重启 (a water device may not reboot by itself)"
            raise ValueError(msg)
        return self


class Board(Strict):
    """One kind of board."""

    name: BoardName
    title: str = Field(min_length=1)
    way: Literal["card", "nvidia"] = Field(description="写卡或用 NVIDIA 工具 card or NVIDIA's tool")
    has_clock: bool = Field(description="带电池时钟 has a battery-backed clock")
    watchdog_s: int = Field(ge=5, le=600, description="看门狗上限 the hardware watchdog's limit")
    config_txt: tuple[str, ...] = Field(default=(), description="加入 config.txt lines added")
    nvidia_board: str = Field(default="", description="NVIDIA 的板名 the board in NVIDIA's tool")
    nvidia_storage: str = Field(default="", description="写到哪个盘 e.g. nvme0n1p1")

    @model_validator(mode="after")
    def _one_way(self) -> "Board":
        if (self.way == "nvidia") != bool(self.nvidia_board and self.nvidia_storage):
            msg = "nvidia_board、nvidia_storage 只用于 way = nvidia (only and always for nvidia)"
            raise ValueError(msg)
        return self
