"""A camera that goes away comes back: again and again, less and less often, without a fuss."""

import logging
import random
import time
from collections.abc import Callable, Iterator

from edge_agent.core.backoff import Backoff
from edge_agent.ports import Frame, Source, SourceError

LOG = logging.getLogger("huxiao.camera")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
SETTLED_S = 10.0
"""Only who has given frames for so long is back: a camera may die at its first frame each time."""


def persistent(
    source: Source, pause: Callable[[float], None] = time.sleep, name: str = ""
) -> Iterator[Frame]:
    """Give the frames of a source for ever; one line is logged for each change.

    Ends where a recording ends. Raises `SourceError` where trying again is no use.
    """
    backoff = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S)
    said = set[str]()
    while True:
        began: float | None = None
        try:
            for frame in source:
                began = frame.at if began is None else began
                if backoff.failures and frame.at - began >= SETTLED_S:
                    LOG.warning("摄像头恢复 %s (camera is back)", name)
                    backoff, said = backoff.reset(), set()
                yield frame
        except SourceError as error:
            if error.permanent:
                raise
            if str(error) not in said:
                LOG.warning("%s,将不断重试 (trying again and again)", error)
                said.add(str(error))
            backoff = backoff.failed()
            pause(backoff.wait_s(random.random()))  # noqa: S311 - spreads retries
        else:
            return
