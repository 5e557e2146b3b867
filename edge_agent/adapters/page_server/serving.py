"""The page's server: waitress alone on this machine, or behind our TLS door."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waitress.server import create_server
from waitress.wasyncore import close_all

from edge_agent.adapters.page_server.tls_door import TlsDoor

THREADS = 6
MOST_BODY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; with certificate and key: behind TLS."""

    host: str
    port: int
    cert_file: Path | None = None
    key_file: Path | None = None


@contextmanager
def served(app: Callable[..., Any], address: Address, folder: Path) -> Iterator[int]:
    """Serve until the end of the block; gives the port.

    Raises:
        OSError: the address cannot be used.
        ssl.SSLError: certificate and key do not fit.
    """
    with ExitStack() as opened:
        if address.cert_file is None or address.key_file is None:
            server = _waitress(app, host=address.host, port=address.port)
            opened.callback(_ended, server, _started(server))
            yield int(server.effective_port)
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(address.cert_file, address.key_file)
        inner = folder / "page.sock"
        inner.unlink(missing_ok=True)
        server = _waitress(app, unix_socket=str(inner), unix_socket_perms="600")
        opened.callback(inner.unlink, missing_ok=True)
        opened.callback(_ended, server, _started(server))
        ports: list[int] = []
        door = TlsDoor(context, inner).serve(address.host, address.port, ports.append)
        opened.callback(door.close)
        yield ports[0]


def _waitress(app: Callable[..., Any], **where: Any) -> Any:
    scheme = "https" if "unix_socket" in where else "http"
    return create_server(
        app,
        threads=THREADS,
        ident=None,
        url_scheme=scheme,
        max_request_body_size=MOST_BODY_BYTES,
        clear_untrusted_proxy_headers=True,
        **where,
    )


def _started(server: Any) -> threading.Thread:
    thread = threading.Thread(target=server.run, name="waitress", daemon=True)
    thread.start()
    return thread


def _ended(server: Any, thread: threading.Thread) -> None:
    """Close everything within its own loop, which then finds nothing left to wait for."""
    sockets = server._map  # noqa: SLF001 - waitress has no public way to stop
    server.trigger.pull_trigger(lambda: close_all(sockets, ignore_all=True))
    thread.join(timeout=5.0)
    server.task_dispatcher.shutdown(timeout=1.0)
