"""Pictures and clips that travel with an alert."""

from pydantic import Field

from edge_agent.config.basics import Section


class EvidenceConfig(Section):
    """Pictures and clips that travel with an alert, and whose heads are hidden on them."""

    snapshots: bool = Field(default=True, description="是否附快照 / whether a picture is kept")
    jpeg_quality: int = Field(default=80, ge=10, le=95, description="JPEG 质量 / JPEG quality")
    max_bytes: int = Field(
        default=200_000,
        ge=10_000,
        le=256 * 1024,
        description="快照字节上限 / a picture's size, at most",
    )
    clips: bool = Field(default=True, description="是否附录像 / whether a clip is kept")
    pre_s: float = Field(
        default=5.0, ge=0.0, le=30.0, description="录像含预警前几秒 / seconds before the alert"
    )
    post_s: float = Field(
        default=10.0, ge=1.0, le=60.0, description="录像含预警后几秒 / seconds after it"
    )
    clip_fps: float = Field(
        default=5.0, ge=1.0, le=15.0, description="录像帧率 / pictures a second"
    )
    clip_width: int = Field(
        default=960, ge=320, le=1920, description="录像宽度上限(像素)/ widest, in pixels"
    )
    clip_max_bytes: int = Field(
        default=2_000_000,
        ge=200_000,
        le=8_000_000,
        description="录像字节上限 / a clip's size, at most",
    )
    clip_memory_bytes: int = Field(
        default=16_000_000,
        ge=2_000_000,
        le=256_000_000,
        description="所有摄像头的内存环上限 / memory for all cameras' last seconds",
    )
    blur: bool = Field(
        default=True,
        description="离开设备前遮挡其他人的脸 / hide other people's faces before it leaves",
    )
    blur_subject: bool = Field(
        default=False, description="连当事人的脸也遮挡 / hide the face of whom it is about, too"
    )
