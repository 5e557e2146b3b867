"""Units and what is below what: towns, stations, schools beside the departments; boundaries."""

import json
import re
from typing import Any

from flask import redirect, request
from werkzeug.exceptions import NotFound

from central.adapters.store import directory, geography
from central.adapters.store.tables import ACCOUNT, ORG_UNIT
from central.core.coordinates import read_boundary
from central.core.datum import DATUM_WORDS, Datum
from central.web import here, saying
from central.web.admin.frame import (
    Answer,
    RefusedError,
    changes,
    given,
    keep,
    must_prove,
    pages,
    places,
    sees,
)
from central.web.languages import text as _
from central.web.sheets import Cell, Field, Form, Row, Sheet, Table, Words, shown

BACK = "/admin/units"
_CODE = re.compile(r"(town|station|school):[a-z0-9][a-z0-9-]{0,50}")
MOST_BOUNDARY_BYTES = 200_000
KINDS: dict[str, Words] = {
    "department": ("部门", "department"), "station": ("派出所", "station"),
    "town": ("镇街", "town"), "school": ("学校", "school"),
}  # fmt: skip


@pages.get("/admin/units")
@sees()
def units() -> Answer:
    """Show the tree, and add a unit."""
    with here.store().reading() as connection:
        rows = directory.rows(connection, ORG_UNIT, "code")
        people = directory.rows(connection, ACCOUNT, "username")
        bounded = geography.with_boundary(connection)
    counts: dict[str, int] = {}
    for one in people:
        counts[one["unit_code"]] = counts.get(one["unit_code"], 0) + bool(one["is_active"])
    table = Table(
        (("单位", "Unit"), ("种类", "Kind"), ("人员", "People"), ("边界", "Boundary")),
        [_row(row, depth, counts, bounded) for row, depth in _tree(rows)],
    )
    return shown(Sheet(
        ("单位", "Units"), "units", places(), notes=must_prove(BACK), tables=[table],
        forms=[_adding(rows)],
        hint=("上级看得到下级办理的事件，不能代办。",
              "The unit above sees what those below work on, and cannot act for them."),
    ))  # fmt: skip


@pages.post("/admin/units")
@changes(BACK)
def add_unit() -> Answer:
    """Add a unit."""
    code, name = given("code", 64), given("name_zh", 100)
    if not _CODE.fullmatch(code) or not name:
        words = (
            "编号应为 town：… station：… school：…，并填写名称",
            "a code is town:…, station:… or school:…; and a name",
        )
        raise RefusedError(words)
    parent = given("parent", 64) or None
    with here.store().transaction() as connection:
        directory.add_unit(connection, code, name, given("name_en", 100), parent)
        keep(connection, "unit.add", f"unit:{code}", {"parent": parent})
    saying.say_done(_("已增加：%(name)s", name=name))
    return redirect(f"{BACK}/{code}")


@pages.get("/admin/units/<code>")
@sees()
def one_unit(code: str) -> Answer:
    """Show one unit and what may be changed."""
    row, rows = _found(code)
    back = f"{BACK}/{code}"
    forms = [
        Form(("名称", "Name"), f"{back}/name", [
            Field("name_zh", ("中文名称", "name in Chinese"), value=row["name_zh"],
                  is_needed=True, more={"maxlength": 100}),
            Field("name_en", ("英文名称", "name in English"), value=row["name_en"],
                  more={"maxlength": 100}),
        ], ("保存", "Save")),
        Form(("归属", "Below"), f"{back}/move", [_parent(rows, row["parent_code"] or "", code)],
             ("改归属", "Move"), is_main=False),
    ]  # fmt: skip
    if row["kind"] == "school":
        forms.append(Form(
            ("学校边界", "Boundary"), f"{back}/boundary",
            [Field("file", ("GeoJSON 文件", "GeoJSON file"), "file", is_needed=True,
                   more={"accept": ".json,.geojson"}),
             Field("datum", ("坐标系", "datum"), "select", "wgs84",
                   options={one.value: DATUM_WORDS[one] for one in Datum},
                   hint=("从高德、百度导出的请如实选择，自动换算", "it is turned into WGS-84"))],
            ("上传", "Upload"), ("多边形，经度在前；用来判断 100 米范围。",
                               "A Polygon, longitude first; it tells the 100 m ring."),
            has_file=True, is_main=False,
        ))  # fmt: skip
    with here.store().reading() as connection:
        bounded = geography.with_boundary(connection)
    table = Table(
        (("单位", "Unit"), ("种类", "Kind"), ("人员", "People"), ("边界", "Boundary")),
        [_row(row, 0, {}, bounded)],
    )
    return shown(Sheet(
        (row["name_zh"], row["name_en"] or row["name_zh"]), "units", places(),
        crumb=(BACK, ("单位", "Units")), notes=must_prove(back), tables=[table], forms=forms,
    ))  # fmt: skip


