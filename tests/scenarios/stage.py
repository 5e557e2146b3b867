"""A whole district that runs: broker, central, providers, and a person in every unit."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from scripts.demonstration.district import District
from scripts.demonstration.processes import Processes, free_port, is_listening, wait_for
from tests.scenarios import authority
from tests.scenarios.box import Box
from tests.scenarios.children import Child, enter
from tests.scenarios.people import Someone
from tests.servers.hook import Receiver
from tests.servers.mail import MailServer
from tests.servers.mosquitto import wait_until
from tests.servers.providers import Providers, providers

UNITS = {
    "town:yuelin": "岳林街道",
    "town:jinping": "锦屏街道",
    "station:yuelin": "岳林派出所",
    "school:shiyan": "实验小学",
    "school:jinping": "锦屏中学",
}
SITES = {
    "shiyan-gate": ("gate", "实验小学正门"),
    "yuehu-pond": ("water", "岳林街道月湖"),
    "langyu": ("venue", "浪屿网吧"),
}
RELATIONS = {"town": "town:yuelin", "station": "station:yuelin", "school": "school:shiyan"}
BOXES = {"gate-001": "shiyan-gate", "water-001": "yuehu-pond", "venue-001": "langyu"}

PEOPLE = {
    "zhiban": ("duty_officer", "edu"),
    "guanli": ("district_admin", "edu"),
    "zhenshui": ("water_warden", "town:yuelin"),
    "anquan": ("school_safety_lead", "school:shiyan"),
    "banzhuren": ("class_teacher", "school:shiyan"),
    "linban": ("class_teacher", "school:shiyan"),
    "baoan": ("guard", "school:shiyan"),
    "minjing": ("station_officer", "station:yuelin"),
    "fenju": ("unit_officer", "police"),
    "jinping": ("school_safety_lead", "school:jinping"),
    "biechu": ("water_warden", "town:jinping"),
    "wenhua": ("unit_officer", "culture"),
    "jiancha": ("unit_officer", "procuratorate"),
    "shichang": ("unit_officer", "market"),
    "weijian": ("unit_officer", "health"),
    "zhifa": ("unit_officer", "enforcement"),
    "tuanwei": ("unit_officer", "youth"),
    "xinli": ("psychologist", "school:shiyan"),
    "jiaoxin": ("psychologist", "edu"),
    "weixin": ("psychologist", "health"),
    "baohu": ("dpo", "edu"),
    "yingji": ("unit_officer", "emergency"),
}
CLASSES = {"banzhuren": "3-2", "linban": "3-1"}
"""What the class teachers teach."""


@dataclass
class Stage:
    """What runs, who acts, and what the providers got."""

    district: District
    parts: Processes
    address: str
    device_port: int
    providers: Providers
    people: dict[str, Someone] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)

    @property
    def mail(self) -> MailServer:
        """The mail server, which has got everybody's e-mails."""
        return self.providers.mail

    @property
    def hook(self) -> Receiver:
        """The city's platform."""
        return self.providers.hook

    def __getitem__(self, username: str) -> Someone:
        """Give a person by their username, with a token made when first asked for."""
        if username not in self.people:
            role, unit = PEOPLE[username]
            words = ("token", "add", "--name", username, "--role", role, "--unit", unit,
                     *taught(username), "--scope", "all", "--json")  # fmt: skip
            made: dict[str, Any] = json.loads(self.district.central(*words))
            client = httpx.Client(
                base_url=f"{self.address}/api/v1/",
                headers={"Authorization": f"Bearer {made['token']}"},
                timeout=20,
            )
            self.people[username] = Someone(username, unit, role, client)
        return self.people[username]

    def box(self, device_id: str) -> Box:
        """Give a device that is plugged in."""
        if device_id not in self.boxes:
            bundle = self.district.data / "devices" / device_id
            box = Box(device_id, bundle, self.device_port)
            box.plug_in()
            self.boxes[device_id] = box
        return self.boxes[device_id]

    def mails_to(self, username: str) -> list[str]:
        """Give the texts that one person got by e-mail."""
        return [
            f"{m['subject']}\n{m.get_content()}"
            for m in self.mail.accepted
            if str(m["to"]).startswith(f"{username}@")
        ]

    def told_family(self, child: Child, number: str) -> list[str]:
        """Give what one child's guardian got about a case, in the app and by short message."""
        texts = [*self.providers.zlb.texts_to(child.zlb),
                 *self.providers.aliyun.texts_to(child.phone)]  # fmt: skip
        return [text for text in texts if number in text]

    def mailed(self, username: str, *words: str) -> str:
        """Wait until a person has got an e-mail with all these words, and give it."""
        wait_until(
            lambda: any(all(w in text for w in words) for text in self.mails_to(username)),
            30, f"an e-mail to {username} with {words}; they got {self.mails_to(username)}",
        )  # fmt: skip
        return next(t for t in self.mails_to(username) if all(w in t for w in words))

    def told(self, channel: str, address: str, *words: str) -> str:
        """Wait until somebody has got all these words by a channel, and give the text."""

        def fitting() -> list[str]:
            texts = self.providers.texts_to(channel, address)
            return [text for text in texts if all(word in text for word in words)]

        got = self.providers.texts_to
        wait_until(
            lambda: bool(fitting()), 30,
            f"{channel} to {address} with {words}; they got {got(channel, address)}",
        )  # fmt: skip
        return fitting()[0]


