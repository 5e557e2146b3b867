"""What of the land a base map shows, and from which zoom on: OpenStreetMap's tags as a table."""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_ZOOM, MOST_ZOOM = 8, 15
"""Tiles are made for these; a browser draws nearer zooms from the last."""
LAYERS = ("green", "school", "water", "waterway", "building", "road", "rail", "boundary",
          "place", "poi")  # fmt: skip
AREAS = frozenset({"green", "school", "water", "building"})
LINES = frozenset({"waterway", "road", "rail", "boundary"})
POINTS = frozenset({"place", "poi"})
NAMES = ("name:zh", "name:zh-Hans", "name")
"""Where a name stands, Chinese first."""


@dataclass(frozen=True, slots=True)
class Look:
    """On which layer something is drawn, as what kind, from which zoom on."""

    layer: str
    kind: str
    from_zoom: int


_TAGS: Mapping[str, Mapping[str, Look]] = {
    "highway": {
        **dict.fromkeys(("motorway", "motorway_link", "trunk", "trunk_link"),
                        Look("road", "motorway", 8)),
        **dict.fromkeys(("primary", "primary_link", "secondary", "secondary_link"),
                        Look("road", "major", 9)),
        **dict.fromkeys(("tertiary", "tertiary_link"), Look("road", "major", 11)),
        **dict.fromkeys(("unclassified", "residential", "living_street", "road"),
                        Look("road", "minor", 12)),
        "service": Look("road", "minor", 14),
        **dict.fromkeys(("footway", "path", "cycleway", "pedestrian", "steps", "track"),
                        Look("road", "path", 14)),
    },
    "railway": dict.fromkeys(("rail", "subway", "light_rail", "tram"), Look("rail", "rail", 10)),
    "natural": {
        "water": Look("water", "water", 8),
        **dict.fromkeys(("wood", "scrub", "grassland", "heath"), Look("green", "wood", 9)),
        "wetland": Look("green", "wetland", 11),
    },
    "waterway": {
        "riverbank": Look("water", "river", 8),
        "river": Look("waterway", "river", 8),
        "canal": Look("waterway", "canal", 11),
        **dict.fromkeys(("stream", "ditch", "drain"), Look("waterway", "stream", 13)),
    },
    "landuse": {
        **dict.fromkeys(("reservoir", "basin"), Look("water", "water", 8)),
        **dict.fromkeys(("forest", "orchard"), Look("green", "wood", 9)),
        **dict.fromkeys(("grass", "meadow", "farmland", "recreation_ground", "village_green"),
                        Look("green", "grass", 11)),
    },
    "leisure": dict.fromkeys(("park", "garden", "pitch", "nature_reserve"),
                             Look("green", "park", 11)),
    "amenity": {
        **dict.fromkeys(("school", "kindergarten", "college", "university"),
                        Look("school", "school", 11)),
        **{name: Look("poi", name, 14)
           for name in ("hospital", "clinic", "police", "fire_station", "townhall", "library")},
    },
    "place": {
        **dict.fromkeys(("city", "county"), Look("place", "city", 8)),
        "town": Look("place", "town", 8),
        "suburb": Look("place", "suburb", 11),
        "village": Look("place", "village", 11),
        **dict.fromkeys(("hamlet", "neighbourhood"), Look("place", "village", 13)),
    },
    "boundary": {"administrative": Look("boundary", "boundary", 8)},
}  # fmt: skip
_BUILDING = Look("building", "building", 14)


def look_of(tags: Mapping[str, str]) -> Look | None:
    """Give how something is drawn by its tags; None for what a base map leaves out.

    `layer`, `kind` (and `from_zoom`) say so directly, for drawings that are not OpenStreetMap's.
    """
    if tags.get("layer") in LAYERS:
        zoom = tags.get("from_zoom", "")
        from_zoom = int(zoom) if zoom.isdecimal() else _USUAL_ZOOM[tags["layer"]]
        bounded = min(MOST_ZOOM, max(LEAST_ZOOM, from_zoom))
        return Look(tags["layer"], tags.get("kind") or tags["layer"], bounded)
    for key, looks in _TAGS.items():
        if (found := looks.get(tags.get(key, ""))) is not None:
            return found
    return _BUILDING if tags.get("building", "no") != "no" else None


_USUAL_ZOOM = {"green": 9, "school": 11, "water": 8, "waterway": 11, "building": 14, "road": 11,
               "rail": 10, "boundary": 8, "place": 8, "poi": 14}  # fmt: skip


def name_of(tags: Mapping[str, str]) -> str:
    """Give what something is called, in Chinese where it is; empty where it has no name."""
    return next((tags[key] for key in NAMES if tags.get(key)), "")


def is_area(tags: Mapping[str, str]) -> bool:
    """Tell whether a closed line with these tags means what it encloses."""
    look = look_of(tags)
    return tags.get("area") == "yes" or (look is not None and look.layer in AREAS)
