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
    night_min_score: Fraction | None = Field(
        default=None,
        description="夜间最低得分,缺省同白天 / least score by night; as by day if absent",
    )
    gate: bool = Field(
        default=True,
        description="无动静时少看 / look seldom where nothing moves and nobody is followed",
    )
    max_inferences: int = Field(
        default=2, ge=1, le=8, description="每帧最多推理几次 / inferences for one picture, at most"
    )
    num_threads: int = Field(default=1, ge=1, le=64, description="推理线程数 / inference threads")