def phone_of(username: str) -> str:
    """Give a person's phone; it is the same in every run."""
    return f"1380000{[*PEOPLE].index(username):04d}"


def zwdd_of(username: str) -> str:
    """Give a person's account in the staff's messenger."""
    return f"zw-{username}"


@contextmanager
def running_stage(folder: Path, database_url: str) -> Iterator[Stage]:
    """Settle a district, start it, and end all of it."""
    (folder / "logs").mkdir(parents=True)
    ports = [free_port() for _ in range(3)]
    with providers() as world:
        district = settled(folder / "data", ports, database_url)
        settings = (district.data / "central.toml").read_text("utf-8")
        address = f"http://127.0.0.1:{ports[2]}"
        settings = settings.replace("[web]\n", f'[web]\npublic_url = "{address}"\n')
        settings = "quiet_hours = []\n" + settings  # the stories are told at any hour
        settings += world.settings() + authority.SETTINGS
        (district.data / "central.toml").write_text(settings, "utf-8")
        parts = Processes(folder / "logs")
        stage = Stage(district, parts, address, ports[0], world)
        try:
            conf = str(district.data / "broker" / "mosquitto.conf")
            there = {"PATH": f"{os.environ['PATH']}:/usr/sbin"}
            parts.start("broker", ["mosquitto", "-c", conf], there)
            wait_for("broker", lambda: is_listening(ports[0]), parts)
            where = ["--data", str(district.data), "--port", str(ports[2])]
            parts.start("central", ["huxiao-central", "serve", *where])
            wait_for("central", lambda: is_listening(ports[2]), parts)
            enter(stage)
            yield stage
        finally:
            for box in stage.boxes.values():
                box.pull()
            for someone in stage.people.values():
                someone.client.close()
            parts.stop()


def settled(data: Path, ports: list[int], database_url: str) -> District:
    """Make the district: units, places, devices and accounts."""
    data.mkdir()
    district = District(data)
    where = ("--device-port", str(ports[0]), "--central-port", str(ports[1]))
    district.central("init", "--broker-host", "127.0.0.1", *where, "--db", database_url)
    if os.geteuid() == 0:
        with (data / "broker" / "mosquitto.conf").open("a", encoding="utf-8") as conf:
            conf.write("\nuser root\n")
    for code, name in UNITS.items():
        district.central("unit", "add", code, "--name", name)
    related = [w for name, unit in RELATIONS.items() for w in ("--relation", f"{name}={unit}")]
    for site_id, (kind, name) in SITES.items():
        district.central("site", "add", site_id, "--kind", kind, "--name", name, *related)
    for device_id, site_id in BOXES.items():
        words = ("--site", site_id, "--profile", SITES[site_id][0])
        district.central("device", "add", device_id, *words, "--bundle",
                         data / "devices" / device_id)  # fmt: skip
    for username, (role, unit) in PEOPLE.items():
        ways = ("--email", f"{username}@demo.invalid", "--phone", phone_of(username),
                "--zwdd-id", zwdd_of(username))  # fmt: skip
        who = ("--name", f"人员{username}", "--role", role, "--unit", unit, *ways)
        made = json.loads(
            district.central("user", "add", username, *who, *taught(username), "--json")
        )
        district.passwords[username] = made["password"]
    return district


def taught(username: str) -> tuple[str, ...]:
    """Give how an operator says which class somebody teaches."""
    return ("--class", CLASSES[username]) if username in CLASSES else ()
