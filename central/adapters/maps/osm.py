"""OpenStreetMap's XML (`.osm`, also `.gz` and `.bz2`), nodes and ways kept on disk meanwhile."""

import bz2
import gzip
import io
import sqlite3
import tempfile
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError, iterparse

from shapely import LineString, MultiPolygon, Point, Polygon, polygonize, union_all
from shapely.geometry.base import BaseGeometry

from central.adapters.maps.drawing import Drawn, Heard, MapError
from central.core.landscape import is_area, look_of, name_of

_LEAST_LINE, _LEAST_AREA = 2, 4
_OPENERS: dict[str, Callable[[BinaryIO], BinaryIO]] = {
    ".gz": lambda file: cast("BinaryIO", gzip.GzipFile(fileobj=file)),
    ".bz2": lambda file: cast("BinaryIO", bz2.BZ2File(file)),
}
_KEEP = """CREATE TABLE node (id INTEGER PRIMARY KEY, lon REAL, lat REAL);
CREATE TABLE way (id INTEGER PRIMARY KEY, refs BLOB);"""
_BATCH = 5000

Coordinates = list[tuple[float, float]]


class _Counted(io.RawIOBase):
    """A file that says how far it has been read."""

    def __init__(self, file: io.BufferedReader, heard: Heard) -> None:
        self._file, self._heard = file, heard

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._file.readinto(buffer)
        self._heard(count)
        return count


def read(file: Path, heard: Heard) -> Iterator[Drawn]:
    """Give what a base map shows of an extract; multipolygons are put together.

    Raises:
        MapError: not such a file.
    """
    opens = _OPENERS.get(file.suffix)
    with tempfile.TemporaryDirectory(prefix="huxiao-map-") as folder, file.open("rb") as raw:
        kept = sqlite3.connect(Path(folder) / "kept.db", isolation_level=None)
        kept.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_KEEP}")
        kept.execute("BEGIN")
        counted = io.BufferedReader(_Counted(raw, heard))
        source = opens(counted) if opens else counted
        try:
            yield from _read(source, kept, file.name)
        except (ParseError, OSError, EOFError) as error:
            msg = f"{file.name}: 不是 OSM XML / not OSM XML: {error}"
            raise MapError(msg) from None
        finally:
            kept.close()


def _read(source: BinaryIO, kept: sqlite3.Connection, name: str) -> Iterator[Drawn]:
    reading = iterparse(source, events=("start", "end"))  # noqa: S314 - expat bounds what entities may grow to
    root = None
    nodes: list[tuple[int, float, float]] = []
    for event, element in reading:
        if root is None:
            root = element
            if element.tag != "osm":
                msg = f"{name}: 不是 OSM XML / not OSM XML: <{element.tag}>"
                raise MapError(msg)
        if event == "start" or element.tag not in {"node", "way", "relation"}:
            continue
        if element.tag == "node":
            nodes.append((int(element.get("id", 0)), float(element.get("lon", 0)),
                          float(element.get("lat", 0))))  # fmt: skip
        if len(nodes) >= _BATCH or (nodes and element.tag != "node"):
            kept.executemany("INSERT OR REPLACE INTO node VALUES (?, ?, ?)", nodes)
            nodes.clear()
        if (drawn := _drawn(element, kept)) is not None:
            yield drawn
        root.clear()


def _drawn(element: Element, kept: sqlite3.Connection) -> Drawn | None:
    tags = {one.get("k", ""): one.get("v", "") for one in element.iter("tag")}
    shape: BaseGeometry | None = None
    if element.tag == "way":
        refs = array("q", (int(one.get("ref", 0)) for one in element.iter("nd")))
        kept.execute("INSERT OR REPLACE INTO way VALUES (?, ?)",
                     (int(element.get("id", 0)), refs.tobytes()))  # fmt: skip
    look = look_of(tags)
    if look is None:
        return None
    if element.tag == "node":
        shape = Point(float(element.get("lon", 0)), float(element.get("lat", 0)))
    elif element.tag == "way":
        shape = _way(_places(kept, int(element.get("id", 0))), closed_means_area=is_area(tags))
    elif tags.get("type") == "multipolygon":
        shape = _multipolygon(element, kept)
    return Drawn(look, name_of(tags), shape) if shape is not None else None


def _places(kept: sqlite3.Connection, way_id: int) -> Coordinates:
    """Give the way's nodes as far as the extract holds them."""
    found = kept.execute("SELECT refs FROM way WHERE id = ?", (way_id,)).fetchone()
    refs = array("q")
    refs.frombytes(found[0] if found else b"")
    wanted = "SELECT lon, lat FROM node WHERE id = ?"
    rows = (kept.execute(wanted, (ref,)).fetchone() for ref in refs)
    return [(row[0], row[1]) for row in rows if row]


def _way(places: Coordinates, *, closed_means_area: bool) -> BaseGeometry | None:
    if len(places) >= _LEAST_AREA and places[0] == places[-1] and closed_means_area:
        return Polygon(places)
    return LineString(places) if len(places) >= _LEAST_LINE else None


def _multipolygon(element: Element, kept: sqlite3.Connection) -> BaseGeometry | None:
    """Put the outer and inner ways together; what does not close is left out."""
    lines: dict[str, list[LineString]] = {"outer": [], "inner": []}
    for member in element.iter("member"):
        places = _places(kept, int(member.get("ref", 0))) if member.get("type") == "way" else []
        if len(places) >= _LEAST_LINE:
            lines["inner" if member.get("role") == "inner" else "outer"].append(LineString(places))
    outer, inner = (list(polygonize(lines[role]).geoms) for role in ("outer", "inner"))
    if not outer:
        return None
    whole = union_all(outer)
    found = whole.difference(union_all(inner)) if inner else whole
    return found if isinstance(found, Polygon | MultiPolygon) else None
