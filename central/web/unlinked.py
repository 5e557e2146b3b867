"""A one-time link is worth as much in a log as in a pocket: logs get none."""

import logging
import re

from flask import Flask

_LINK = re.compile(r"/t/[^/\s\[]+")


class Unlinked(logging.Filter):
    """Takes one-time links out of what is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, without its link."""
        record.msg = _LINK.sub("/t/…", record.getMessage())
        record.args = ()
        return True


def unlink(app: Flask) -> None:
    """Keep links out of an app's log, also where something of ours breaks."""
    app.logger.addFilter(Unlinked())
