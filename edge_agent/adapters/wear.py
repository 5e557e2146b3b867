"""How worn the storage is, and how well the radio hears: as the kernel tells."""

from dataclasses import dataclass
from pathlib import Path

SYS = Path("/sys")
WIRELESS = Path("/proc/net/wireless")
LIFE_STEP = 10  # percent: an eMMC tells its wear in tenths (JEDEC eMMC 5.0, EXT_CSD 268 and 269)


@dataclass(frozen=True, slots=True)
class Signal:
    """One radio: its name and what it hears, in dBm."""

    name: str
    dbm: float


def used_percent(sys: Path = SYS) -> int | None:
    """Give the most that an eMMC says it is worn, in percent; None where nothing tells.

    Plain SD cards do not tell; what they have done wrong shows in `errors`.
    """
    told: list[int] = []
    for file in sys.glob("block/mmcblk*/device/life_time"):
        try:
            words = file.read_text(encoding="ascii").split()
            told += [int(word, 16) for word in words]
        except (OSError, ValueError):
            continue
    worst = max(told, default=0)
    return worst * LIFE_STEP or None


def errors(sys: Path = SYS) -> int:
    """Count what the file systems have found wrong since they were made."""
    count = 0
    for file in sys.glob("fs/ext4/*/errors_count"):
        try:
            count += int(file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
    return count


def signals(wireless: Path = WIRELESS) -> list[Signal]:
    """Give every radio that is in use."""
    try:
        lines = wireless.read_text(encoding="ascii").splitlines()[2:]
    except OSError:
        return []
    found = []
    for line in lines:
        name, _colon, rest = line.partition(":")
        words = rest.split()
        try:
            found.append(Signal(name.strip(), float(words[2].rstrip("."))))
        except (IndexError, ValueError):
            continue
    return found