@pages.post("/admin/units/<code>/<what>")
@changes(BACK + "/{code}")
def change_unit(code: str, what: str) -> Answer:
    """Rename a unit, put it below another, or keep its boundary."""
    row, _rows = _found(code)
    back = f"{BACK}/{code}"
    with here.store().transaction() as connection:
        if what == "name":
            name = given("name_zh", 100)
            if not name:
                raise RefusedError(("名称不能为空", "a name is needed"))
            directory.rename_unit(connection, code, name, given("name_en", 100))
            before = {"name_zh": row["name_zh"], "name_en": row["name_en"]}
            keep(connection, "unit.name", f"unit:{code}", {"before": before})
        elif what == "move":
            parent = given("parent", 64) or None
            directory.move_unit(connection, code, parent)
            detail = {"parent": parent, "before": row["parent_code"]}
            keep(connection, "unit.move", f"unit:{code}", detail)
        elif what == "boundary" and row["kind"] == "school":
            geography.put_boundary(connection, code, _polygon(), here.now_ms())
            keep(connection, "unit.boundary", f"unit:{code}")
        else:
            raise NotFound
    if what == "name":
        was = {"name_zh": row["name_zh"], "name_en": row["name_en"]}
        saying.say_undoable(_("已保存：%(name)s", name=code), f"{back}/name", **was)
    elif what == "move":
        saying.say_undoable(_("已改归属。"), f"{back}/move", parent=row["parent_code"] or "")
    else:
        saying.say_done(_("已保存：%(name)s", name=code))
    return redirect(back)


def _polygon() -> list[tuple[float, float]]:
    file = request.files.get("file")
    content = file.stream.read(MOST_BOUNDARY_BYTES + 1) if file else b""
    if len(content) > MOST_BOUNDARY_BYTES:
        raise RefusedError(("边界文件太大，请简化多边形", "too large: make the polygon simpler"))
    try:
        return read_boundary(
            json.loads(content.decode("utf-8")),
            Datum(given("datum") or "wgs84"),
            here.settings().bounds,
        )
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        zh, _slash, en = str(error).partition(" / ")
        raise RefusedError((zh, en or "not a GeoJSON file")) from None


def _found(code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    with here.store().reading() as connection:
        rows = directory.rows(connection, ORG_UNIT, "code")
    row = next((one for one in rows if one["code"] == code), None)
    if row is None:
        raise NotFound
    return row, rows


def _tree(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], int]]:
    """Put each unit after the one above it, with how deep it stands."""
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        below.setdefault(row["parent_code"], []).append(row)

    def under(code: str | None, depth: int) -> list[tuple[dict[str, Any], int]]:
        found = []
        for row in below.get(code, []):
            found += [(row, depth), *under(row["code"], depth + 1)]
        return found

    return under(None, 0)


def _row(row: dict[str, Any], depth: int, counts: dict[str, int], bounded: set[str]) -> Row:
    is_school = row["kind"] == "school"
    has = row["code"] in bounded
    bound: Words = ("有", "yes") if has else ("未登记", "missing")
    count = counts.get(row["code"], 0)
    return Row([
        Cell(words=(row["name_zh"], row["name_en"] or row["name_zh"]), small=row["code"],
             link=f"{BACK}/{row['code']}", depth=min(depth, 3)),
        Cell(words=KINDS[row["kind"]]),
        Cell(str(count) if count or not counts else "0", is_number=True,
             tone="soon" if counts and not count else ""),
        Cell(words=bound, tone="" if has else "soon") if is_school else Cell("—"),
    ], key=row["code"])  # fmt: skip


def _parent(rows: list[dict[str, Any]], value: str, but: str = "") -> Field:
    names: dict[str, Words] = {"": ("（无）", "(none)")}
    names |= {one["code"]: (one["name_zh"], one["name_en"] or one["name_zh"])
              for one in rows if one["code"] != but}  # fmt: skip
    return Field("parent", ("上级单位", "unit above"), "select", value, options=names,
                 hint=("缺省派出所归公安、学校归教育", "else police and edu"))  # fmt: skip


def _adding(rows: list[dict[str, Any]]) -> Form:
    return Form(("增加单位", "Add a unit"), BACK, [
        Field("code", ("编号", "code"), is_needed=True, more={"maxlength": 64},
              hint=("如 school:shiyan、town:yuelin", "e.g. school:shiyan, town:yuelin")),
        Field("name_zh", ("中文名称", "name in Chinese"), is_needed=True, more={"maxlength": 100}),
        Field("name_en", ("英文名称", "name in English"), more={"maxlength": 100}),
        _parent(rows, ""),
    ], ("增加", "Add"))  # fmt: skip
