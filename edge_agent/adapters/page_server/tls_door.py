"""TLS before waitress, which speaks none: each connection is passed on to a socket of our own."""

import asyncio
import contextlib
import logging
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

LOG = logging.getLogger("huxiao.page")

CHUNK_BYTES = 64 * 1024
IDLE_S = 120.0
MOST_CONNECTIONS = 64


class TlsDoor:
    """Takes TLS connections on `host:port`, and passes what they say to a Unix socket."""

    def __init__(self, context: ssl.SSLContext, inner: Path) -> None:
        self._context = context
        self._inner = inner
        self._open = 0

    def serve(self, host: str, port: int, ready: Callable[[int], None]) -> "DoorThread":
        """Serve in a thread of its own; `ready` hears the port.

        Raises:
            OSError: the address cannot be used.
        """
        thread = DoorThread(self, host, port)
        ready(thread.begin())
        return thread

    async def open(self, host: str, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._pass_on, host, port, ssl=self._context)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open >= MOST_CONNECTIONS:
            writer.close()
            return
        self._open += 1
        try:
            inner_reader, inner_writer = await asyncio.open_unix_connection(self._inner)
            both = (_pumped(reader, inner_writer), _pumped(inner_reader, writer))
            await asyncio.gather(*both)
        except (OSError, ssl.SSLError):
            writer.close()
        finally:
            self._open -= 1


class DoorThread:
    """The thread in which the door stands."""

    def __init__(self, door: TlsDoor, host: str, port: int) -> None:
        self._door = door
        self._where = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tls", daemon=True)
        self._server: asyncio.Server | None = None

    def begin(self) -> int:
        """Open the door; give its port."""
        self._thread.start()
        opening = asyncio.run_coroutine_threadsafe(self._door.open(*self._where), self._loop)
        try:
            self._server = opening.result(timeout=10.0)
        except BaseException:
            self._end()
            raise
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Close it, and every connection."""
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(timeout=5.0)
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5.0)
        self._loop.close()

    async def _ended(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await asyncio.wait_for(reader.read(CHUNK_BYTES), IDLE_S):
            writer.write(chunk)
            await writer.drain()
    except (OSError, ssl.SSLError, TimeoutError):
        pass
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
