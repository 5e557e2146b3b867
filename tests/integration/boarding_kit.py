"""A school with a dormitory: boarders in two classes, rules for its nights, a door gateway."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from central.adapters.galleries.keys import GalleryKeys
from central.adapters.registry.roster import Roster
from central.adapters.store import directory, nights, pupils
from central.adapters.store.boarding import Origin
from central.adapters.store.engine import Store
from central.adapters.store.nights import Home
from central.core.curfew import House
from central.core.people import Actor, Role
from central.core.pupils import PupilWanted
from central.incidents.dormitory import State, take_passage
from contract.doors import Passage
from tests.integration import case_district
from tests.integration.case_district import HOUR, MINUTE, NOON, SCHOOL, add_person

SCHOOL_UNIT = "school:shiyan"
TEACHER = Actor("account:banzhuren", "班主任 沈雁", Role.CLASS_TEACHER, SCHOOL_UNIT)
OTHER_TEACHER = Actor("account:erban", "班主任 林默", Role.CLASS_TEACHER, SCHOOL_UNIT)
CURFEW = NOON + 9 * HOUR + 30 * MINUTE  # 21:30, a Monday
DUE = CURFEW + 30 * MINUTE
NIGHT = "2026-11-23"
RELATIONS = {"town": "town:yuelin", "school": SCHOOL_UNIT, "station": "station:yuelin"}
DOOR = Origin("door-001", SCHOOL_UNIT, "door")


def settle(store: Store, keys: Path, count: int = 12, **rules: Any) -> dict[str, str]:
    """Make the district with `count` boarders, B1 and up; give their ids by number."""
    roster = Roster(GalleryKeys(keys).prepare())
    with store.transaction() as connection:
        case_district.settle(connection)
        for who in (TEACHER, OTHER_TEACHER):
            add_person(connection, who)
        dormitory = {"site_id": "dorm", "kind": "dormitory", "name_zh": "实验小学宿舍",
                     "name_en": "", "relations": RELATIONS, "created_at": 0}  # fmt: skip
        directory.add_site(connection, dormitory)
        device = {"device_id": "door-001", "site_id": "dorm", "profile": "door", "created_at": 0}
        directory.add_device(connection, device)
        wanted = [a_boarder(number) for number in range(1, count + 1)]
        roster.put(connection, wanted, SCHOOL.actor_id, NOON)
        pupils.teach(connection, TEACHER.actor_id, SCHOOL_UNIT, "5-1")
        pupils.teach(connection, OTHER_TEACHER.actor_id, SCHOOL_UNIT, "5-2")
        home = Home(SCHOOL_UNIT, "dorm", House.model_validate(rules))
        nights.put_home(connection, home, NOON)
        return ids(connection)


def a_boarder(number: int) -> PupilWanted:
    """Give the boarder of a number: odd ones are in 5-1, even ones in 5-2, four to a room."""
    return PupilWanted(
        unit_code=SCHOOL_UNIT, class_code=f"5-{2 - number % 2}", school_no=f"B{number}",
        name=f"住宿生{number}", is_boarder=True, dormitory_room=f"10{(number + 3) // 4}",
    )  # fmt: skip


def ids(connection: Connection) -> dict[str, str]:
    wanted = pupils.Wanted(SCHOOL_UNIT, is_boarder=True, limit=1000)
    return {str(one.school_no): one.pupil_id for one in pupils.listed(connection, wanted)}


def a_passage(number: str, at_ms: int, direction: str = "in", **changes: Any) -> Passage:
    fields: dict[str, Any] = {
        "event_id": f"{number}-{at_ms}-{direction}",
        "at": datetime.fromtimestamp(at_ms / 1000, UTC),
        "door_id": "main",
        "school_no": number,
        "direction": direction,
    }
    return Passage.model_validate(fields | changes)


def goes(store: Store, school_no: str, at_ms: int, direction: str = "in",
         now_ms: int | None = None, **changes: Any) -> State:  # fmt: skip
    """Let somebody go through the door."""
    passage = a_passage(school_no, at_ms, direction, **changes)
    with store.transaction() as connection:
        return take_passage(connection, DOOR, passage, at_ms if now_ms is None else now_ms)
