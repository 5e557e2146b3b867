"""A furnished district: its units, places, people and pupils, as a real one would call them."""

from pathlib import Path

from sqlalchemy import Connection

from central.adapters.care.keeping import CareStore
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.person_keys import PersonKeys
from central.adapters.registry.roster import Roster
from central.adapters.store import directory, nights, pupils, sign_ins
from central.adapters.store.engine import open_store
from central.adapters.store.nights import Home
from central.adapters.store.sign_ins import From
from central.core.curfew import House
from central.core.people import Actor, Role
from central.core.pupils import GuardianWanted, PupilWanted

HOUR = 3_600_000
DAY = 24 * HOUR
SCHOOL = "school:shiyan"
UNITS = {
    "town:yuelin": ("岳林街道", "Yuelin Subdistrict"),
    "town:jinping": ("锦屏街道", "Jinping Subdistrict"),
    "station:yuelin": ("岳林派出所", "Yuelin Police Station"),
    SCHOOL: ("实验小学", "Shiyan Primary School"),
    "school:jinping": ("锦屏中学", "Jinping Middle School"),
}
SITES = {
    "shiyan-gate": ("gate", "实验小学正门", "Shiyan Primary School, main gate"),
    "shiyan-dorm": ("dormitory", "实验小学宿舍", "Shiyan Primary School, dormitory"),
    "yuehu": ("water", "月湖", "Yuehu Lake"),
    "langyu": ("venue", "浪屿网吧", "Langyu Internet Café"),
}
BOXES = {"gate-001": "shiyan-gate", "water-001": "yuehu", "water-002": "yuehu",
         "venue-001": "langyu", "door-001": "shiyan-dorm"}  # fmt: skip
CAST = {
    "zhiban": ("周宁", Role.DUTY_OFFICER, "edu"),
    "guanli": ("郑洁", Role.DISTRICT_ADMIN, "edu"),
    "baohu": ("方圆", Role.DPO, "edu"),
    "shenji": ("魏衡", Role.AUDITOR, "edu"),
    "zhenshui": ("林涛", Role.WATER_WARDEN, "town:yuelin"),
    "anquan": ("王敏", Role.SCHOOL_SAFETY_LEAD, SCHOOL),
    "banzhuren": ("沈雁", Role.CLASS_TEACHER, SCHOOL),
    "xinli": ("许静", Role.PSYCHOLOGIST, SCHOOL),
    "baoan": ("赵强", Role.GUARD, SCHOOL),
    "minjing": ("何军", Role.STATION_OFFICER, "station:yuelin"),
    "shichang": ("吴珊", Role.UNIT_OFFICER, "market"),
    "wenhua": ("陈刚", Role.UNIT_OFFICER, "culture"),
    "tuanwei": ("叶青", Role.UNIT_OFFICER, "youth"),
}
PEOPLE = {name: Actor(f"account:{name}", *rest) for name, rest in CAST.items()}
PUPILS = ("张小明", "李小红", "周一帆", "吴二南", "郑三山", "王小雨")
CLASS = "3-2"


class Locked:
    """What the district keeps under keys."""

    def __init__(self, folder: Path) -> None:
        self.galleries = GalleryKeys(folder / "galleries").prepare()
        self.roster = Roster(self.galleries)
        care = open_store(f"sqlite:///{folder}/care.db")
        self.care = CareStore(care, PersonKeys(folder / "care-keys")).prepare()
        self.replies = PersonKeys(folder / "replies").prepare()


def secret_of(username: str) -> str:
    """Give what the cookie of somebody's sign-in holds."""
    return f"showcase-{username}"


def settle(connection: Connection, password_hash: str, now_ms: int) -> None:
    """Fill an empty database with units, places, devices, and people who have signed in."""
    directory.seed_departments(connection)
    for code, names in UNITS.items():
        directory.add_unit(connection, code, *names)
    relations = {"town": "town:yuelin", "station": "station:yuelin", "school": SCHOOL}
    for site_id, (kind, name_zh, name_en) in SITES.items():
        directory.add_site(connection, {
            "site_id": site_id, "kind": kind, "name_zh": name_zh, "name_en": name_en,
            "relations": relations, "created_at": now_ms - 90 * DAY,
        })  # fmt: skip
    for device_id, site_id in BOXES.items():
        kind = "door" if device_id.startswith("door") else SITES[site_id][0]
        directory.add_device(connection, {"device_id": device_id, "site_id": site_id,
                             "profile": kind, "created_at": now_ms - 60 * DAY})  # fmt: skip
    for username, actor in PEOPLE.items():
        directory.add_account(connection, {
            "username": username, "name": actor.name, "password_hash": password_hash,
            "role": actor.role, "unit_code": actor.unit_code,
            "email": f"{username}@demo.invalid", "created_at": now_ms - 90 * DAY,
        })  # fmt: skip
        browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
        sign_ins.start(connection, secret_of(username), username, now_ms, now_ms + DAY,
                       From(browser, "10.1.2.3"))  # fmt: skip


def enter(connection: Connection, roster: Roster, now_ms: int) -> list[str]:
    """Put pupils on the roster of their school, four of whom board there; give their ids."""
    pupils.put_class(connection, SCHOOL, CLASS, "三年级二班")
    pupils.teach(connection, PEOPLE["banzhuren"].actor_id, SCHOOL, CLASS)
    wanted = [
        PupilWanted(
            unit_code=SCHOOL, class_code=CLASS, school_no=f"2023000{number}", name=name,
            birth_year=2014, is_boarder=number > 2, dormitory_room="101" if number > 2 else "",
            guardians=(GuardianWanted(name=f"{name}的家长", phone=f"1390000000{number}"),),
        )
        for number, name in enumerate(PUPILS, start=1)
    ]  # fmt: skip
    done = roster.put(connection, wanted, PEOPLE["anquan"].actor_id, now_ms)
    nights.put_home(connection, Home(SCHOOL, "shiyan-dorm", House()), now_ms)
    return [pupil_id for pupil_id, _ in done]
