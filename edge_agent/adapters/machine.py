"""What this machine says of itself: how warm it is, how much memory a process holds."""

import os
from pathlib import Path

THERMAL = Path("/sys/class/thermal")
_PLAUSIBLE_C = (-60.0, 200.0)  # what the wire allows


def temperature_c(thermal: Path = THERMAL) -> float | None:
    """Give the warmest sensor's reading; None where there is none."""
    readings = []
    for sensor in thermal.glob("thermal_zone*/temp"):
        try:
            readings.append(int(sensor.read_text(encoding="ascii")) / 1000.0)
        except (OSError, ValueError):
            continue
    least, most = _PLAUSIBLE_C
    return max((reading for reading in readings if least <= reading <= most), default=None)


def own_memory() -> int | None:
    """Give this process's resident memory in bytes, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
