"""A camera watched from outside: reading may block for ever, and a driver's call cannot be ended.

It is then left behind, with its thread, and begun anew. What was left behind goes away by itself
once its call returns.
"""

import threading
from collections.abc import Iterator

from edge_agent.ports import Frame, Source, SourceError

PATIENCE_S = 9.0
"""Without a frame for so long, reading hangs; OpenCV's own limits on the network are shorter."""
OPENING_S = 20.0
MOST_HUNG = 3


class Attended:
    """The newest frames of a live source; each iteration reads in a thread of its own.

    Raises `SourceError` when nothing comes for `patience_s`, `opening_s` for the first frame, and
    passes on what reading raises.
    """

    def __init__(
        self, source: Source, *, patience_s: float = PATIENCE_S, opening_s: float = OPENING_S
    ) -> None:
        self._source = source
        self._patience_s = patience_s
        self._opening_s = opening_s
        self._hung: list[threading.Thread] = []

    def __iter__(self) -> Iterator[Frame]:
        self._hung = [thread for thread in self._hung if thread.is_alive()]
        if len(self._hung) >= MOST_HUNG:
            msg = (
                "摄像头驱动卡死,请断电重启摄像头 the camera's driver hangs: power-cycle the camera"
            )
            raise SourceError(msg)
        reading = _Reading(self._source)
        patience_s = self._opening_s
        try:
            while (frame := reading.next(patience_s)) is not None:
                yield frame
                patience_s = self._patience_s
        finally:
            self._hung.append(reading.left())

    def close(self) -> None:
        """End an iteration under way."""
        self._source.close()


class _Reading:
    """One try to read, in its own thread; only the newest frame is kept."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._is_over = False
        self._is_left = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._read, name="reading", daemon=True)
        self._thread.start()

    def next(self, patience_s: float) -> Frame | None:
        """Wait for a frame; None at the end."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._newest or self._is_over, patience_s):
                msg = f"{patience_s:.0f} 秒没有画面 no picture for {patience_s:.0f} s"
                raise SourceError(msg)
            frame, self._newest = self._newest, None
            if frame is None and self._error is not None:
                raise self._error
            return frame

    def left(self) -> threading.Thread:
        """Care no more; the thread ends at its next frame, if one ever comes."""
        with self._changed:
            self._is_left = True
        return self._thread

    def _read(self) -> None:
        try:
            for frame in self._source:
                if not self._give(frame):
                    return
        except BaseException as error:  # noqa: BLE001 - told to whoever asks, in the other thread
            self._error = error
        finally:
            with self._changed:
                self._is_over = True
                self._changed.notify()

    def _give(self, frame: Frame) -> bool:
        with self._changed:
            self._newest = frame
            self._changed.notify()
            return not self._is_left
