"""How the rules speak and forgive."""

from pydantic import Field

from contract.messages import Name
from edge_agent.config.basics import Seconds, Section
from edge_agent.config.times import Hours


class WaterConfig(Section):
    """How the water rule speaks and forgives."""

    cooldown_s: float = Field(
        default=30.0,
        ge=0.0,
        le=86_400.0,
        description="同一区域两次喊话的间隔 / pause between warnings",
    )
    grace_s: float = Field(
        default=1.5,
        ge=0.0,
        le=60.0,
        description="遮挡或闪断的宽限 / an absence this short is no leave",
    )
    min_people: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="区域内至少几人才喊话 / people in the zone to warn at all",
    )
    min_sightings: int = Field(
        default=3,
        ge=1,
        le=100,
        description="看到几次才算停留 / times to be seen in the zone before a stay is believed",
    )


class AlertsConfig(Section):
    """How long an alert lives, and what is a thing rather than somebody."""

    update_s: Seconds = Field(
        default=60.0, description="持续时多久更新一次 / between updates while it goes on"
    )
    end_after_s: Seconds = Field(
        default=5.0, description="消失多久算结束 / over once it has not been so for this long"
    )
    still_s: Seconds = Field(
        default=300.0,
        description="多久纹丝不动视为物体 / without any motion for so long it is a thing",
    )
    things: bool = Field(
        default=True, description="是否忽略从未动过的物体 / pass over what has never moved"
    )


class GateConfig(Section):
    """When the campus is closed, and how we know that its gate is."""

    closed_hours: Hours = Field(
        default=(), description="封闭时段,缺省全天 / hours in which the gate must be shut"
    )
    contact_pin: Name | None = Field(
        default=None, description="门磁引脚,闭合即关门 / the gate contact's pin; closed is shut"
    )
    open_s: Seconds = Field(
        default=60.0, description="封闭时段内允许开门的秒数 / seconds that it may stand open"
    )
