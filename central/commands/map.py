"""`huxiao-central map`: the base map that all maps of the pages are drawn on."""

import sys
from pathlib import Path
from typing import Any

import click

from central.adapters.maps.archive import about
from central.adapters.maps.building import Made, Telling, Wanted, build, reader_of
from central.adapters.maps.drawing import MapError
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    crs_option,
    data_option,
    errors_in_words,
    fail,
    json_option,
    show,
)
from central.config import DataDir
from central.core.datum import Datum


@click.group(name="map")
def map_group() -> None:
    """底图:离线,由区里自己的数据制成。 The base map, offline, made of the district's own data.

    网页从不向外请求地图。 No page ever asks anybody else for a map.
    """


@map_group.command(name="build")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪里；默认数据目录的 map/base.pmtiles / where to; the data folder's unless said",
)
@crs_option
@click.option(
    "--credit",
    default="",
    help="图上注明的数据来源，OSM 数据必填 / whom it is owed to, shown on the map: "
    "© OpenStreetMap contributors",
)
@data_option
@json_option
@errors_in_words
def build_base(
    files: tuple[Path, ...],
    *,
    out: Path | None,
    crs: str,
    credit: str,
    data: Path,
    as_json: bool,
) -> None:
    """由 GeoJSON 或 OSM XML 制成底图。 Make it of GeoJSON or of an OSM extract.

    GeoJSON 的 properties 可用 OSM 标签(highway=primary、name=…),也可直接写 layer、kind、name。
    In GeoJSON, properties are OSM's tags, or say layer, kind and name themselves:
    green, school, water, waterway, building, road, rail, boundary, place, poi.
    """
    target = out or DataDir(data).base_map
    wanted = Wanted(files, target, Datum(crs), credit)
    try:
        for file in files:
            reader_of(file)
        made = _made(wanted)
    except MapError as error:
        fail(str(error), EXIT_CONFIG)
    west, south, east, north = made.bounds
    shown = {"out": str(target), "things": made.things, "tiles": made.tiles,
             "size_bytes": made.size_bytes, "bounds": list(made.bounds)}  # fmt: skip
    words = (f"已制成 made: {target}  {made.things} 个要素 things, {made.tiles} 块 tiles, "
             f"{made.size_bytes / 1_048_576:.1f} MB\n"
             f"范围 bounds: {west:.4f}，{south:.4f} – {east:.4f}，{north:.4f}\n"
             "网页刷新后即用新底图 pages use it once they are loaded anew")  # fmt: skip
    show(shown, words, as_json=as_json)


def _made(wanted: Wanted) -> Made:
    """Make it, and show how far it is where somebody looks."""
    size = sum(file.stat().st_size for file in wanted.files)
    progress = _Progress(size)
    try:
        return build(wanted, Telling(progress.more, progress.tiles, progress.more))
    finally:
        progress.ends()


class _Progress:
    """Bytes read, then tiles written, as bars on stderr."""

    def __init__(self, size: int) -> None:
        self._said = sys.stderr
        self._bar: Any = click.progressbar(range(size), label="读取 reading", file=self._said)
        self._bar.render_progress()

    def more(self, count: int) -> None:
        """Go on by so many."""
        self._bar.update(count)

    def tiles(self, count: int) -> None:
        """Begin with the tiles."""
        self.ends()
        self._bar = click.progressbar(range(count), label="写块 writing", file=self._said)
        self._bar.render_progress()

    def ends(self) -> None:
        """Leave the bar as it is."""
        self._bar.render_finish()


@map_group.command()
@data_option
@json_option
@errors_in_words
def info(data: Path, *, as_json: bool) -> None:
    """看看现有底图。 Say what base map there is."""
    file = DataDir(data).base_map
    found = about(file)
    if found is None:
        fail(f"{file}: 没有底图，或已损坏；用 map build 制作 / no base map, or a damaged one: "
             "make one with map build", EXIT_REFUSED)  # fmt: skip
    shown = {"file": str(file), "size_bytes": found.size_bytes, "bounds": list(found.bounds),
             "credit": found.credit}  # fmt: skip
    west, south, east, north = found.bounds
    show(shown, f"{file}  {found.size_bytes / 1_048_576:.1f} MB  "
                f"{west:.4f},{south:.4f} – {east:.4f},{north:.4f}  {found.credit}",
         as_json=as_json)  # fmt: skip
