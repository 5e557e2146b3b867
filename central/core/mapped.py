"""What stands at one place of the map: its open cases, its devices, its hours."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from central.core.fleet import Box, Health, box_of, health_of
from central.core.naming import Words
from contract.scenarios import Severity

HOURS = 24
WINDOW_H = 3
"""A patrol's length: so many hours in a row are proposed."""


class Layer(StrEnum):
    """What is switched on and off on a map, and kept in its address."""

    SITES = "sites"
    INCIDENTS = "incidents"
    DEVICES = "devices"
    SCHOOLS = "schools"
    HOT_SPOTS = "hot_spots"


LAYER_WORDS: Mapping[Layer, Words] = {
    Layer.SITES: ("场所", "places"),
    Layer.INCIDENTS: ("未办结事件", "open incidents"),
    Layer.DEVICES: ("设备", "devices"),
    Layer.SCHOOLS: ("学校边界和100米范围", "schools and their 100 m"),
    Layer.HOT_SPOTS: ("溺水风险高发点", "drowning hot spots"),
}
USUAL = frozenset({Layer.SITES, Layer.INCIDENTS, Layer.DEVICES, Layer.SCHOOLS})


@dataclass(frozen=True, slots=True)
class HotSpot:
    """How often something happened at a place, by hour of the day."""

    by_hour: Mapping[int, int]

    @property
    def count(self) -> int:
        """Give how often in all."""
        return sum(self.by_hour.values())

    @property
    def peak(self) -> tuple[int, int, int]:
        """Give the three hours in a row with the most: first hour, hour of its end, how many."""
        best = max(range(HOURS), key=self._within)
        return best, (best + WINDOW_H) % HOURS, self._within(best)

    def _within(self, first: int) -> int:
        return sum(self.by_hour.get((first + more) % HOURS, 0) for more in range(WINDOW_H))


@dataclass(frozen=True, slots=True)
class Spot:
    """One place; `place` is longitude, latitude in WGS-84, None where nobody has placed it."""

    site_id: str
    name: Words
    kind: str
    place: tuple[float, float] | None
    incidents: list[Mapping[str, Any]] = field(default_factory=list)
    devices: list[tuple[Box, Health]] = field(default_factory=list)
    hot: HotSpot | None = None

    @property
    def severity(self) -> str:
        """Give how urgent the most urgent open case is; nothing where there is none."""
        found = [Severity(one["severity"]) for one in self.incidents]
        return max(found, key=list(Severity).index).value if found else ""

    @property
    def is_overdue(self) -> bool:
        """Tell whether somebody waits too long for an open case here."""
        return any(one["is_overdue"] for one in self.incidents)

    @property
    def health(self) -> str:
        """Give how the worst device here does; nothing where there is none."""
        found = [health for _, health in self.devices]
        return max(found, key=list(Health).index).value if found else ""

    @property
    def rank(self) -> tuple[bool, int, bool, str]:
        """Order places: what waits first, then what is wrong with devices, then by name."""
        urgent = list(Severity).index(Severity(self.severity)) if self.incidents else -1
        return not self.is_overdue, -urgent, self.health in {"", Health.WELL}, self.site_id


Rows = Sequence[Mapping[str, Any]]


def spots(sites: Rows, incidents: Rows, devices: Rows, hot: Rows, now_ms: int) -> list[Spot]:
    """Put rows of each layer to their places, the most urgent place first.

    A place of which only a case or a device is known is there too.
    """
    hours: dict[str, Counter[int]] = {}
    for row in hot:
        hours.setdefault(row["site_id"], Counter())[int(row["hour"])] += int(row["count"])
    found: dict[str, Spot] = {}
    for row in (*sites, *incidents, *devices, *hot):
        if row["site_id"] not in found:
            found[row["site_id"]] = _spot(row, hours)
    for row in incidents:
        found[row["site_id"]].incidents.append(row)
    for row in devices:
        box = box_of(row)
        found[row["site_id"]].devices.append((box, health_of(box, now_ms)))
    return sorted(found.values(), key=lambda one: one.rank)


def _spot(row: Mapping[str, Any], hours: Mapping[str, Counter[int]]) -> Spot:
    zh = row.get("site_zh") or row["name_zh"]
    en = row.get("site_en") or row.get("name_en") or zh
    place = (row["lon"], row["lat"]) if row["lat"] is not None else None
    by_hour = hours.get(row["site_id"])
    kind = row["kind"] if "name_zh" in row else ""
    return Spot(row["site_id"], (zh, en), kind, place, hot=HotSpot(by_hour) if by_hour else None)


def read_layers(text: str | None) -> frozenset[Layer]:
    """Read layers as an address keeps them, `sites,incidents`; the usual ones where none is said.

    What is no layer is left out; an empty text switches all off.
    """
    if text is None:
        return USUAL
    return frozenset(_known(text.split(",")))


def _known(names: Iterable[str]) -> Iterable[Layer]:
    return (Layer(name) for name in names if name in set(Layer))
