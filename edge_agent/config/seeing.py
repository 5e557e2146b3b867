"""Which model finds people, and when it looks."""

from typing import Literal

from pydantic import Field

from edge_agent.config.basics import Fraction, Section


class DetectorConfig(Section):
    """Which model finds people."""

    model: Literal["nanodet", "ssd"] = Field(default="nanodet", description="模型 / model")
    min_score: Fraction | None = Field(
        default=None,
        description="最低得分,缺省用模型自己的 / least score; the model's own if absent",
    )
    num_threads: int = Field(default=1, ge=1, le=64, description="推理线程数 / inference threads")
