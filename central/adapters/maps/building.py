"""A base map is made: read, cut, sorted on disk, written as one PMTiles file."""

import gzip
import json
import math
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import mapbox_vector_tile as mvt
from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import Writer
from shapely import from_wkb, set_precision, transform

from central.adapters.maps import geojson, osm
from central.adapters.maps.drawing import Drawn, MapError, Reading
from central.adapters.maps.tiling import EXTENT, fitting, pieces
from central.core.datum import Datum
from central.core.landscape import LAYERS, LEAST_ZOOM, MOST_ZOOM

MOST_CACHE_KIB = 64 * 1024
_BATCH = 2000
_E7 = 10_000_000
_SPOOL = f"""PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{MOST_CACHE_KIB};
CREATE TABLE piece (tile INTEGER, layer TEXT, said TEXT, shape BLOB);"""

Row = tuple[int, str, str, bytes]
"""The tile's number, the layer, what is said of it (JSON), the shape (WKB)."""

READERS: dict[str, Reading] = {
    ".geojson": geojson.read, ".json": geojson.read, ".geojsonl": geojson.read,
    ".geojsons": geojson.read, ".osm": osm.read, ".osm.gz": osm.read, ".osm.bz2": osm.read,
}  # fmt: skip
"""What can be read, by the end of the file's name."""


@dataclass(frozen=True, slots=True)
class Made:
    """What has become of it. `bounds`: west, south, east, north in degrees."""

    things: int
    tiles: int
    size_bytes: int
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell how far it has come: bytes read, then tiles written of so many."""

    read: Callable[[int], None] = lambda _: None
    begins: Callable[[int], None] = lambda _: None
    written: Callable[[int], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is made of which files, in which datum they are, and whom the map is owed to."""

    files: Sequence[Path]
    out: Path
    datum: Datum = Datum.WGS84
    credit: str = ""
    name: str = "huxiao"


def build(wanted: Wanted, telling: Telling) -> Made:
    """Make a base map; the one that is there is replaced at the end, in one step.

    Memory holds one thing and one tile at a time; the rest lies beside `out` until the end.

    Raises:
        MapError: with the file, the place in it, and what to do.
    """
    wanted.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".map-", dir=wanted.out.parent) as folder:
        spool = sqlite3.connect(Path(folder) / "pieces.db", isolation_level=None)
        spool.executescript(_SPOOL)
        spool.execute("BEGIN")
        try:
            things = _cut(wanted, spool, telling)
            if not things:
                msg = ("没有可画的内容：文件里没有道路、水面、地名等 / nothing to draw: no roads, "
                       "water or names in it")  # fmt: skip
                raise MapError(msg)
            made = Path(folder) / "base.pmtiles"
            tiles, bounds = _write(wanted, spool, made, telling)
        finally:
            spool.close()
        made.replace(wanted.out)
    return Made(things, tiles, wanted.out.stat().st_size, bounds)


def reader_of(file: Path) -> Reading:
    """Give what reads a file, by its name.

    Raises:
        MapError: nothing does; with what to do.
    """
    name = file.name.lower()
    if name.endswith(".pbf"):
        msg = (f"{file.name}: 请先转成 .osm:osmium cat {file.name} -o map.osm / turn it into .osm "
               "first: osmium cat FILE -o map.osm")  # fmt: skip
        raise MapError(msg)
    for end, reader in READERS.items():
        if name.endswith(end):
            return reader
    msg = f"{file.name}: 只认 / only these are read: {', '.join(READERS)}"
    raise MapError(msg)


def _cut(wanted: Wanted, spool: sqlite3.Connection, telling: Telling) -> int:
    things = 0
    batch: list[tuple[int, str, str, bytes]] = []
    for drawn in _all(wanted, telling):
        things += 1
        for piece in pieces(drawn, wanted.datum):
            batch.append(piece)
            if len(batch) >= _BATCH:
                _keep(spool, batch)
    _keep(spool, batch)
    spool.execute("COMMIT")
    spool.execute("CREATE INDEX by_tile ON piece (tile, layer)")
    return things


def _all(wanted: Wanted, telling: Telling) -> Iterator[Drawn]:
    for file in wanted.files:
        yield from reader_of(file)(file, telling.read)


def _keep(spool: sqlite3.Connection, batch: list[tuple[int, str, str, bytes]]) -> None:
    spool.executemany("INSERT INTO piece VALUES (?, ?, ?, ?)", batch)
    batch.clear()


def _write(
    wanted: Wanted, spool: sqlite3.Connection, made: Path, telling: Telling
) -> tuple[int, tuple[float, float, float, float]]:
    count = spool.execute("SELECT COUNT(DISTINCT tile) FROM piece").fetchone()[0]
    telling.begins(count)
    bounds = _bounds(spool)
    rows = spool.execute("SELECT tile, layer, said, shape FROM piece ORDER BY tile, layer, rowid")
    with made.open("wb") as file, made.with_suffix(".tiles").open("w+b") as kept:
        writer = Writer(file)
        writer.tile_f.close()  # it would lie in /tmp, which is memory on many machines
        writer.tile_f = kept
        for tile, of_tile in groupby(rows, key=lambda row: int(row[0])):
            writer.write_tile(tile, _tile(of_tile))
            telling.written(1)
        writer.finalize(_header(bounds), _about(wanted))
        file.flush()
        os.fsync(file.fileno())
    return count, bounds


def _tile(rows: Iterator[Row]) -> bytes:
    layers = [
        {"name": layer, "features": [one for row in of_layer if (one := _feature(row))]}
        for layer, of_layer in groupby(rows, key=lambda row: row[1])
    ]
    options = {"extents": EXTENT, "y_coord_down": True}
    return gzip.compress(mvt.encode(layers, default_options=options), mtime=0)


def _feature(row: Row) -> dict[str, object] | None:
    """Give a piece in the tile's whole units; None where nothing is left of it there."""
    scaled = transform(from_wkb(row[3]), lambda xy: xy * EXTENT)
    snapped = fitting(set_precision(scaled, 1.0), row[1])
    return {"geometry": snapped, "properties": json.loads(row[2])} if snapped is not None else None


def _bounds(spool: sqlite3.Connection) -> tuple[float, float, float, float]:
    """Give the degrees that the tiles of the last zoom cover."""
    first, last = (zxy_to_tileid(MOST_ZOOM + more, 0, 0) for more in (0, 1))
    chosen = "SELECT DISTINCT tile FROM piece WHERE tile >= ? AND tile < ?"
    places = [tileid_to_zxy(row[0])[1:] for row in spool.execute(chosen, (first, last))]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    side = 2.0**MOST_ZOOM
    north, south = (_latitude(y / side) for y in (min(ys), max(ys) + 1))
    return min(xs) / side * 360 - 180, south, (max(xs) + 1) / side * 360 - 180, north


def _latitude(down: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))


def _header(bounds: tuple[float, float, float, float]) -> dict[str, object]:
    west, south, east, north = (round(one * _E7) for one in bounds)
    return {
        "version": 3, "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
        "center_zoom": 12, "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }  # fmt: skip


def _about(wanted: Wanted) -> dict[str, object]:
    fields = {"kind": "String", "name": "String"}
    layers = [{"id": one, "fields": fields, "minzoom": LEAST_ZOOM, "maxzoom": MOST_ZOOM}
              for one in LAYERS]  # fmt: skip
    return {"name": wanted.name, "attribution": wanted.credit, "vector_layers": layers,
            "type": "baselayer"}  # fmt: skip
