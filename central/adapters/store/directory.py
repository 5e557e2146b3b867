"""Units, sites, devices, people and tokens: who and where."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, insert, select, update

from central.adapters.store.adding import ask_again
from central.adapters.store.tables import ACCOUNT, API_TOKEN, DEVICE, ORG_UNIT, SITE
from central.core.access import above

DEPARTMENTS = {
    "edu": ("区教育局", "District Education Bureau"),
    "police": ("区公安分局", "Public Security Sub-bureau"),
    "plc": ("区委政法委", "Political and Legal Committee"),
    "cac": ("区委网信办", "Cyberspace Office"),
    "sgc": ("区社会治理中心", "Social Governance Centre"),
    "water": ("区水利局", "Water Bureau"),
    "culture": ("区文广旅体局", "Culture, Tourism and Sport Bureau"),
    "health": ("区卫生健康局", "Health Bureau"),
    "emergency": ("区应急管理局", "Emergency Management Bureau"),
    "market": ("区市场监管局", "Market Supervision Bureau"),
    "enforcement": ("区综合执法局", "Comprehensive Enforcement Bureau"),
    "bigdata": ("区大数据中心", "Big Data Centre"),
    "procuratorate": ("区检察院", "Procuratorate"),
    "youth": ("团区委", "Youth League Committee"),
    "gov_office": ("区府办", "District Government Office"),
}
"""The fifteen departments of the district's plan, by code."""

ABOVE = {"station": "police", "school": "edu"}
"""Whom a kind of unit is below where nothing else is said."""

KINDS = ("department", "station", "town", "school")


class ExistsError(Exception):
    """There is one of that name already."""


class MissingError(Exception):
    """Something is named that does not exist."""


def kind_of_unit(code: str) -> str:
    """Tell a unit's kind by its code: `town:yuelin` is a town, `edu` a department."""
    prefix = code.partition(":")[0]
    return prefix if prefix in KINDS else "department"


def seed_departments(connection: Connection) -> int:
    """Add those of the fifteen departments that are not there, and say how many."""
    known = set(connection.execute(select(ORG_UNIT.c.code)).scalars())
    new = [
        {"code": code, "kind": "department", "name_zh": zh, "name_en": en}
        for code, (zh, en) in DEPARTMENTS.items()
        if code not in known
    ]
    if new:
        connection.execute(insert(ORG_UNIT), new)
    return len(new)


def add_unit(
    connection: Connection,
    code: str,
    name_zh: str,
    name_en: str = "",
    parent_code: str | None = None,
) -> None:
    """Add a station, town or school by its code, below a unit: that of its kind unless named."""
    kind = kind_of_unit(code)
    usual = ABOVE.get(kind)
    if parent_code:
        _must_exist(connection, ORG_UNIT, "code", parent_code, "上级单位 parent")
    elif (
        usual
        and connection.execute(select(ORG_UNIT.c.code).where(ORG_UNIT.c.code == usual)).first()
    ):
        parent_code = usual
    _add(connection, ORG_UNIT, "code", {
        "code": code, "kind": kind, "name_zh": name_zh, "name_en": name_en,
        "parent_code": parent_code,
    })  # fmt: skip


def move_unit(connection: Connection, code: str, parent_code: str | None) -> None:
    """Put a unit below another, or below none.

    Raises:
        MissingError: one of them does not exist, or it would be above itself.
    """
    _must_exist(connection, ORG_UNIT, "code", code, "单位 unit")
    if parent_code is not None:
        _must_exist(connection, ORG_UNIT, "code", parent_code, "上级单位 parent")
        rows = connection.execute(select(ORG_UNIT.c.code, ORG_UNIT.c.parent_code))
        tree = {row.code: row.parent_code for row in rows}
        if code in {parent_code, *above(parent_code, tree)}:
            msg = f"{parent_code!r} 在 {code!r} 之下 is below it: 请先移走 move that first"
            raise MissingError(msg)
    connection.execute(
        update(ORG_UNIT).where(ORG_UNIT.c.code == code).values(parent_code=parent_code)
    )
    ask_again(connection)  # whose figures a case is among


