"""Where the district is, and who we are."""

from typing import Annotated

from pydantic import Field

from edge_agent.config.basics import Seconds, Section
from edge_agent.config.places import PlacedPath


class BrokerConfig(Section):
    """Where the district's broker is, and how this device proves who it is."""

    host: Annotated[str, Field(min_length=1, max_length=253)] = Field(
        default="127.0.0.1", description="消息服务器 / the broker's name or address"
    )
    port: int = Field(default=8883, ge=1, le=65_535, description="端口 / port")
    ca_file: PlacedPath | None = Field(default=None, description="CA 证书 / the CA's certificate")
    cert_file: PlacedPath | None = Field(default=None, description="设备证书 / our certificate")
    key_file: PlacedPath | None = Field(default=None, description="设备私钥 / our private key")
    signing_key_file: PlacedPath | None = Field(
        default=None, description="平台签名公钥 / the key with which central signs what it says"
    )
    renew_url: Annotated[str, Field(pattern=r"^(https://[^\s/?#]+)?$", max_length=300)] = Field(
        default="",
        description="领证书与续期的地址 / where certificates are renewed, https://host:port",
    )
    keepalive_s: int = Field(default=30, ge=5, le=3600, description="心跳保活 / keepalive")
    replay_per_s: float = Field(
        default=20.0,
        gt=0.0,
        le=1000.0,
        description="补报速率上限,条每秒 / late alerts a second, at most",
    )
    heartbeat_s: Seconds = Field(default=60.0, description="健康上报间隔 / between health reports")
