"""Reading a little ahead: a recording is decoded while the last picture is looked at."""

import queue
import threading
from collections.abc import Iterator

from edge_agent.ports import Frame

FRAMES = 3

_Waiting = queue.Queue[Frame | BaseException | None]


def read_ahead(frames: Iterator[Frame], stop: threading.Event) -> Iterator[Frame]:
    """Give the same frames; up to three are read by a thread before they are asked for.

    What reading raises is raised here. `stop` ends the thread when nobody asks any more.
    """
    waiting: _Waiting = queue.Queue(FRAMES)
    thread = threading.Thread(
        target=_follow, args=(frames, waiting, stop), name="read-ahead", daemon=True
    )
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()


def _follow(frames: Iterator[Frame], waiting: _Waiting, stop: threading.Event) -> None:
    try:
        for frame in frames:
            if not _put(waiting, frame, stop):
                return
    except BaseException as error:  # noqa: BLE001 - told to whoever asks, in the other thread
        _put(waiting, error, stop)
    else:
        _put(waiting, None, stop)


def _put(waiting: _Waiting, item: Frame | BaseException | None, stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            waiting.put(item, timeout=0.2)
        except queue.Full:
            continue
        return True
    return False
