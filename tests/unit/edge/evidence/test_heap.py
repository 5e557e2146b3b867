"""How many heaps threads share; asked in a process of its own, for it cannot be undone."""

import subprocess
import sys

ASK = """
import ctypes, re, threading
from edge_agent.adapters.heap import share_heaps

share_heaps()
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
hold = threading.Barrier(9)


def take():
    library.malloc(5000)
    hold.wait()
    hold.wait()


threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
hold.wait()
library.malloc_stats()
hold.wait()
"""


def test_many_threads_share_two_heaps() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=True, timeout=60
    )
    assert 1 <= asked.stderr.count("Arena ") <= 2
