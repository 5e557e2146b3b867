"""What a base map's file says of itself."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import MagicNumberNotFound, SpecVersionUnsupported

E7 = 10_000_000
_DAMAGED = (MagicNumberNotFound, SpecVersionUnsupported, OSError, ValueError, LookupError, EOFError)


@dataclass(frozen=True, slots=True)
class BaseMap:
    """A base map: its bounds (west, south, east, north in degrees) and whom it is owed to."""

    bounds: tuple[float, float, float, float]
    credit: str
    size_bytes: int


def about(file: Path) -> BaseMap | None:
    """Read what a PMTiles file says of itself; None where it is not there, or is none."""
    try:
        kept = file.stat()
    except OSError:
        return None
    return _read(file, kept.st_mtime_ns, kept.st_size)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int, size: int) -> BaseMap | None:
    """Read it once for each time that it was written."""
    try:
        with file.open("rb") as opened:
            reader = Reader(MmapSource(opened))
            header, metadata = reader.header(), reader.metadata()
    except _DAMAGED:
        return None
    corners = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    west, south, east, north = (header[name] / E7 for name in corners)
    return BaseMap((west, south, east, north), str(metadata.get("attribution") or ""), size)
