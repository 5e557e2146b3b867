"""A small district for the demo: one pond, one town, one school, and the people who act."""

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click import ClickException

from central.cli import main
from scripts.demonstration import landscape
from scripts.demonstration.processes import DemoError

DEVICE_ID = "water-001"
SITE_ID = "yuehu-pond"


@dataclass(frozen=True)
class Person:
    """Somebody with a sign-in."""

    username: str
    name: str
    role: str
    unit: str


PEOPLE = (
    Person("zhiban", "值班员 周宁", "duty_officer", "edu"),
    Person("zhenshui", "防溺水专管员 林涛", "water_warden", "town:yuelin"),
    Person("anquan", "学校安全负责人 王敏", "school_safety_lead", "school:shiyan"),
)
INSTALLER = Person("anzhuang", "安装员 赵岩", "installer", "edu")
"""Plays no part in the story; may draw zones on the device's picture."""
UNITS = {
    "town:yuelin": "岳林街道",
    "school:shiyan": "实验小学",
    "station:yuelin": "岳林派出所",
}


@dataclass(frozen=True)
class District:
    """Where the demo's central lives, and what opens it."""

    data: Path
    passwords: dict[str, str] = field(default_factory=dict)

    def central(self, *words: str | Path) -> str:
        """Call `huxiao-central` as an operator would, and give what it prints."""
        printed, complaint = io.StringIO(), io.StringIO()
        arguments = [*map(str, words), "--data", str(self.data)]
        with redirect_stdout(printed), redirect_stderr(complaint):
            code = _ended(arguments)
        if code:
            msg = f"huxiao-central {' '.join(arguments)}:\n{complaint.getvalue()}"
            raise DemoError(msg)
        return printed.getvalue()

    def token(self, person: Person) -> str:
        """Make an API token that may do what the person may do."""
        words = ("token", "add", "--name", f"demo {person.username}", "--role", person.role)
        made: dict[str, Any] = json.loads(
            self.central(*words, "--unit", person.unit, "--scope", "all", "--days", "1", "--json")
        )
        return str(made["token"])


def _ended(arguments: list[str]) -> object:
    """In this process: starting Python a dozen times would take half a minute on a small board."""
    try:
        main.main(args=arguments, prog_name="huxiao-central", standalone_mode=False)
    except SystemExit as ended:
        return ended.code
    except ClickException as error:
        error.show()
        return error.exit_code
    return 0


def settle(
    data: Path, device_port: int, central_port: int, database_url: str | None = None
) -> District:
    """Make the district: certificates, units, site, people and one device."""
    data.mkdir(parents=True, exist_ok=True)
    district = District(data)
    ports = ("--device-port", str(device_port), "--central-port", str(central_port))
    database = ("--db", database_url) if database_url else ()
    district.central("init", "--broker-host", "127.0.0.1", *ports, *database)
    if os.geteuid() == 0:  # started by root, mosquitto would become a user who cannot enter here
        with (data / "broker" / "mosquitto.conf").open("a", encoding="utf-8") as settings:
            settings.write("\nuser root\n")
    for code, name in UNITS.items():
        district.central("unit", "add", code, "--name", name)
    district.central(
        "site", "add", SITE_ID, "--kind", "water",
        "--name", "岳林街道月湖", "--name-en", "Moon Lake",
        *(word for code in UNITS for word in ("--relation", f"{code.split(':')[0]}={code}")),
    )  # fmt: skip
    _placed(district)
    for person in (*PEOPLE, INSTALLER):
        made: dict[str, Any] = json.loads(district.central(
            "user", "add", person.username, "--name", person.name, "--role", person.role,
            "--unit", person.unit, "--email", f"{person.username}@demo.invalid", "--json",
        ))  # fmt: skip
        district.passwords[person.username] = str(made["password"])
    bundle = data / "devices" / DEVICE_ID
    district.central(
        "device", "add", DEVICE_ID, "--site", SITE_ID, "--profile", "water", "--bundle", bundle
    )
    return district


def _placed(district: District) -> None:
    """Put the pond and the school onto a map of a district that exists nowhere."""
    land, yard = (
        district.data / "map" / "district.geojson",
        district.data / "map" / "school.geojson",
    )
    landscape.write(land)
    district.central("map", "build", land, "--credit", "虚构示范地图 an invented district")
    lon, lat = landscape.place(*landscape.POND)
    district.central("site", "place", SITE_ID, "--lat", str(lat), "--lon", str(lon))
    corners = landscape.school_boundary()
    shape = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    yard.write_text(json.dumps(shape), encoding="utf-8")
    district.central("unit", "boundary", "school:shiyan", yard)
