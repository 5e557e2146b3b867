"""What stands behind the local page."""

import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from edge_agent.adapters.clock import SystemTime
from edge_agent.adapters.commissioning import CommissioningFolder, signed_report
from edge_agent.adapters.drawings import DrawingFile
from edge_agent.adapters.live_picture import LiveView
from edge_agent.adapters.outbox import SqliteOutbox
from edge_agent.adapters.page_server.certificate import fingerprint, own_certificate
from edge_agent.adapters.page_server.serving import Address, served
from edge_agent.adapters.pins import PinFile, kept_secret
from edge_agent.adapters.suggestions import SuggestionBook
from edge_agent.config import EdgeConfig
from edge_agent.config.page import live_dir_of
from edge_agent.page.app import create_app
from edge_agent.page.desk import Desk, Doorkeeper
from edge_agent.ports import PageError
from edge_agent.wiring.advising import InstallersAdvice
from edge_agent.wiring.linking import opened_outbox
from edge_agent.wiring.noticing import PageHealth
from edge_agent.wiring.showing_report import cameras_seen
from edge_agent.wiring.trying import ButtonTrials


@contextmanager
def served_page(config_file: Path, config: EdgeConfig) -> Iterator[str]:
    """Serve the page of one device until the end of the block; gives its address.

    Raises:
        PageError: address or certificate cannot be used.
        OutboxError: the shared file cannot be used.
    """
    drawings = DrawingFile(config_file)
    with (
        opened_outbox(config.data_dir) as outbox,
        closing(PageHealth(drawings.config)) as health,
    ):
        try:
            app = create_app(made_desk(config, drawings, outbox, health))
            with served(app, _address(config), _folder(config)) as port:
                health.check_again()
                scheme = "https" if config.page.tls else "http"
                yield f"{scheme}://{config.page.host}:{port}"
        except (OSError, ssl.SSLError) as error:
            where = f"{config.page.host}:{config.page.port}"
            msg = f"本机页面无法提供 (the page cannot be served) {where}: {error}"
            raise PageError(msg) from error


def made_desk(
    config: EdgeConfig, drawings: DrawingFile, outbox: SqliteOutbox, health: PageHealth
) -> Desk:
    """Give the desk of one device.

    Raises:
        OSError: the page's own secret can be neither read nor made.
    """
    pins = page_pins(config)
    return Desk(
        device={
            "device_id": config.device_id,
            "site_name": config.site_name,
            "release": version("huxiao"),
        },
        secret=kept_secret(_folder(config) / "secret.key"),
        is_secure=config.page.tls,
        idle_s=config.page.idle_s,
        pins=pins,
        doorkeeper=Doorkeeper(pins, time.monotonic),
        drawings=drawings,
        live=LiveView(live_dir_of(config.page, config.data_dir)),
        health=health,
        trials=ButtonTrials(outbox),
        suggestions=InstallersAdvice(SuggestionBook(outbox), drawings),
        commissioning=CommissioningFolder(config.data_dir / "commissioning"),
        sign=partial(
            signed_report, key_file=config.broker.key_file, cert_file=config.broker.cert_file
        ),
        now=SystemTime().now,
        seen=partial(cameras_seen, drawings, live_dir_of(config.page, config.data_dir)),
    )


def page_pins(config: EdgeConfig) -> PinFile:
    """Give the page's PINs."""
    return PinFile(_folder(config) / "pins.json")


def page_fingerprint(config: EdgeConfig) -> str:
    """Give the fingerprint of the page's certificate, as browsers show it.

    Raises:
        OSError, ValueError: no certificate, or none yet.
    """
    return fingerprint(config.page.cert_file or _folder(config) / "page.crt")


def _address(config: EdgeConfig) -> Address:
    page = config.page
    if not page.tls:
        return Address(page.host, page.port)
    if page.cert_file is not None and page.key_file is not None:
        return Address(page.host, page.port, page.cert_file, page.key_file)
    return Address(
        page.host, page.port, *own_certificate(_folder(config), config.device_id, page.host)
    )


def _folder(config: EdgeConfig) -> Path:
    return config.data_dir / "page"
