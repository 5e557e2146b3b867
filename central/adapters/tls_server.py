"""An HTTPS server of central's own for devices: identity by certificate, one thread a request.

The pages stand behind the district's reverse proxy; devices come straight here, because the
certificate that they must believe, and the one that they show, are both of our own authority.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

LOG = logging.getLogger("huxiao.devices")

MOST_AT_ONCE = 48
PATIENCE_S = 20.0
TRY_AGAIN_S = 10.0
CERTIFICATE = "huxiao.client_certificate"
"""Where a request's environment has the certificate that was shown, DER, or None."""

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class TlsServer(ThreadingMixIn, WSGIServer):
    """Serves one application. A client may show a certificate; whether it counts, the app says."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, where: tuple[str, int], folder: Path, app: Wsgi) -> None:
        self._folder = folder
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        if ":" in where[0]:
            self.address_family = socket.AF_INET6
        super().__init__(where, _Handler)
        self.set_app(app)

    def server_bind(self) -> None:
        """Bind without asking a name server who we are."""
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "huxiao", self.server_address[1]
        self.setup_environ()

    def context(self) -> ssl.SSLContext:
        """Give TLS as the folder's files have it now: certificates are renewed while we run."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._folder / "server.crt", self._folder / "server.key")
        context.load_verify_locations(self._folder / "ca.crt")
        context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection in, unless too many are there already."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread: a slow one keeps nobody waiting."""
        try:
            request.settimeout(PATIENCE_S)
            secured = self.context().wrap_socket(request, server_side=True)
        except (OSError, ValueError) as error:
            LOG.debug("TLS: %s: %s", client_address, error)
            self.shutdown_request(request)
            self._room.release()
            return
        try:
            super().process_request_thread(secured, client_address)
        finally:
            self._room.release()

    def handle_error(self, _request: Any, client_address: Any) -> None:
        """A connection that breaks is the other side's business: said once, briefly."""
        LOG.debug("连接中断 (a device's connection broke): %s", client_address)


class _Handler(WSGIRequestHandler):
    server_version = "huxiao"
    sys_version = ""

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        connection = self.connection
        environ["wsgi.url_scheme"] = "https"
        environ["HTTPS"] = "on"
        is_tls = isinstance(connection, ssl.SSLSocket)
        environ[CERTIFICATE] = connection.getpeercert(binary_form=True) if is_tls else None
        return environ

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's own name
        LOG.debug("%s %s", self.client_address[0], format % args)


def serve_machines(app: Wsgi, where: tuple[str, int], folder: Path, stop: threading.Event) -> None:
    """Serve until told to stop; where the address is taken, say so and try again."""
    said = ""
    while not stop.is_set():
        try:
            server = TlsServer(where, folder, app)
        except OSError as error:
            words = f"{where[0] or '*'}:{where[1]}: {error.strerror}"
            if words != said:
                LOG.error("设备入网端口打不开，继续重试 (cannot listen for devices): %s", words)  # noqa: TRY400 - one line in words
            said = words
            stop.wait(TRY_AGAIN_S)
            continue
        LOG.info("设备入网端口 (devices enrol at): %s:%d", where[0] or "*", where[1])
        thread = threading.Thread(target=server.serve_forever, name="machines", daemon=True)
        thread.start()
        stop.wait()
        server.shutdown()
        server.server_close()
