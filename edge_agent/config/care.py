"""How the device takes care of itself: warmth and memory."""

from pydantic import Field, model_validator

from edge_agent.config.basics import Section


class CareConfig(Section):
    """From where on it looks more seldom, says so, or begins a process anew."""

    warm_c: float = Field(
        default=75.0,
        ge=40.0,
        le=110.0,
        description="从此温度起逐步少看 / from here on it looks more seldom, °C",
    )
    hot_c: float = Field(
        default=82.0,
        ge=45.0,
        le=120.0,
        description="到此温度降到最低并上报过热 / from here on least often, and `hot` is told, °C",
    )
    memory_soft_bytes: int = Field(
        default=700_000_000,
        ge=100_000_000,
        description="单个进程超过即上报内存不足 / a process above tells `memory`",
    )
    memory_hard_bytes: int = Field(
        default=1_200_000_000,
        ge=150_000_000,
        description="单个进程超过即退出并由系统重启 / above, it ends and is begun anew",
    )

    @model_validator(mode="after")
    def _rises(self) -> "CareConfig":
        if self.hot_c <= self.warm_c:
            msg = "hot_c 须大于 warm_c / must be above warm_c"
            raise ValueError(msg)
        if self.memory_hard_bytes <= self.memory_soft_bytes:
            msg = "memory_hard_bytes 须大于 memory_soft_bytes / must be above memory_soft_bytes"
            raise ValueError(msg)
        return self
