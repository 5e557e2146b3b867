"""What one device is told on its card."""

import hashlib
import ipaddress
import json
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from contract.claims import Ticket
from firmware_config.core.profiles import Board, Profile, ProfileName, Strict

_HEX_KEY = re.compile(r"^[0-9a-fA-F]{64}$")


class Wifi(Strict):
    """A wireless network; the country decides which channels are allowed and must be said."""

    ssid: str = Field(min_length=1, max_length=32)
    key: SecretStr
    country: str = Field(default="CN", pattern=r"^[A-Z]{2}$")
    is_hidden: bool = False

    @field_validator("key")
    @classmethod
    def _length(cls, given: SecretStr) -> SecretStr:
        said = given.get_secret_value()
        if not (8 <= len(said) <= 63 or _HEX_KEY.match(said)):  # noqa: PLR2004 WPA's own limits
            msg = "WPA 密码为 8 至 63 个字符 (a WPA passphrase has 8 to 63 characters)"
            raise ValueError(msg)
        return given

    def hashed(self) -> str:
        """Give the key as the card keeps it: derived, so that the phrase itself is nowhere."""
        said = self.key.get_secret_value()
        if _HEX_KEY.match(said):
            return said.lower()
        return hashlib.pbkdf2_hmac("sha1", said.encode(), self.ssid.encode(), 4096, 32).hex()


class Network(Strict):
    """The wire's address, by DHCP where nothing is said, and a wireless network beside it."""

    address: str | None = Field(default=None, description="固定地址 e.g. 10.20.0.7/24")
    gateway: str | None = None
    dns: tuple[str, ...] = ()
    wifi: Wifi | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Network":
        if self.address is None and (self.gateway or self.dns):
            msg = "网关和 DNS 只用于固定地址 (gateway and dns need a fixed address)"
            raise ValueError(msg)
        if self.address is not None:
            own = _with_prefix(self.address)
            if self.gateway and _plain(self.gateway) not in own.network:
                msg = f"网关 {self.gateway} 不在 {own.network} 中 (the gateway is outside)"
                raise ValueError(msg)
        for one in self.dns:
            _plain(one)
        return self


def _with_prefix(said: str) -> ipaddress.IPv4Interface | ipaddress.IPv6Interface:
    """Read an address with the size of its network: without it nothing else can be reached."""
    try:
        own = ipaddress.ip_interface(said)
    except ValueError:
        own = None
    if own is None or "/" not in said:
        msg = f"{said}: 要带网络前缀的地址,如 10.20.0.7/24 (an address with its prefix)"
        raise ValueError(msg)
    return own


def _plain(said: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(said)
    except ValueError:
        msg = f"{said}: 不是 IP 地址 (no IP address)"
        raise ValueError(msg) from None


@dataclass(frozen=True, slots=True)
class CardPlan:
    """Everything that is decided before the first byte is written."""

    device_id: str
    site_name: str
    ticket: Ticket
    profile: Profile
    board: Board
    network: Network
    config_toml: str
    ssh_keys: tuple[str, ...]
    flashed_at: datetime


def mismatch(profile: Profile, board: Board) -> str:
    """Say what does not fit together; empty where all does."""
    if board.name not in profile.boards:
        return f"{profile.name} 不用于 {board.name},可用 (boards): {', '.join(profile.boards)}"
    return ""


def first_config(device_id: str, profile: ProfileName, site_name: str, central: str) -> str:
    """Give the config of a device that nobody has drawn zones for yet; enrolling completes it."""
    host = urlsplit(central).hostname or ""
    site = json.dumps(site_name, ensure_ascii=False)  # JSON's strings are TOML's, too
    return f"""device_id = "{device_id}"
profile = "{profile}"
site_name = {site}

[broker]
host = "{host}"
port = 8883
ca_file = "ca.crt"
cert_file = "device.crt"
key_file = "device.key"
signing_key_file = "central.pub"

[gallery]
enrolment_key_file = "enrolment.pub"

[[cameras]]
camera_id = "cam1"
source = "0"
"""