def rename_unit(connection: Connection, code: str, name_zh: str, name_en: str) -> None:
    """Call a unit something else."""
    named = update(ORG_UNIT).where(ORG_UNIT.c.code == code)
    connection.execute(named.values(name_zh=name_zh, name_en=name_en))


def change_site(connection: Connection, site_id: str, site: Mapping[str, Any]) -> dict[str, Any]:
    """Change what a place is and whose it is; give what it was.

    Raises:
        MissingError: there is no such place, or no such unit.
    """
    _must_exist(connection, SITE, "site_id", site_id, "场所 site")
    for relation, code in site["relations"].items():
        _must_exist(connection, ORG_UNIT, "code", code, f"关系 relation {relation}: 单位 unit")
    chosen = select(SITE).where(SITE.c.site_id == site_id)
    row = connection.execute(chosen).mappings().one()
    before = {name: row[name] for name in site if row[name] != site[name]}
    connection.execute(update(SITE).where(SITE.c.site_id == site_id).values(**site))
    return before


def add_site(connection: Connection, site: Mapping[str, Any]) -> None:
    """Add a place with its units by relation, each of which must exist."""
    for relation, code in site["relations"].items():
        _must_exist(connection, ORG_UNIT, "code", code, f"关系 relation {relation}: 单位 unit")
    _add(connection, SITE, "site_id", site)


def add_device(connection: Connection, device: Mapping[str, Any]) -> None:
    """Add a box at a place that exists."""
    _must_exist(connection, SITE, "site_id", device["site_id"], "场所 site")
    _add(connection, DEVICE, "device_id", device)


def add_account(connection: Connection, account: Mapping[str, Any]) -> None:
    """Add a person in a unit that exists."""
    _must_exist(connection, ORG_UNIT, "code", account["unit_code"], "单位 unit")
    _add(connection, ACCOUNT, "username", account)


def change_account(connection: Connection, username: str, **changes: Any) -> None:
    """Change columns of an account that exists."""
    _must_exist(connection, ACCOUNT, "username", username, "用户 user")
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.username == username).values(**changes))


def add_token(connection: Connection, token: Mapping[str, Any]) -> None:
    """Add an API token's hash."""
    _must_exist(connection, ORG_UNIT, "code", token["unit_code"], "单位 unit")
    connection.execute(insert(API_TOKEN).values(**token))


def device(connection: Connection, device_id: str) -> RowMapping | None:
    """Give a device's row."""
    found = connection.execute(select(DEVICE).where(DEVICE.c.device_id == device_id))
    return found.mappings().first()


def site(connection: Connection, site_id: str) -> RowMapping | None:
    """Give a place's row."""
    return connection.execute(select(SITE).where(SITE.c.site_id == site_id)).mappings().first()


def kind_of_site(connection: Connection, site_id: str) -> str | None:
    """Tell what kind of place a site is."""
    found: str | None = connection.execute(
        select(SITE.c.kind).where(SITE.c.site_id == site_id)
    ).scalar()
    return found


def change_device(connection: Connection, device_id: str, **changes: Any) -> None:
    """Change columns of a device."""
    connection.execute(update(DEVICE).where(DEVICE.c.device_id == device_id).values(**changes))


def rows(connection: Connection, table: Table, order: str) -> list[dict[str, Any]]:
    """List a whole small table."""
    found = connection.execute(select(table).order_by(table.c[order]))
    return [dict(row) for row in found.mappings()]


def _add(connection: Connection, table: Table, key: str, row: Mapping[str, Any]) -> None:
    found = connection.execute(select(table.c[key]).where(table.c[key] == row[key])).first()
    if found:
        msg = f"{row[key]!r} 已存在 exists already"
        raise ExistsError(msg)
    connection.execute(insert(table).values(**row))


def _must_exist(connection: Connection, table: Table, key: str, value: str, what: str) -> None:
    if not connection.execute(select(table.c[key]).where(table.c[key] == value)).first():
        msg = f"{what} {value!r} 不存在 does not exist"
        raise MissingError(msg)
