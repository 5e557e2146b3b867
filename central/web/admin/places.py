"""Places that devices watch: what they are, whose they are, where they lie, which cameras meet."""

import re
from typing import Any

from flask import redirect
from werkzeug.exceptions import NotFound

from central.adapters.store import directory, geography, linking
from central.adapters.store.tables import DEVICE, ORG_UNIT, SITE
from central.core.coordinates import PlaceError, read_pair
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
from central.web.languages import say
from central.web.languages import text as _
from central.web.sheets import Act, Cell, Field, Form, Row, Sheet, Table, Words, shown

BACK = "/admin/places"
_SITE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TAKEN = frozenset({"status"})
_LENS = re.compile(r"([^/\s]{1,63})/([^/\s]{1,64})")
KINDS: dict[str, Words] = {
    "water": ("水域", "water"), "gate": ("校门", "gate"), "venue": ("场馆", "venue"),
    "dormitory": ("宿舍", "dormitory"),
}  # fmt: skip
RELATIONS: dict[str, Words] = {
    "school": ("学校", "school"), "town": ("镇街", "town"), "station": ("派出所", "station"),
}  # fmt: skip
_COLUMNS: tuple[Words, ...] = (
    ("场所", "Place"), ("种类", "Kind"), ("关系", "Relations"), ("坐标", "Coordinates"),
    ("设备", "Devices"),
)  # fmt: skip


@pages.get("/admin/places")
@sees()
def sites() -> Answer:
    """List the places, and add one."""
    rows, units, points, devices = _all()
    table = Table(_COLUMNS, [_row(row, units, points, devices) for row in rows],
                  empty=("还没有场所。", "There is no place yet."))  # fmt: skip
    form = Form(("增加场所", "Add a place"), BACK, [
        Field("site_id", ("编号", "id"), is_needed=True,
              hint=("小写字母、数字、连字符，如 yuehu-east", "a-z, 0-9 and -, e.g. yuehu-east"),
              more={"maxlength": 63}),
        *_fields({"kind": "water", "name_zh": "", "name_en": "", "relations": {}}, units),
    ], ("增加", "Add"))  # fmt: skip
    return shown(Sheet(("场所", "Places"), "places", places(), notes=must_prove(BACK),
                       tables=[table], forms=[form],
                       hint=("场所与单位的关系决定事件派给谁。",
                             "A place's relations decide who gets the tasks.")))  # fmt: skip


@pages.post("/admin/places")
@changes(BACK)
def add_site() -> Answer:
    """Add a place."""
    site_id = given("site_id", 64)
    if not _SITE_ID.fullmatch(site_id) or site_id in _TAKEN:
        raise RefusedError(("编号只用小写字母、数字、连字符", "an id is of a-z, 0-9 and -"))
    with here.store().transaction() as connection:
        directory.add_site(connection, {"site_id": site_id, "created_at": here.now_ms()} | _told())
        keep(connection, "site.add", f"site:{site_id}")
    saying.say_done(_("已增加：%(name)s", name=given("name_zh", 100)))
    return redirect(f"{BACK}/{site_id}")


@pages.get("/admin/places/<site_id>")
@sees()
def one_site(site_id: str) -> Answer:
    """Show one place and what may be changed."""
    rows, units, points, devices = _all()
    row = next((one for one in rows if one["site_id"] == site_id), None)
    if row is None:
        raise NotFound
    back = f"{BACK}/{site_id}"
    with here.store().reading() as connection:
        pairs = linking.neighbours_at(connection, [d["device_id"] for d in devices
                                                   if d["site_id"] == site_id])  # fmt: skip
    meet = Table(
        (("摄像头", "Camera"), ("相邻", "Meets")),
        [Row([Cell(a), Cell(b)], [Act(("取消", "Undo"), f"{back}/neighbours",
                                      {"one": a, "other": b, "remove": "1"})])
         for a, b in pairs],
        ("相邻摄像头", "Cameras that meet"),
        ("没有登记相邻的摄像头。", "No cameras are known to meet."),
    )  # fmt: skip
    own = Table(_COLUMNS, [_row(row, units, points, devices)])
    datums = {one.value: DATUM_WORDS[one] for one in Datum}
    forms = [
        Form(("修改", "Change"), back, _fields(row, units), ("保存", "Save")),
        Form(("坐标", "Coordinates"), f"{back}/point", [
            Field("pair", ("经度，纬度", "longitude,latitude"), value=points.get(site_id, ""),
                  is_needed=True, more={"placeholder": "121.4100,29.6500"}),
            Field("datum", ("坐标系", "datum"), "select", "wgs84", options=datums,
                  hint=("从高德、百度复制的请如实选择，自动换算", "it is turned into WGS-84")),
        ], ("登记", "Keep"), is_main=False),
        Form(("相邻摄像头", "Cameras that meet"), f"{back}/neighbours", [
            Field("one", ("设备/摄像头", "device/camera"), is_needed=True,
                  more={"placeholder": "water-001/cam1"}),
            Field("other", ("设备/摄像头", "device/camera"), is_needed=True,
                  more={"placeholder": "water-002/cam1"}),
        ], ("登记", "Keep"), ("看同一片地方：同时预警归为一案。",
                            "They see the same ground: alerts at a time become one case."),
             is_main=False),
    ]  # fmt: skip
    return shown(Sheet(
        (row["name_zh"], row["name_en"] or row["name_zh"]), "places", places(),
        crumb=(BACK, ("场所", "Places")), notes=must_prove(back), tables=[own, meet], forms=forms,
    ))  # fmt: skip


