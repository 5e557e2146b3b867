"""The devices' door stays open for others, whoever stands in it and does not move."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest

from central.adapters.broker_config import write_broker_config
from central.adapters.certificates import Authority
from central.adapters.tls_server import CERTIFICATE, MOST_AT_ONCE, TlsServer
from central.config import BrokerSection


@pytest.fixture
def authority() -> Authority:
    return Authority.make(datetime.now(UTC))


@pytest.fixture
def server(tmp_path: Path, authority: Authority) -> Iterator[TlsServer]:
    write_broker_config(tmp_path, authority, BrokerSection())

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        shown = environ[CERTIFICATE]
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"known" if shown else b"nobody"]

    made = TlsServer(("127.0.0.1", 0), tmp_path, app)
    thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def asked(server: TlsServer, authority: Authority, own: Path | None = None) -> bytes:
    context = ssl.create_default_context(cadata=authority.certificate.decode())
    if own:
        context.load_cert_chain(own / "d.crt", own / "d.key")
    connection = HTTPSConnection("127.0.0.1", server.server_port, context=context, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read()
    finally:
        connection.close()


def test_who_never_shakes_hands_keeps_nobody_waiting(
    server: TlsServer, authority: Authority
) -> None:
    stalled = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(10)]
    try:
        assert asked(server, authority) == b"nobody"
    finally:
        for one in stalled:
            one.close()


def test_more_than_there_is_room_for_are_turned_away_and_room_comes_back(
    server: TlsServer, authority: Authority
) -> None:
    where = ("127.0.0.1", server.server_port)
    stalled = [socket.create_connection(where) for _ in range(MOST_AT_ONCE + 5)]
    with pytest.raises((ConnectionError, ssl.SSLError)):
        asked(server, authority)
    for one in stalled:
        one.close()
    for _ in range(50):
        try:
            assert asked(server, authority) == b"nobody"
            break
        except OSError:
            threading.Event().wait(0.1)
    else:
        pytest.fail("no room came back")


def test_a_certificate_of_ours_is_passed_on_and_a_foreign_one_refused(
    server: TlsServer, authority: Authority, tmp_path: Path
) -> None:
    for issuer, is_ours in ((authority, True), (Authority.make(datetime.now(UTC)), False)):
        issued = issuer.for_client("water-001")
        (tmp_path / "d.crt").write_bytes(issued.certificate)
        (tmp_path / "d.key").write_bytes(issued.key)
        if is_ours:
            assert asked(server, authority, tmp_path) == b"known"
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                asked(server, authority, tmp_path)
