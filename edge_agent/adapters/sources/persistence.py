"""A camera that goes away comes back: again and again, less and less often, without a fuss."""

import logging
import random
import time
from collections.abc import Callable, Iterator

from edge_agent.ports import Frame, Source, SourceError

LOG = logging.getLogger("huxiao.camera")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


def persistent(
    source: Source, pause: Callable[[float], None] = time.sleep, name: str = ""
) -> Iterator[Frame]:
    """Give the frames of a source for ever; one line is logged for each change.

    Ends where a recording ends. Raises `SourceError` where trying again is no use.
    """
    failures = 0
    said = ""
    while True:
        try:
            for frame in source:
                if failures:
                    LOG.warning("摄像头恢复 %s (camera is back)", name)
                    failures, said = 0, ""
                yield frame
        except SourceError as error:
            if error.permanent:
                raise
            if str(error) != said:
                LOG.warning("%s,将不断重试 (trying again and again)", error)
                said = str(error)
            failures += 1
            longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures, 10))
            pause(random.uniform(FIRST_PAUSE_S / 2, longest))  # noqa: S311 - spreads retries
        else:
            return
