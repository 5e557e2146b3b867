"""sqlite-utils, without the 20 MiB that it would load for number types nobody here stores.

It imports numpy wherever that is installed, only to know its numbers as column types. `button` and
`link` have no other use for numpy; a process that has already loaded it loses nothing.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Let an import of `name` fail within the block, unless it is there already."""
    if name in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules  # None stands for "cannot be imported"
    modules[name] = None
    try:
        yield
    finally:
        del modules[name]


with _hidden("numpy"):
    import sqlite_utils as _library

Database = _library.Database
