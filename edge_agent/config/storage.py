"""What the device may keep, and for how long: everything ends up deleted."""

from pydantic import Field

from edge_agent.config.basics import Section


class StorageConfig(Section):
    """Limits of what waits for the district; what the district has confirmed is deleted at once."""

    quota_bytes: int = Field(
        default=2_000_000_000,
        ge=10_000_000,
        description="未送达的照片录像总量上限 / pictures and clips that wait, in all",
    )
    keep_evidence_days: int = Field(
        default=30, ge=1, le=365, description="未送达的照片录像最长保留 / they are kept for"
    )
    keep_alerts_days: int = Field(
        default=180,
        ge=7,
        le=1095,
        description="未送达的预警最长保留 / waiting alerts are kept",
    )
