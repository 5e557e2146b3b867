"""The map as GeoJSON: longitude first, WGS-84 degrees."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from apiflask import APIBlueprint

from central.adapters.maps.rings import ring_around
from central.adapters.store import mapping
from central.core.geometry import RING_M
from central.core.mapped import HotSpot, Layer, Spot, spots
from central.web import here
from central.web.api.shapes import Shape
from central.web.map_pages import USUAL_MONTHS
from central.web.showing import rfc3339

api = APIBlueprint("api_maps", __name__, url_prefix="/api/v1", tag="map")

Row = Mapping[str, Any]
Feature = dict[str, Any]


class MapAsked(Shape):
    """One layer of the map; without it all of them. `site_id`: of one place and its school."""

    layer: Layer | None = None
    site_id: str | None = None


class FeatureOut(Shape):
    """A GeoJSON feature; `geometry` is null where nobody has said where the place is."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class MapOut(Shape):
    """A GeoJSON FeatureCollection; `properties.layer` says of which layer each feature is."""

    type: Literal["FeatureCollection"]
    features: list[FeatureOut]


@api.get("/map")
@api.input(MapAsked, location="query")
@api.output(MapOut)
def get_map(query_data: MapAsked) -> dict[str, Any]:
    """Give what the caller may see on a map: places, open incidents, devices, schools, hot spots.

    Of mind care and boarding nothing is ever on it.
    """
    chosen = frozenset(Layer) if query_data.layer is None else frozenset({query_data.layer})
    who, now_ms = here.actor(), here.now_ms()
    with here.store().reading() as connection:
        sites = mapping.sites(connection, who)
        cases = mapping.incidents(connection, who, now_ms) if Layer.INCIDENTS in chosen else []
        boxes = mapping.devices(connection, who) if Layer.DEVICES in chosen else []
        schools = mapping.schools(connection, who) if Layer.SCHOOLS in chosen else []
        is_hot = Layer.HOT_SPOTS in chosen
        hot = mapping.hot_spots(connection, who, USUAL_MONTHS, now_ms) if is_hot else []
    if query_data.site_id is not None:
        own = {one["relations"].get("school") for one in sites
               if one["site_id"] == query_data.site_id}  # fmt: skip
        schools = [one for one in schools if one["unit_code"] in own]
        sites, cases, boxes, hot = (_at(query_data.site_id, rows)
                                    for rows in (sites, cases, boxes, hot))  # fmt: skip
    found = spots(sites, cases, boxes, hot, now_ms)
    features = [*_points(found, chosen), *_areas(schools)]
    return {"type": "FeatureCollection", "features": features}


def _at(site_id: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["site_id"] == site_id]


def _points(found: Iterable[Spot], chosen: frozenset[Layer]) -> Iterable[Feature]:
    for spot in found:
        where = {"site_id": spot.site_id, "site_name": spot.name[0], "site_name_en": spot.name[1]}
        if Layer.SITES in chosen and spot.kind:
            yield _point(spot, Layer.SITES, spot.site_id, where | {"kind": spot.kind})
        for row in spot.incidents:
            yield _point(spot, Layer.INCIDENTS, row["incident_id"], where | _case(row))
        for box, health in spot.devices:
            of_box = {"health": health.value, "heard_at": rfc3339(box.heard_at),
                      "blind_zones": list(box.blind_zones)}  # fmt: skip
            yield _point(spot, Layer.DEVICES, box.device_id, where | of_box)
        if spot.hot:
            yield _point(spot, Layer.HOT_SPOTS, f"hot/{spot.site_id}", where | _hours(spot.hot))


def _hours(hot: HotSpot) -> dict[str, Any]:
    begins, ends, most = hot.peak
    return {
        "count": hot.count, "months": USUAL_MONTHS, "peak_from_hour": begins, "peak_to_hour": ends,
        "peak_count": most, "by_hour": {str(hour): n for hour, n in sorted(hot.by_hour.items())},
    }  # fmt: skip


def _case(row: Row) -> dict[str, Any]:
    return {
        "number": row["number"], "scenario": row["scenario"], "kind": row["kind"],
        "severity": row["severity"], "status": row["status"], "zone_id": row["zone_id"],
        "occurred_at": rfc3339(row["occurred_at"]), "is_overdue": bool(row["is_overdue"]),
        "is_drill": bool(row["is_drill"]),
    }  # fmt: skip


def _areas(schools: Iterable[Row]) -> Iterable[Feature]:
    for row in schools:
        boundary = tuple((float(lon), float(lat)) for lon, lat in row["polygon"])
        named = {"school_code": row["unit_code"], "name": row["name_zh"],
                 "name_en": row["name_en"] or row["name_zh"]}  # fmt: skip
        closed = [[*map(list, boundary), list(boundary[0])]]
        shape = {"type": "Polygon", "coordinates": closed}
        yield _feature(row["unit_code"], shape, named | {"layer": "schools", "part": "boundary"})
        ring = {"type": "MultiPolygon", "coordinates": ring_around(boundary)}
        of_ring = {"layer": "schools", "part": "ring", "metres": RING_M}
        yield _feature(f"{row['unit_code']}/ring", ring, named | of_ring)


def _point(spot: Spot, layer: Layer, feature_id: str, properties: dict[str, Any]) -> Feature:
    shape = {"type": "Point", "coordinates": list(spot.place)} if spot.place else None
    return _feature(feature_id, shape, properties | {"layer": layer.value})


def _feature(
    feature_id: str, geometry: dict[str, Any] | None, properties: dict[str, Any]
) -> Feature:
    return {"type": "Feature", "id": feature_id, "geometry": geometry, "properties": properties}
