"""A camera's drawing as the page's script speaks of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge_agent.config import CameraConfig
from edge_agent.core.drawn import KINDS, Drawing, DrawnRow

DIGITS = 4

Point = tuple[float, float]
Points = Annotated[tuple[Point, ...], Field(max_length=64)]
Was = Annotated[int, Field(ge=0, le=10_000)]
Text = Annotated[str, Field(max_length=200)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    was: Was | None = None

    def row(self) -> DrawnRow:
        return DrawnRow(self.was, self.model_dump(exclude={"was"}, exclude_unset=True))


class ZoneDrawn(_Row):
    """A zone."""

    zone_id: Text
    polygon: Points
    dwell_limit_s: float


class LineDrawn(_Row):
    """A line."""

    line_id: Text
    a: Point
    b: Point
    direction: Literal["any", "left_to_right", "right_to_left"]


class PostDrawn(_Row):
    """A post."""

    post_id: Text
    duty: Literal["guard_on_post", "escort_post"]
    polygon: Points
    gap_s: float


class MaskDrawn(_Row):
    """A place where nobody can stand."""

    polygon: Points


class DrawnOnPage(BaseModel):
    """Everything on a camera's picture, drawn over `revision` of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    revision: Text
    zones: Annotated[tuple[ZoneDrawn, ...], Field(max_length=64)] = ()
    lines: Annotated[tuple[LineDrawn, ...], Field(max_length=64)] = ()
    posts: Annotated[tuple[PostDrawn, ...], Field(max_length=64)] = ()
    masks: Annotated[tuple[MaskDrawn, ...], Field(max_length=64)] = ()

    def drawing(self) -> Drawing:
        """Give it as it is written into the config."""
        rows = {kind.key: tuple(one.row() for one in getattr(self, kind.key)) for kind in KINDS}
        return Drawing(**rows)


_MODELS: Mapping[str, type[_Row]] = {
    "zones": ZoneDrawn,
    "lines": LineDrawn,
    "posts": PostDrawn,
    "masks": MaskDrawn,
}


def as_json(camera: CameraConfig) -> dict[str, Any]:
    """Give what is drawn on a camera; `was` is a thing's place in its list."""
    return {
        key: [
            {"was": index, **{name: _plain(getattr(one, name)) for name in _names(model)}}
            for index, one in enumerate(getattr(camera, key, ()))
        ]
        for key, model in _MODELS.items()
    }


def is_in_effect(camera: CameraConfig, state: Mapping[str, Any]) -> bool:
    """Tell whether the watch sees by what the config says now."""
    meant = as_json(camera)
    return all(
        _shapes(meant[key], names) == _shapes(state.get(key), names)
        for key, names in (
            ("zones", ("zone_id", "polygon", "dwell_limit_s")),
            ("lines", ("line_id", "a", "b", "direction")),
            ("posts", ("post_id", "duty", "polygon", "gap_s")),
            ("masks", ("polygon",)),
        )
        if key in state
    )


def _names(model: type[_Row]) -> list[str]:
    return [name for name in model.model_fields if name != "was"]


def _shapes(rows: object, names: Sequence[str]) -> list[list[Any]]:
    if not isinstance(rows, list):
        return []
    return [[_plain(row.get(name)) for name in names] for row in rows if isinstance(row, dict)]


def _plain(value: Any) -> Any:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return round(float(value), DIGITS)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
