"""`huxiao-central ingest` and `worker`: one part alone, which loads nothing of the pages.

A part that was killed is back the sooner the less it has to load.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import click

from central.commands.options import (
    Central,
    data_option,
    db_option,
    errors_in_words,
    log_to_stderr,
    ready,
)

LOG = logging.getLogger("huxiao.central")

Part = Callable[[Central, threading.Event], None]


@click.command()
@data_option
@db_option
@errors_in_words
def ingest(data: Path, db: str | None) -> None:
    """只接收设备消息。 Listen to devices only.

    没有保存的消息不会确认。 Nothing is acknowledged before it is kept.
    """
    _alone(ready(data, db), Central.run_ingest)


@click.command()
@data_option
@db_option
@errors_in_words
def worker(data: Path, db: str | None) -> None:
    """只管时限和通知。 Deadlines and notifications only.

    可以同时开几个。 Several may run at once.
    """
    _alone(ready(data, db), Central.run_worker)


def _alone(central: Central, part: Part) -> None:
    log_to_stderr()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    LOG.info("已启动 (started), pid %d", os.getpid())
    part(central, stop)
    central.store.close()
