"""The local page: where it listens, and who may come in."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from edge_agent.config.basics import Seconds, Section
from edge_agent.config.places import PlacedPath

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
RUN_DIR = Path("/run/huxiao")

_OPEN: Final = "page_in_the_open"


class PageConfig(Section):
    """The local page of installer and school; its process is optional."""

    host: Annotated[str, Field(min_length=1, max_length=253)] = Field(
        default="127.0.0.1", description="监听地址 / the address it listens on"
    )
    port: int = Field(default=8443, ge=1, le=65_535, description="端口 / port")
    tls: bool = Field(
        default=True,
        description="是否加密,仅本机访问时可关 / HTTPS; may be off on this machine only",
    )
    cert_file: PlacedPath | None = Field(
        default=None, description="页面证书,缺省自签 / its certificate; self-signed if absent"
    )
    key_file: PlacedPath | None = Field(
        default=None, description="页面私钥 / the certificate's private key"
    )
    live_dir: PlacedPath | None = Field(
        default=None,
        description="实时画面目录,宜在内存 / where the live picture lies; best in memory",
    )
    idle_s: Seconds = Field(
        default=1800.0, description="无操作多久后退出 / signed out after so long without a touch"
    )

    @field_validator("tls")
    @classmethod
    def _hidden_from_others(cls, tls: bool, info: ValidationInfo) -> bool:
        if not tls and info.data.get("host") not in LOOPBACK:
            raise PydanticCustomError(_OPEN, "true, unless host is 127.0.0.1")
        return tls


def live_dir_of(page: PageConfig, data_dir: Path) -> Path:
    """Give the folder of the live picture: the one named, or one in memory where there is one."""
    if page.live_dir is not None:
        return page.live_dir
    return RUN_DIR / "live" if RUN_DIR.is_dir() else data_dir / "live"
