"""Has clips made by another process, one at a time; one that hangs is killed."""

import io
import logging
import subprocess
import sys

from edge_agent.adapters.clips.film import FilmError
from edge_agent.adapters.clips.parcel import Made, Order, pack_order, unpack_made

LOG = logging.getLogger("huxiao.watch")

COMMAND = (sys.executable, "-m", "edge_agent.adapters.clips.encode_once")
LONGEST_S = 120.0
"""On a Pi 4 a clip of 15 s takes about 20 s; a process that needs longer than this hangs."""


class Encoder:
    """Runs the encoder's process; `stop` ends the one that runs now."""

    def __init__(self, command: tuple[str, ...] = COMMAND, longest_s: float = LONGEST_S) -> None:
        self._command = command
        self._longest_s = longest_s
        self._running: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def make(self, order: Order) -> Made:
        """Have one clip made.

        Raises:
            FilmError: with the reason, on which nothing was made.
        """
        parcel = io.BytesIO()
        pack_order(order, parcel)
        pipe = subprocess.PIPE
        try:
            with subprocess.Popen(  # noqa: S603 - our own module, no shell
                self._command, stdin=pipe, stdout=pipe, stderr=pipe
            ) as process:
                self._running = process
                if self._is_stopped:
                    process.kill()
                made, said = _answer(process, parcel.getvalue(), self._longest_s)
        except OSError as error:
            msg = f"录像进程无法启动 (the encoder cannot be started): {error}"
            raise FilmError(msg) from error
        finally:
            self._running = None
        words = said.decode(errors="replace").strip()
        if process.returncode != 0:
            msg = f"录像失败 (no clip), {process.returncode}: {words[-300:]}"
            raise FilmError(msg)
        if words:
            LOG.warning("%s", words)
        try:
            return unpack_made(made)
        except ValueError as error:
            msg = f"录像不完整 (a clip cut short): {error}"
            raise FilmError(msg) from error

    def stop(self) -> None:
        """End what runs now, and whatever is begun from now on."""
        self._is_stopped = True
        if (process := self._running) is not None:
            process.kill()


def _answer(
    process: subprocess.Popen[bytes], order: bytes, longest_s: float
) -> tuple[bytes, bytes]:
    try:
        return process.communicate(order, timeout=longest_s)
    except subprocess.TimeoutExpired:
        process.kill()
        made, said = process.communicate()
        return made, said + f" 超过 {longest_s:.0f} 秒 (took too long)".encode()
