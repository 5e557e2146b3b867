"""A device's page without a server: its files in a folder, its button a list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.commissioning import CommissioningFolder, signed_report
from edge_agent.adapters.drawings import DrawingFile
from edge_agent.adapters.live_picture import LiveView
from edge_agent.adapters.outbox_file import SharedFile
from edge_agent.adapters.pins import PageRole, PinFile
from edge_agent.adapters.suggestions import SuggestionBook
from edge_agent.core.checks import Finding
from edge_agent.page.app import create_app
from edge_agent.page.desk import Desk, Doorkeeper, Trip
from edge_agent.wiring.advising import InstallersAdvice

INSTALLER_PIN, SCHOOL_PIN = "295318", "740261"
AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)

DEVICE = """\
# 月湖东岸 (our pond)
device_id = "water-001"   # on the label
profile = "water"
site_name = "月湖东岸"

[voice]
volume = 0.8  # loud enough at 20 m

[[cameras]]
camera_id = "cam1"
source = "pond.mp4"

# the steps that go down to the water
[[cameras.zones]]
zone_id = "steps"
polygon = [[0.42, 0.60], [0.74, 0.60], [0.74, 1.0], [0.42, 1.0]]
dwell_limit_s = 8.0
group_size = 4

[[cameras.lines]]
line_id = "bank"
a = [0.85, 0.45]
b = [0.85, 1.0]
"""


@dataclass
class TrialsOnPaper:
    """Notes what is asked; answers what it was told to."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    answer: Trip = field(default_factory=lambda: Trip(is_done=False))

    def ask(self, kind: str, by: str) -> str:
        self.asked.append((kind, by))
        return str(len(self.asked))

    def follow(self, trial_id: str) -> Trip | None:
        return self.answer if trial_id == str(len(self.asked)) else None


@dataclass
class HealthOnPaper:
    """Says what it was told to."""

    rows: list[Finding] = field(default_factory=lambda: [Finding("link", "ok", "已连接")])
    checks: int = 0

    def findings(self) -> Sequence[Finding]:
        return self.rows

    def check_again(self) -> None:
        self.checks += 1

    def is_checking(self) -> bool:
        return False


@dataclass
class Ticks:
    """A clock that a test moves."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class PageKit:
    """A device and its page."""

    folder: Path
    app: Flask
    desk: Desk
    trials: TrialsOnPaper
    health: HealthOnPaper
    ticks: Ticks
    book: SuggestionBook

    @property
    def config_file(self) -> Path:
        return self.folder / "device.toml"

    def visitor(self) -> FlaskClient:
        return self.app.test_client()

    def signed_in(self, pin: str = INSTALLER_PIN) -> FlaskClient:
        client = self.app.test_client()
        assert enter(client, pin).status_code == 302
        return client


def page_kit(folder: Path, *, pins: bool = True, key: Path | None = None) -> PageKit:
    (folder / "device.toml").write_text(DEVICE, encoding="utf-8")
    pin_file = PinFile(folder / "page" / "pins.json")
    if pins:
        pin_file.set(PageRole.INSTALLER, INSTALLER_PIN)
        pin_file.set(PageRole.SCHOOL, SCHOOL_PIN)
    trials, health, ticks = TrialsOnPaper(), HealthOnPaper(), Ticks()
    book = SuggestionBook(SharedFile(folder / "outbox.db", SystemTime()))
    drawings = DrawingFile(folder / "device.toml")
    cert = None if key is None else key.with_suffix(".crt")
    desk = Desk(
        device={"device_id": "water-001", "site_name": "月湖东岸", "release": "0"},
        secret=b"of a page that lives for one test",
        is_secure=False,
        idle_s=600.0,
        pins=pin_file,
        doorkeeper=Doorkeeper(pin_file, ticks),
        drawings=drawings,
        live=LiveView(folder / "live"),
        health=health,
        trials=trials,
        suggestions=InstallersAdvice(book, drawings),
        commissioning=CommissioningFolder(folder / "commissioning"),
        sign=partial(signed_report, key_file=key, cert_file=cert),
        now=lambda: AT,
    )
    app = create_app(desk)
    return PageKit(folder, app, desk, trials, health, ticks, book)


def token(client: FlaskClient, path: str = "/sign-in") -> str:
    """Give the form's token that a page carries."""
    shown = client.get(path, follow_redirects=True).get_data(as_text=True)
    found = re.search(r'name="csrf-token" content="([^"]+)"', shown)
    assert found, shown
    return found[1]


def enter(client: FlaskClient, pin: str) -> TestResponse:
    """Type a PIN."""
    return client.post("/sign-in", data={"pin": pin, "csrf_token": token(client)})


def send(client: FlaskClient, method: str, path: str, body: object = None) -> TestResponse:
    """Say something to the API as our scripts do."""
    headers = {"X-CSRFToken": token(client, "/")}
    return client.open(path, method=method, json={} if body is None else body, headers=headers)
