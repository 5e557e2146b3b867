"""`huxiao-central site`: the places that devices watch."""

import re
from pathlib import Path
from typing import Any

import click

from central.adapters.clock import now_ms
from central.adapters.qr import drawn
from central.adapters.store import audit, directory, geography, incidents, linking
from central.adapters.store.tables import SITE
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
from central.core.coordinates import PlaceError, placed
from central.core.datum import Datum

_SITE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TAKEN = frozenset({"status"})  # the page on which anybody looks up a report
_RELATIONS = ("town", "school", "station")


@click.group()
def site() -> None:
    """场所:水域、校门、场馆。 The places that devices watch.

    场所与单位的关系决定事件派给谁。 Its relations decide who gets the tasks.
    """


@site.command()
@click.argument("site_id")
@click.option(
    "--kind",
    type=click.Choice(["water", "gate", "venue", "dormitory"]),
    required=True,
    help="水域、校门、场馆、宿舍 / which kind of place",
)
@click.option("--name", required=True, help="中文名称 / name in Chinese")
@click.option("--name-en", default="", help="英文名称 / name in English")
@click.option(
    "--relation",
    "relations",
    multiple=True,
    metavar="RELATION=UNIT",
    help="关系，可重复 / may be repeated: town=town:yuelin school=school:shiyan station=…",
)
@opened
def add(
    central: Central, site_id: str, kind: str, name: str, name_en: str, relations: tuple[str, ...]
) -> None:
    """增加一个场所。 Add a place."""
    if not _SITE_ID.fullmatch(site_id) or site_id in _TAKEN:
        fail(f"{site_id!r}: 只用小写字母、数字、连字符 / use a-z, 0-9 and -", EXIT_CONFIG)
    row = {
        "site_id": site_id,
        "kind": kind,
        "name_zh": name,
        "name_en": name_en,
        "relations": _parsed(relations),
        "created_at": now_ms(),
    }
    with central.store.transaction() as connection:
        directory.add_site(connection, row)
        audit.append(connection, now_ms(), "cli", "site.add", f"site:{site_id}")
    click.echo(f"已增加 added: {site_id} {name}")
    for relation in _RELATIONS:
        if relation not in row["relations"]:  # type: ignore[operator]
            click.echo(f"注意 note: 没有关系 no relation {relation!r}", err=True)


@site.command()
@click.argument("site_id")
@click.option("--lat", type=float, required=True, help="纬度 / latitude")
@click.option("--lon", type=float, required=True, help="经度 / longitude")
@crs_option
@opened
def place(central: Central, site_id: str, lat: float, lon: float, crs: str) -> None:
    """登记场所坐标。 Say where a place is.

    从高德、腾讯复制的用 --crs gcj02,百度的用 --crs bd09。
    Copied from Amap or Tencent: --crs gcj02; from Baidu: --crs bd09.
    """
    try:
        lon, lat = placed(lon, lat, Datum(crs), central.config.map.area)
    except PlaceError as error:
        fail(str(error), EXIT_CONFIG)
    with central.store.transaction() as connection:
        if incidents.place(connection, site_id) is None:
            fail(f"没有场所 {site_id!r} / there is no such place", EXIT_REFUSED)
        geography.put_point(connection, site_id, lat, lon)
        audit.append(connection, now_ms(), "cli", "site.place", f"site:{site_id}")
    click.echo(f"已登记 placed: {site_id} {lat:.6f}, {lon:.6f}")


@site.command(name="list")
@json_option
@opened
def list_sites(central: Central, *, as_json: bool) -> None:
    """列出全部场所。 List all places."""
    with central.store.reading() as connection:
        rows: list[dict[str, Any]] = directory.rows(connection, SITE, "site_id")
    show(
        rows,
        "\n".join(f"{row['site_id']:<24}{row['kind']:<8}{row['name_zh']}" for row in rows),
        as_json=as_json,
    )


@site.command()
@click.argument("one", metavar="DEVICE/CAMERA")
@click.argument("other", metavar="DEVICE/CAMERA")
@click.option("--remove", is_flag=True, help="取消 / no longer")
@opened
def neighbours(central: Central, one: str, other: str, *, remove: bool) -> None:
    """两个摄像头看同一片地方:同时预警归为一案。 Two cameras see the same ground.

    例 e.g.: site neighbours water-001/cam1 water-002/cam1
    """
    a, b = _lens(one), _lens(other)
    with central.store.transaction() as connection:
        places = [incidents.site_of(connection, device_id) for device_id, _ in (a, b)]
        if None in places or len(set(places)) != 1 or a == b:
            fail("须是同一场所的两个摄像头 / two cameras of one place are wanted", EXIT_CONFIG)
        keep = linking.drop_neighbours if remove else linking.put_neighbours
        keep(connection, a, b)
        audit.append(connection, now_ms(), "cli", "site.neighbours", f"site:{places[0]}",
                     {"cameras": [one, other], "removed": remove})  # fmt: skip
    click.echo(f"{'已取消 removed' if remove else '已登记 kept'}: {one} ~ {other}")


def _lens(text: str) -> tuple[str, str]:
    device_id, slash, camera_id = text.partition("/")
    if not (device_id and slash and camera_id):
        fail(f"{text!r}: 应为 expected DEVICE/CAMERA", EXIT_CONFIG)
    return device_id, camera_id


@site.command()
@click.argument("site_id")
@click.option(
    "--out",
    "file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="SVG 文件 / the SVG file to write",
)
@opened
def qr(central: Central, site_id: str, file: Path) -> None:
    """输出场所的上报二维码(SVG,可打印)。 Write the QR code for anybody's reports.

    扫码即到 [web] public_url 下的 /r/场所,不用登录。 It leads to /r/SITE, without a sign-in.
    """
    base = central.config.web.public_url
    if not base:
        fail("central.toml: 请先填写 [web] public_url，二维码要写明网址 / "
             "set [web] public_url first: the code holds the address", EXIT_CONFIG)  # fmt: skip
    with central.store.reading() as connection:
        place = incidents.place(connection, site_id)
    if place is None:
        fail(f"没有场所 no site {site_id!r}", EXIT_REFUSED)
    address = f"{base.rstrip('/')}/r/{site_id}"
    file.write_bytes(drawn(address))
    click.echo(f"已写入 written: {file} ({place.name_zh} {address})")


def _parsed(relations: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in relations:
        relation, equals, code = pair.partition("=")
        if not equals or relation not in _RELATIONS:
            fail(f"--relation {pair!r}: 应为 expected {'|'.join(_RELATIONS)}=UNIT", EXIT_CONFIG)
        found[relation] = code
    return found
