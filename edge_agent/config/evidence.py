"""Pictures and clips that travel with an alert."""

from pydantic import Field

from edge_agent.config.basics import Section


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
