"""A district with two pupils of one school, one of whom devices may know, and a net café."""

from pathlib import Path

from sqlalchemy import Connection

from central.adapters.galleries.keeping import Keeper
from central.adapters.playbooks import shipped
from central.adapters.registry.roster import Roster
from central.adapters.store import directory, pupils, subjects
from central.adapters.store.engine import Store
from central.core.people import Actor, Role
from central.core.pupils import PupilWanted
from central.core.subjects import Finding
from central.incidents import take_alert
from central.incidents.verifying import Verification, verify_subject
from contract.messages import Match
from tests.integration.case_district import NOON, SCHOOL, add_person, add_site, an_alert, settle
from tests.integration.enrolling_kit import a_keeper, a_request

TEACHER = Actor("account:ban32", "班主任 李芳", Role.CLASS_TEACHER, "school:shiyan")
NEXT_DOOR = Actor("account:ban31", "班主任 赵云", Role.CLASS_TEACHER, "school:shiyan")
CULTURE = Actor("account:wenhua", "执法 陈刚", Role.UNIT_OFFICER, "culture")
FAR = Actor("account:jinping", "锦屏 安全", Role.SCHOOL_SAFETY_LEAD, "school:jinping")
NAME, OTHER_NAME, PHONE = "张小明", "李小红", "13800000001"
A_MATCH = Match(entry_id="p1", similarity=0.95, votes=3, frames=7)


class District:
    """A district with two pupils, one of whom devices may know."""

    def __init__(self, store: Store, folder: Path) -> None:
        keeper: Keeper = a_keeper(folder)
        self.store, self.roster = store, Roster(keeper.keys)
        with store.transaction() as connection:
            settle(connection)
            directory.add_unit(connection, "school:jinping", "锦屏中学", "")
            for actor in (TEACHER, NEXT_DOOR, CULTURE, FAR):
                add_person(connection, actor)
            pupils.teach(connection, TEACHER.actor_id, "school:shiyan", "3-2")
            pupils.teach(connection, NEXT_DOOR.actor_id, "school:shiyan", "3-1")
            relations = {"school": "school:jinping", "station": "station:yuelin"}
            add_site(connection, "langyu", "浪屿网吧", relations)
            device = {"device_id": "venue-001", "site_id": "langyu", "profile": "venue",
                      "created_at": 0}  # fmt: skip
            directory.add_device(connection, device)
            wanted = [self.a_pupil("1", NAME, "3-2"), self.a_pupil("2", OTHER_NAME, "3-1")]
            done = self.roster.put(connection, wanted, "cli", NOON)
            self.child, self.other = (pupil_id for pupil_id, _ in done)
            keeper.enrol(connection, SCHOOL, a_request(keeper.keys), NOON)
            pupil = pupils.found(connection, self.child)
            assert pupil is not None
            self.roster.link(connection, pupil, "p1", "cli", NOON)

    def a_pupil(self, number: str, name: str, class_code: str) -> PupilWanted:
        return PupilWanted.model_validate({
            "unit_code": "school:shiyan", "class_code": class_code, "school_no": number,
            "name": name, "birth_year": 2014,
            "guardians": [{"name": f"{name}家长", "phone": PHONE, "zlb": f"zlb-{number}"}],
        })  # fmt: skip

    def at_the_pond(self, connection: Connection, *matches: Match, seq: int = 1) -> str:
        alert = an_alert(seq, matches=matches)
        return take_alert(connection, alert, NOON, playbooks=shipped()).incident_id

    def at_the_venue(self, connection: Connection, *matches: Match) -> str:
        alert = an_alert(
            device_id="venue-001", scenario="venue_minor", kind="minor_match", zone_id=None,
            matches=matches or (A_MATCH,),
        )  # fmt: skip
        return take_alert(connection, alert, NOON, playbooks=shipped()).incident_id

    def verify(
        self, connection: Connection, who: Actor, incident_id: str, finding: Finding
    ) -> None:
        (one,) = subjects.of_incident(connection, incident_id)
        found = Verification(one.subject_id, finding)
        verify_subject(connection, who, incident_id, found, NOON)
