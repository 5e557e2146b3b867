"""Section of `central.toml` about the map."""

from typing import Annotated

from pydantic import Field, model_validator

from central.config.section import Section
from central.core.coordinates import CHINA, Bounds

_Lon = Annotated[float, Field(ge=-180, le=180)]
_Lat = Annotated[float, Field(ge=-85, le=85)]


class MapSection(Section):
    """`bounds`: west, south, east, north of the district, WGS-84; places outside are refused."""

    bounds: tuple[_Lon, _Lat, _Lon, _Lat] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "MapSection":
        found = self.bounds
        if found is not None and not (found[0] < found[2] and found[1] < found[3]):
            msg = "应为 [西, 南, 东, 北] / [west, south, east, north] is wanted"
            raise ValueError(msg)
        return self

    @property
    def area(self) -> Bounds:
        """Give where places may be: the district, or China where nobody has said."""
        return Bounds(*self.bounds) if self.bounds else CHINA
