"""Section of `central.toml` about the map."""

from typing import Annotated

from pydantic import Field, model_validator

from central.config.section import Section
from central.core.coordinates import CHINA, Bounds

MOST_LON, MOST_LAT = 180.0, 85.0


class MapSection(Section):
    """`bounds`: west, south, east, north of the district, WGS-84; places outside are refused."""

    bounds: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "MapSection":
        west, south, east, north = self.bounds or (-MOST_LON, -MOST_LAT, MOST_LON, MOST_LAT)
        if not (-MOST_LON <= west < east <= MOST_LON and -MOST_LAT <= south < north <= MOST_LAT):
            msg = "依次为西、南、东、北 / [west, south, east, north] is wanted"
            raise ValueError(msg)
        return self

    @property
    def area(self) -> Bounds:
        """Give where places may be: the district, or China where nobody has said."""
        return Bounds(*self.bounds) if self.bounds else CHINA