@pages.post("/admin/places/<site_id>")
@changes(BACK + "/{site_id}")
def change_site(site_id: str) -> Answer:
    """Change what a place is and whose it is."""
    told = _told()
    with here.store().transaction() as connection:
        before = directory.change_site(connection, site_id, told)
        keep(connection, "site.set", f"site:{site_id}", {"before": before})
    was = told | before
    fields = {name: str(was[name]) for name in ("kind", "name_zh", "name_en")}
    saying.say_undoable(_("已保存：%(name)s", name=told["name_zh"]), f"{BACK}/{site_id}",
                        **fields, **was["relations"])  # fmt: skip
    return redirect(f"{BACK}/{site_id}")


@pages.post("/admin/places/<site_id>/<what>")
@changes(BACK + "/{site_id}")
def act_on_site(site_id: str, what: str) -> Answer:
    """Keep where a place is, or which cameras meet."""
    with here.store().transaction() as connection:
        if directory.kind_of_site(connection, site_id) is None:
            raise NotFound
        if what == "point":
            try:
                lon, lat = read_pair(
                    given("pair"), Datum(given("datum") or "wgs84"), here.settings().bounds
                )
            except PlaceError as error:
                raise RefusedError((error.zh, error.en)) from None
            except ValueError:
                raise RefusedError(("请选择坐标系", "choose a datum")) from None
            geography.put_point(connection, site_id, lat, lon)
            keep(connection, "site.place", f"site:{site_id}", {"lat": lat, "lon": lon})
        elif what == "neighbours":
            one, other = _lens("one"), _lens("other")
            boxes = [directory.device(connection, device_id) for device_id, _c in (one, other)]
            homes = {box["site_id"] if box else None for box in boxes}
            if homes != {site_id} or one == other:
                raise RefusedError(
                    ("须是本场所的两个摄像头", "two cameras of this place are wanted")
                )
            drop = bool(given("remove"))
            act = linking.drop_neighbours if drop else linking.put_neighbours
            act(connection, one, other)
            cameras = ["/".join(one), "/".join(other)]
            keep(connection, "site.neighbours", f"site:{site_id}",
                 {"cameras": cameras, "removed": drop})  # fmt: skip
        else:
            raise NotFound
    saying.say_done(_("已保存：%(name)s", name=site_id))
    return redirect(f"{BACK}/{site_id}")


def _lens(name: str) -> tuple[str, str]:
    found = _LENS.fullmatch(given(name))
    if not found:
        raise RefusedError(("应写作 设备/摄像头，如 water-001/cam1", "expected DEVICE/CAMERA"))
    return found[1], found[2]


def _told() -> dict[str, Any]:
    kind, name = given("kind"), given("name_zh", 100)
    if kind not in KINDS or not name:
        raise RefusedError(("请填写种类和名称", "a kind and a name are needed"))
    relations = {one: given(one, 64) for one in RELATIONS if given(one, 64)}
    return {"kind": kind, "name_zh": name, "name_en": given("name_en", 100),
            "relations": relations}  # fmt: skip


def _all() -> tuple[list[Any], dict[str, Any], dict[str, str], list[Any]]:
    with here.store().reading() as connection:
        rows = directory.rows(connection, SITE, "site_id")
        units = {one["code"]: one for one in directory.rows(connection, ORG_UNIT, "code")}
        points = geography.points(connection)
        devices = directory.rows(connection, DEVICE, "device_id")
    return rows, units, {one: f"{lon:.6f},{lat:.6f}" for one, (lon, lat) in points.items()}, devices


def _row(
    row: dict[str, Any], units: dict[str, Any], points: dict[str, str], devices: list[Any]
) -> Row:
    related = [units[code] for code in row["relations"].values() if code in units]
    names = [say((one["name_zh"], one["name_en"] or one["name_zh"])) for one in related]
    missing = [words for one, words in RELATIONS.items() if one not in row["relations"]]
    there = sum(1 for d in devices if d["site_id"] == row["site_id"] and not d["is_revoked"])
    point = points.get(row["site_id"])
    comma = say(("、", ", "))
    lacks = comma.join(say(words) for words in missing)
    return Row([
        Cell(words=(row["name_zh"], row["name_en"] or row["name_zh"]), small=row["site_id"],
             link=f"{BACK}/{row['site_id']}"),
        Cell(words=KINDS.get(row["kind"], (row["kind"], row["kind"]))),
        Cell(comma.join(names) or "—",
             small=say((f"缺：{lacks}", f"lacks {lacks}")) if lacks else ""),
        Cell(point) if point else Cell(words=("未登记", "missing"), tone="soon"),
        Cell(str(there), is_number=True),
    ], key=row["site_id"])  # fmt: skip


def _fields(row: dict[str, Any], units: dict[str, Any]) -> list[Field]:
    fields = [
        Field("kind", ("种类", "kind"), "select", row["kind"], options=KINDS, is_needed=True),
        Field("name_zh", ("中文名称", "name in Chinese"), value=row["name_zh"], is_needed=True,
              more={"maxlength": 100}),
        Field("name_en", ("英文名称", "name in English"), value=row["name_en"],
              more={"maxlength": 100}),
    ]  # fmt: skip
    for relation, words in RELATIONS.items():
        names: dict[str, Words] = {"": ("（无）", "(none)")}
        names |= {code: (one["name_zh"], one["name_en"] or one["name_zh"])
                  for code, one in units.items() if one["kind"] == relation}  # fmt: skip
        value = row["relations"].get(relation, "")
        fields.append(Field(relation, words, "select", value, options=names))
    return fields
