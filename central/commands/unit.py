"""`huxiao-central unit`: towns, stations and schools beside the fifteen departments."""

import json
import re
from pathlib import Path
from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.store import audit, directory, geography, tasks
from central.adapters.store.tables import ORG_UNIT
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    Central,
    crs_option,
    fail,
    json_option,
    opened,
    show,
)
from central.core.coordinates import read_boundary
from central.core.datum import Datum

_CODE = re.compile(r"(town|station|school):[a-z0-9][a-z0-9-]{0,50}")


@click.group()
def unit() -> None:
    """单位:镇街、派出所、学校。 Towns, stations and schools.

    十五个部门由 init 建好。 The fifteen departments are there from the start.
    """


@unit.command()
@click.argument("code")
@click.option("--name", required=True, help="中文名称 / name in Chinese")
@click.option("--name-en", default="", help="英文名称 / name in English")
@click.option(
    "--parent",
    help="上级单位，缺省派出所归公安、学校归教育 / the unit above; else police and edu",
)
@opened
def add(central: Central, code: str, name: str, name_en: str, parent: str | None) -> None:
    """增加一个单位,编号如 town:yuelin。 Add a unit by its code, e.g. school:shiyan."""
    if not _CODE.fullmatch(code):
        fail(f"{code!r}: 应为 expected town：… | station：… | school：…", EXIT_CONFIG)
    with central.store.transaction() as connection:
        directory.add_unit(connection, code, name, name_en, parent)
        audit.append(connection, now_ms(), "cli", "unit.add", f"unit:{code}")
    click.echo(f"已增加 added: {code} {name}")


@unit.command()
@click.argument("code")
@click.argument("parent", required=False)
@opened
def move(central: Central, code: str, parent: str | None) -> None:
    """把单位归到上级单位之下;不写上级则独立。 Put a unit below another, or below none.

    上级看得到下级办理的事件,不能代办。 The unit above sees what those below work on.
    """
    with central.store.transaction() as connection:
        directory.move_unit(connection, code, parent)
        audit.append(connection, now_ms(), "cli", "unit.move", f"unit:{code}", {"parent": parent})
    click.echo(f"已归属 now below: {code} → {parent or '-'}")


@unit.command()
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@crs_option
@opened
def boundary(central: Central, code: str, file: Path, crs: str) -> None:
    """登记学校边界(GeoJSON 多边形)。 Keep a school's boundary: a GeoJSON Polygon.

    用来核对场所是否在学校 100 米范围内。 Checks that a place is within 100 m of the school.
    """
    try:
        polygon = read_boundary(
            json.loads(file.read_text(encoding="utf-8")), Datum(crs), central.config.map.area
        )
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        fail(f"{file}: {error}", EXIT_CONFIG)
    with central.store.transaction() as connection:
        if not code.startswith("school:") or tasks.unit(connection, code) is None:
            fail(f"没有学校 {code!r} / there is no such school", EXIT_REFUSED)
        geography.put_boundary(connection, code, polygon, now_ms())
        audit.append(connection, now_ms(), "cli", "unit.boundary", f"unit:{code}")
    click.echo(f"已登记 kept: {code}, {len(polygon)} 个角点 corners")


@unit.command(name="list")
@json_option
@opened
def list_units(central: Central, *, as_json: bool) -> None:
    """列出全部单位。 List all units."""
    with central.store.reading() as connection:
        rows: list[dict[str, Any]] = directory.rows(connection, ORG_UNIT, "code")
    lines = [f"{r['code']:<24}{r['parent_code'] or '-':<16}{r['name_zh']}" for r in rows]
    show(rows, "\n".join(lines), as_json=as_json)
