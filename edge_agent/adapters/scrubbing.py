"""Leaves no secret on the card: overwritten in place, flushed, removed, and the folder flushed.

A card's own wear levelling may keep an old copy where no computer reads it; the claim is spent by
then, and good for no other key.
"""

import os
from pathlib import Path

from edge_agent.adapters.identity import sync_folder


def scrub(path: Path) -> None:
    """Overwrite a file and remove it; where it is not there, nothing happens.

    Raises:
        OSError: the card is read-only, or gone.
    """
    try:
        with path.open("r+b", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            file.write(b"\x00" * size)
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink()
    sync_folder(path.parent)
