"""Whether faces are recognised, and how sure one must be."""

from typing import Literal

from pydantic import Field

from edge_agent.config.basics import Fraction, Section


class ScaleConfig(Section):
    """A similarity scale of the site's own, as `huxiao-edge faces calibrate` prints it."""

    middle: float = Field(gt=0.0, le=2.0, description="相似度 0.5 处的距离 / distance at 0.50")
    width: float = Field(gt=0.0, le=1.0, description="标度宽度 / the scale's width")


class FacesConfig(Section):
    """Recognition; a site without it works fully."""

    enabled: bool = Field(default=False, description="是否识别人脸 / whether faces are recognised")
    backend: Literal["sface", "dlib"] = Field(
        default="sface", description="识别后端 / which recogniser"
    )
    min_similarity: Fraction = Field(
        default=0.90, description="相似度门槛,0.90 约为万分之一错认 / 0.90: about 1 wrong in 10,000"
    )
    margin: float = Field(
        default=0.05, ge=0.0, le=1.0, description="与次相似者的最小距离差 / clearly nearer by this"
    )
    votes: int = Field(default=3, ge=1, le=50, description="至少几帧一致 / good frames that agree")
    of_last: int = Field(default=7, ge=1, le=50, description="最近几帧 / of the last good frames")
    min_face_px: float = Field(
        default=40.0, ge=16.0, le=1000.0, description="人脸最小宽度 / a face's least width"
    )
    most_a_frame: int = Field(
        default=2, ge=1, le=50, description="每帧最多看几张脸 / faces read in one frame, at most"
    )
    repeat_s: float = Field(
        default=600.0,
        ge=0.0,
        le=86_400.0,
        description="同一人再次提示的间隔 / before the same entry is reported again",
    )
    scale: ScaleConfig | None = Field(default=None, description="本地标度 / a scale of the site's")
