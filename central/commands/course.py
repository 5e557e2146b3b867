"""`huxiao-central course`, `service-point`: the menu of law education, and where it is held."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.menu import MenuError, read_courses, read_points
from central.adapters.store import audit, bookings
from central.commands.options import (
    EXIT_CONFIG,
    EXIT_REFUSED,
    Central,
    fail,
    json_option,
    opened,
    show,
)
from central.core.courses import CATEGORIES
from central.incidents.booking import menu

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def course() -> None:
    """普法护苗课程菜单。 The menu of law education.

    自带 90 门示例课名,由本区导入自己的菜单替换。 Samples until the district has its own.
    """


@course.command(name="import")
@file_argument
@opened
def import_courses(central: Central, file: Path) -> None:
    """导入课程菜单(CSV 或 YAML),整体替换。 Take a menu in, in place of the one before.

    列 columns: code, category, title_zh, title_en, for_zh, minutes.
    有错则一行也不导入 all or nothing.
    """
    courses = _read(read_courses, file)
    with central.store.transaction() as connection:
        count = bookings.replace_menu(connection, courses, now_ms())
        audit.append(connection, now_ms(), "cli", "course.import", str(count))
    click.echo(f"已导入课程 courses taken in: {count}")


@course.command(name="list")
@json_option
@opened
def list_courses(central: Central, *, as_json: bool) -> None:
    """列出课程菜单。 List the menu."""
    with central.store.reading() as connection:
        rows: list[dict[str, Any]] = [one.model_dump(mode="json") for one in menu(connection)]
    names = {category.value: words[0] for category, words in CATEGORIES.items()}
    text = "\n".join(f"{r['code']:<10}{names[r['category']]:<8}{r['title_zh']}" for r in rows)
    show(rows, text, as_json=as_json)


@click.group(name="service-point")
def service_point() -> None:
    """百校千站服务站点。 Places outside school that take classes in.

    预约课程时可选。 A booking may name one.
    """


@service_point.command(name="import")
@file_argument
@opened
def import_points(central: Central, file: Path) -> None:
    """导入服务站点(CSV 或 YAML),整体替换。 Take service points in, in place of those before.

    列 columns: point_id, name_zh, town_code, kind, address. 有错则一行也不导入 all or nothing.
    """
    points = _read(read_points, file)
    with central.store.transaction() as connection:
        towns = set(bookings.units(connection, "town"))
        if unknown := sorted({one.town_code for one in points} - towns):
            fail(f"没有镇（街道） no such town: {', '.join(unknown)}", EXIT_REFUSED)
        count = bookings.replace_points(connection, points, now_ms())
        audit.append(connection, now_ms(), "cli", "service_point.import", str(count))
    click.echo(f"已导入站点 service points taken in: {count}")


@service_point.command(name="list")
@click.option("--town", help="镇（街道） / of one town: town:yuelin")
@json_option
@opened
def list_points(central: Central, town: str | None, *, as_json: bool) -> None:
    """按镇(街道)列出服务站点。 List service points by town."""
    with central.store.reading() as connection:
        rows: list[dict[str, Any]] = bookings.points(connection, town)
    text = "\n".join(f"{r['town_zh']:<12}{r['point_id']:<24}{r['name_zh']}" for r in rows)
    show(rows, text, as_json=as_json)


def _read(read: Callable[[bytes, str], list[Any]], file: Path) -> list[Any]:
    try:
        return read(file.read_bytes(), file.name)
    except MenuError as error:
        fail(f"\n{error}", EXIT_CONFIG)
