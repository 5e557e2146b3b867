"""Which model finds people, and when it looks."""

from typing import Literal

from pydantic import Field

from edge_agent.config.basics import Fraction, Seconds, Section

Seen = Literal["dark", "covered", "frozen", "moved", "blinded", "slow"]


class EyesightConfig(Section):
    """When a camera counts as blind."""

    enabled: bool = Field(default=True, description="是否检查画面 / whether pictures are checked")
    faults: tuple[Seen, ...] = Field(
        default=("dark", "covered", "frozen", "moved", "blinded", "slow"),
        strict=False,
        description="检查哪些故障 / which faults are looked for; a lost picture always is",
    )
    report_after_s: float = Field(
        default=30.0,
        ge=0.0,
        le=86_400.0,
        description="看不见多久后上报 / seconds of blindness before it is reported",
    )
    over_after_s: float = Field(
        default=20.0,
        ge=0.0,
        le=86_400.0,
        description="恢复多久算结束 / seconds of sight before it is over",
    )
    dark_s: Seconds = Field(
        default=10.0, description="全黑多久算故障 / dark for so long is a fault"
    )
    covered_s: Seconds = Field(
        default=10.0, description="遮挡多久算故障 / covered for so long is a fault"
    )
    blinded_s: Seconds = Field(
        default=20.0, description="过曝多久算故障 / blinded by light for so long is a fault"
    )
    frozen_s: Seconds = Field(
        default=60.0,
        description="画面一成不变多久算冻结 / the same picture for so long is frozen",
    )
    moved_s: Seconds = Field(
        default=180.0,
        description="视野改变多久算移位 / another view for so long: the camera was moved",
    )
    relearn_s: float = Field(
        default=86_400.0,
        gt=0.0,
        le=31_536_000.0,
        description="移位多久后视为新视野 / moved for so long: the new view is taken for granted",
    )
    min_fps: float = Field(
        default=1.5,
        ge=0.0,
        le=100.0,
        description="每秒至少看几帧 / fewer pictures a second than this are too few for the rules",
    )


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
