"""The sections of a device's config, with their defaults. Unknown keys are errors.

Every limit and time here is district configuration; the defaults are ours, the plan names none.
"""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from contract.messages import DeviceId, Name
from edge_agent.config.places import PlacedPath, SinkText, SourceText
from edge_agent.core.boxes import Point
from edge_agent.core.polygons import area, is_simple

MIN_AREA = 1e-4  # of the frame: smaller is a slip of the pen, no place where anybody stands

_CROSSED: Final = "polygon_crosses_itself"
_EMPTY: Final = "polygon_is_empty"
_POINT: Final = "line_is_a_point"

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Place = Annotated[float, Field(ge=-0.5, le=1.5)]
"""In fractions of the frame; a drawing may reach beyond its edge, where a foot is cut off."""
Corner = tuple[Place, Place]
Seconds = Annotated[float, Field(gt=0.0, le=86_400.0)]


class Section(BaseModel):
    """What all sections share: strict, frozen, deaf to nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _drawn_well(polygon: tuple[Point, ...]) -> tuple[Point, ...]:
    if not is_simple(polygon):
        raise PydanticCustomError(_CROSSED, "a polygon whose edges do not cross")
    if abs(area(polygon)) < MIN_AREA:
        raise PydanticCustomError(_EMPTY, "a polygon that encloses some ground")
    return polygon


class ZoneConfig(Section):
    """A zone: nobody may stay in it longer than its limit."""

    zone_id: Name = Field(description="区域编号 / the zone's id, unique within its camera")
    polygon: Annotated[
        tuple[Corner, ...], Field(min_length=3, max_length=64), AfterValidator(_drawn_well)
    ] = Field(description="顶点,画面比例坐标 / corners, in fractions of the frame")
    dwell_limit_s: Seconds = Field(
        default=8.0, description="允许停留的秒数 / seconds that a person may stay"
    )


class LineConfig(Section):
    """A line that nobody may cross in the guarded direction."""

    line_id: Name = Field(description="警戒线编号 / the line's id, unique within its camera")
    a: Corner = Field(description="起点 / where it starts, in fractions of the frame")
    b: Corner = Field(description="终点 / where it ends")
    direction: Literal["any", "left_to_right", "right_to_left"] = Field(
        default="any", description="报警方向,从 a 走向 b 时看 / which way, seen walking from a to b"
    )

    @field_validator("b")
    @classmethod
    def _leads_somewhere(cls, b: Point, info: ValidationInfo) -> Point:
        if b == info.data.get("a"):
            raise PydanticCustomError(_POINT, "two different ends")
        return b


class CameraConfig(Section):
    """One lens and what is drawn on its picture."""

    camera_id: Name = Field(description="摄像头编号 / the camera's id, unique on the device")
    source: Annotated[SourceText, Field(min_length=1)] = Field(
        description="文件、网址、USB 序号、picamera 或管道 / file, URL, USB index, picamera, ..."
    )
    zones: tuple[ZoneConfig, ...] = Field(default=(), description="电子围栏区域 / zones")
    lines: tuple[LineConfig, ...] = Field(default=(), description="警戒线 / lines")


class DetectorConfig(Section):
    """Which model finds people."""

    model: Literal["nanodet", "ssd"] = Field(default="nanodet", description="模型 / model")
    min_score: Fraction | None = Field(
        default=None,
        description="最低得分,缺省用模型自己的 / least score; the model's own if absent",
    )
    num_threads: int = Field(default=1, ge=1, le=64, description="推理线程数 / inference threads")


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


class VoiceConfig(Section):
    """What is said aloud, and how."""

    enabled: bool = Field(default=True, description="是否喊话 / whether it speaks at all")
    rate: int = Field(default=150, ge=60, le=400, description="语速,词每分钟 / words a minute")
    volume: Fraction = Field(default=1.0, description="音量 / volume, 0 to 1")
    phrases: dict[Name, Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=dict,
        description="按编号改写喊话内容 / texts by phrase id, in place of ours",
    )
    clips_dir: PlacedPath = Field(
        default=Path("voice"), validate_default=True, description="录音目录 / recorded clips"
    )
    sink: Annotated[SinkText, Field(min_length=1)] = Field(
        default="default",
        description="声卡名,或 file:目录 / audio device, or file:DIR for WAV files",
    )


class BrokerConfig(Section):
    """Where the district's broker is, and how this device proves who it is."""

    host: Annotated[str, Field(min_length=1, max_length=253)] = Field(
        default="127.0.0.1", description="消息服务器 / the broker's name or address"
    )
    port: int = Field(default=8883, ge=1, le=65_535, description="端口 / port")
    ca_file: PlacedPath | None = Field(default=None, description="CA 证书 / the CA's certificate")
    cert_file: PlacedPath | None = Field(default=None, description="设备证书 / our certificate")
    key_file: PlacedPath | None = Field(default=None, description="设备私钥 / our private key")
    keepalive_s: int = Field(default=30, ge=5, le=3600, description="心跳保活 / keepalive")
    replay_per_s: float = Field(
        default=20.0,
        gt=0.0,
        le=1000.0,
        description="补报速率上限,条每秒 / late alerts a second, at most",
    )
    heartbeat_s: Seconds = Field(default=60.0, description="健康上报间隔 / between health reports")


class ButtonConfig(Section):
    """The one-key alarm's wires, by gpiozero's pin names."""

    pin: Name = Field(default="GPIO17", description="按钮引脚 / the button's pin")
    siren_pin: Name = Field(default="GPIO27", description="警笛引脚 / the siren's pin")
    lamp_pin: Name = Field(default="GPIO22", description="警灯引脚 / the lamp's pin")
    siren_s: Seconds = Field(default=10.0, description="鸣笛秒数 / how long it sounds")


class EvidenceConfig(Section):
    """Pictures that travel with an alert."""

    snapshots: bool = Field(default=True, description="是否附快照 / whether a picture is kept")
    jpeg_quality: int = Field(default=80, ge=10, le=95, description="JPEG 质量 / JPEG quality")
    max_bytes: int = Field(
        default=200_000,
        ge=10_000,
        le=256 * 1024,
        description="快照字节上限 / a picture's size, at most",
    )


class EdgeConfig(Section):
    """Everything that a device needs to know about itself."""

    device_id: DeviceId = Field(description="设备编号 / the device's id")
    profile: Literal["gate", "water", "venue"] = Field(description="设备类型 / kind of box")
    site_name: str = Field(default="", max_length=100, description="安装地点 / where it stands")
    data_dir: PlacedPath = Field(
        default=Path("/var/lib/huxiao"), description="数据目录 / where it keeps its data"
    )
    detector: DetectorConfig = Field(default_factory=DetectorConfig)
    water: WaterConfig = Field(default_factory=WaterConfig)
    voice: VoiceConfig = Field(default_factory=VoiceConfig)
    broker: BrokerConfig = Field(default_factory=BrokerConfig)
    button: ButtonConfig = Field(default_factory=ButtonConfig)
    evidence: EvidenceConfig = Field(default_factory=EvidenceConfig)
    cameras: Annotated[tuple[CameraConfig, ...], Field(max_length=32)] = ()
