"""What is drawn on a camera's picture, and the camera itself."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from contract.messages import Name
from edge_agent.config.basics import Corner, Seconds, Section
from edge_agent.config.places import SourceText
from edge_agent.config.times import Hours
from edge_agent.core.points import Point
from edge_agent.core.polygons import area, is_simple

MIN_AREA = 1e-4  # of the frame: smaller is a slip of the pen, no place where anybody stands

_CROSSED: Final = "polygon_crosses_itself"
_EMPTY: Final = "polygon_is_empty"
_POINT: Final = "line_is_a_point"


def _drawn_well(polygon: tuple[Point, ...]) -> tuple[Point, ...]:
    if not is_simple(polygon):
        raise PydanticCustomError(_CROSSED, "a polygon whose edges do not cross")
    if abs(area(polygon)) < MIN_AREA:
        raise PydanticCustomError(_EMPTY, "a polygon that encloses some ground")
    return polygon


Polygon = Annotated[
    tuple[Corner, ...], Field(min_length=3, max_length=64), AfterValidator(_drawn_well)
]


class ZoneConfig(Section):
    """A zone: nobody may stay in it longer than its limit."""

    zone_id: Name = Field(description="区域编号 / the zone's id, unique within its camera")
    polygon: Polygon = Field(description="顶点,画面比例坐标 / corners, in fractions of the frame")
    dwell_limit_s: Seconds = Field(
        default=8.0, description="允许停留的秒数 / seconds that a person may stay"
    )
    alone_limit_s: Seconds | None = Field(
        default=None, description="独自一人时允许的秒数 / seconds for somebody alone"
    )
    group_size: int | None = Field(
        default=None, ge=2, le=1000, description="几人算聚集 / so many make a group"
    )
    group_limit_s: Seconds | None = Field(
        default=None, description="聚集时允许的秒数 / seconds for a group; as for one if absent"
    )
    active: Hours = Field(default=(), description="生效时段,缺省全天 / hours in which it counts")


class LineConfig(Section):
    """A line that nobody may cross in the guarded direction."""

    line_id: Name = Field(description="警戒线编号 / the line's id, unique within its camera")
    a: Corner = Field(description="起点 / where it starts, in fractions of the frame")
    b: Corner = Field(description="终点 / where it ends")
    direction: Literal["any", "left_to_right", "right_to_left"] = Field(
        default="any", description="报警方向,从 a 走向 b 时看 / which way, seen walking from a to b"
    )

    active: Hours = Field(default=(), description="生效时段,缺省全天 / hours in which it counts")

    @field_validator("b")
    @classmethod
    def _leads_somewhere(cls, b: Point, info: ValidationInfo) -> Point:
        if b == info.data.get("a"):
            raise PydanticCustomError(_POINT, "two different ends")
        return b


class PostConfig(Section):
    """A place where somebody must stand in duty hours: the guard's post, the escort's post."""

    post_id: Name = Field(description="岗位编号 / the post's id, unique within its camera")
    duty: Literal["guard_on_post", "escort_post"] = Field(
        description="保安在岗或护学岗 / the full-time guard, or the escort at arrival and leaving"
    )
    polygon: Polygon = Field(description="顶点,画面比例坐标 / corners, in fractions of the frame")
    gap_s: Seconds = Field(
        default=180.0, description="允许离岗的秒数 / seconds that it may be empty"
    )
    min_people: int = Field(default=1, ge=1, le=100, description="至少几人 / people needed")
    active: Hours = Field(default=(), description="在岗时段,缺省全天 / duty hours")


class MaskConfig(Section):
    """A place in which nobody can stand: what is found there is a thing."""

    polygon: Polygon = Field(description="顶点,画面比例坐标 / corners, in fractions of the frame")


class CameraConfig(Section):
    """One lens and what is drawn on its picture."""

    camera_id: Name = Field(description="摄像头编号 / the camera's id, unique on the device")
    source: Annotated[SourceText, Field(min_length=1)] = Field(
        description="文件、网址、USB 序号、picamera 或管道 / file, URL, USB index, picamera, ..."
    )
    zones: tuple[ZoneConfig, ...] = Field(default=(), description="电子围栏区域 / zones")
    lines: tuple[LineConfig, ...] = Field(default=(), description="警戒线 / lines")
    masks: tuple[MaskConfig, ...] = Field(
        default=(), description="遮罩,其中不会有人 / masks: nobody can stand there"
    )
    min_score: Annotated[float, Field(ge=0.0, le=1.0)] | None = Field(
        default=None, description="本摄像头的最低得分 / this camera's own least score"
    )
    tiling: Literal["off", "auto", "zones", "2x2"] = Field(
        default="auto",
        description="小目标放大再看一次 / look again, larger, where people are small",
    )
    posts: tuple[PostConfig, ...] = Field(default=(), description="岗位 / posts to be manned")
