"""How the rules speak and forgive."""

from pydantic import Field

from edge_agent.config.basics import Section


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
