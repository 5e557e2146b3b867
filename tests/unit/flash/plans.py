"""A device that a card is written for."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from contract.claims import Ticket
from firmware_config.adapters.parts import board, profile
from firmware_config.core.device import CardPlan, Network, Wifi, first_config

SECRET = "abcdefghijklmnopqrstuvwxyz234567"  # noqa: S105 - of nobody
TICKET = Ticket(
    claim=f"edge1.0123abcd.{SECRET}", url="https://central.example:8443", ca_sha256="a" * 64
)
PHRASE = "a phrase nobody guesses"


def plan(**other: object) -> CardPlan:
    """Give a water device's plan."""
    usual = {
        "device_id": "water-001",
        "site_name": "东湖",
        "ticket": TICKET,
        "profile": profile("water"),
        "board": board("pi5"),
        "network": Network(wifi=Wifi(ssid="学校", key=SecretStr(PHRASE))),
        "config_toml": first_config("water-001", "water", "东湖", TICKET.url),
        "ssh_keys": ("ssh-ed25519 AAAA installer",),
        "flashed_at": datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
    }
    return CardPlan(**{**usual, **other})  # type: ignore[arg-type]


def ticket_file(folder: Path) -> Path:
    """Write the claim as central gives it."""
    file = folder / "claim.json"
    file.write_text(TICKET.model_dump_json(), encoding="utf-8")
    return file
