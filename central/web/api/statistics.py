"""Figures for programs: each sheet of the pages, as items."""

from collections.abc import Callable
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field

from central.adapters.store.figured import SHEETS
from central.core.access import OPEN
from central.core.sheets import Cell, Column, Sheet
from central.web import here
from central.web.api.shapes import Shape
from central.web.showing import rfc3339
from central.web.statistics_asking import MONTH, filters_of, reading_of

api = APIBlueprint("api_statistics", __name__, url_prefix="/api/v1", tag="statistics")

Month = Annotated[str, Field(pattern=MONTH, description="e.g. 2026-11")]
Code = Annotated[str, Field(max_length=64)]
Value = str | int | float | None


class SheetAsked(Shape):
    """Which months, both included (without them the last twelve), and of what and where."""

    since: Month | None = None
    until: Month | None = None
    scenario: Annotated[str, Field(json_schema_extra={"enum": sorted(OPEN)})] | None = None
    town: Code | None = None
    school: Code | None = None


class SheetOut(Shape):
    """A table: words in Chinese under a column's name, in English under the same with `_en`."""

    sheet: str
    title_zh: str
    title_en: str
    since: str
    until: str
    items: list[dict[str, Value]]


def _answering(name: str) -> Callable[..., dict[str, Any]]:
    def answer(query_data: SheetAsked) -> dict[str, Any]:
        asked = query_data.model_dump(exclude_none=True)
        filters = filters_of(asked)
        with here.store().reading() as connection:
            sheet = reading_of(connection, filters).sheet(name)
        return {
            "sheet": name, "title_zh": sheet.title[0], "title_en": sheet.title[1],
            "since": filters.since, "until": filters.until, "items": _items(sheet),
        }  # fmt: skip

    answer.__name__ = f"get_{name}"
    answer.__doc__ = f"Give the figures of the sheet `{name}`."
    return answer


def _items(sheet: Sheet) -> list[dict[str, Value]]:
    return [_item(sheet.columns, row) for row in sheet.rows]


def _item(columns: tuple[Column, ...], row: tuple[Cell, ...]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for column, cell in zip(columns, row, strict=True):
        if isinstance(cell, tuple):
            found |= {column.name: cell[0], f"{column.name}_en": cell[1]}
        elif column.kind == "at":
            found[column.name] = rfc3339(int(cell)) if cell is not None else None
        else:
            found[column.name] = cell
    return found


_ELSEWHERE = {"four_100", "problem_schools"}
"""Programs ask `/statistics/four-100` for these."""

for _name in (one for one in SHEETS if one not in _ELSEWHERE):
    _answer = api.output(SheetOut)(_answering(_name))
    api.get(f"/statistics/{_name}")(api.input(SheetAsked, location="query")(_answer))
