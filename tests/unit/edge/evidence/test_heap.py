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


HOLD_AND_FREE = """
import gc, sys
from edge_agent.adapters.heap import giving_back


def own_kib():
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


now = 0.0
alive = giving_back(lambda: None, lambda: now, every_s=10.0)
held = [bytes(60_000) for _ in range(1000)]
keeps = [held[n] for n in range(0, 1000, 100)]
held = None
gc.collect()
before = own_kib()
now = 5.0
alive()
early = own_kib()
now = 11.0
alive()
print(before, early, own_kib())
"""


def test_what_has_become_free_goes_back_to_the_system_now_and_then() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", HOLD_AND_FREE],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    before, early, after = map(int, asked.stdout.split())
    assert abs(early - before) < 2_000
    assert after < before - 20_000
