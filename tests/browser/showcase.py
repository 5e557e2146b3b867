"""A furnished district with something in every room, for walks through all pages and pictures."""

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
from apiflask import APIFlask
from argon2 import PasswordHasher
from sqlalchemy import Connection, insert, select, update

from central.adapters.certificates import Authority
from central.adapters.clock import now_ms
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.playbooks import shipped
from central.adapters.registrar import Registrar, Surroundings
from central.adapters.registry.roster_jobs import RosterJobs
from central.adapters.store import (
    boarding,
    commissioning,
    consent_asks,
    directory,
    duty,
    plans,
    pupils,
    sign_ins,
)
from central.adapters.store.engine import Store, open_store
from central.adapters.store.migrating import migrate
from central.adapters.store.schema.identity import CONTACT, ONE_TIME_LINK, PASSKEY
from central.adapters.store.schema.pupils import PUPIL
from central.adapters.store.sign_ins import hash_of
from central.adapters.store.tables import EVIDENCE, INCIDENT, TASK
from central.adapters.vault import Vault
from central.config import DataDir
from central.core.care import Child, Grade, Record, Referral, Sign, Source, Work
from central.core.duty import Shift
from central.core.kinds import HandKind
from central.core.local_time import from_ms
from central.core.people import Role
from central.core.plans import Plan
from central.core.report_back import Report
from central.core.reporting import Limits, Topic
from central.core.workflow import Step
from central.deadlines import sweep
from central.incidents import report_by_hand, take_alert, take_step
from central.incidents.booking import Wish, book, menu
from central.incidents.caring import CareDesk
from central.incidents.drilling import start_drill
from central.incidents.hearing import Desk, Heard, hear
from central.incidents.replying import locked
from central.incidents.unusual import ask
from central.web import door, languages
from central.web.app import create_app
from contract.claims import BrokerPlace
from contract.messages import Alert, CameraHealth, EvidenceRef, Heartbeat, Match
from contract.scenarios import Kind, Scenario
from tests.browser import showcase_map
from tests.browser.served import PASSWORD, settings
from tests.browser.showcase_people import (
    DAY,
    HOUR,
    PEOPLE,
    PUPILS,
    SCHOOL,
    Locked,
    enter,
    secret_of,
    settle,
)
from tests.integration.enrolling_kit import a_request

MINUTE = 60_000
PLAZA = Path(__file__).resolve().parents[1] / "media" / "plaza.mp4"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
TOKEN = "abcdefghijklmnopqrstuvwxyz"  # noqa: S105 - of one test's link

NOTE, REASON, GRADED = "课间常独坐，不愿说话", "准备首次访谈", "访谈与量表"


@dataclass
class Showcase:
    """What was furnished, and the pages over it."""

    store: Store
    files: EvidenceFiles
    locked: Locked
    app: APIFlask
    now: int
    """When all of it was made, in ms UTC."""
    lake: str = ""
    """The incident that has most to show."""

    def names(self) -> list[str]:
        """Give what people wrote that the database holds only under a key."""
        locked = (*PUPILS, *(f"{name}的家长" for name in PUPILS), "三年级二班", "3年级2班", NOTE,
                  REASON, GRADED)  # fmt: skip
        return [*locked, "准备第二次访谈", "虚构示范地图"]

    def close(self) -> None:
        """Let go of the databases."""
        self.store.close()
        self.locked.care.store.close()

    def cookies(self, username: str, language: str) -> dict[str, str]:
        """Give what a browser holds in which somebody has signed in; empty for nobody."""
        if not username:
            return {languages.COOKIE: language}
        with self.store.transaction() as connection:
            sign_ins.set_locale(connection, username, language)
        return {door.COOKIE: secret_of(username)}


def furnished(folder: Path) -> Showcase:
    """Make the district on SQLite, with cases of every scenario under way."""
    folder.mkdir(exist_ok=True)
    store = open_store(f"sqlite:///{folder}/central.db")
    migrate(store)
    now, files, keys = now_ms(), EvidenceFiles(folder / "evidence"), Locked(folder)
    authority = Authority.make(datetime.now(UTC))
    around = Surroundings(BrokerPlace(host="hub", port=8883), "https://hub:8885", lambda: "0" * 64)
    given = settings(
        files, registrar=Registrar(lambda: authority, lambda: authority.certificate, around),
        keeper=Keeper(keys.galleries), roster=keys.roster, care=keys.care,
        replies=keys.replies, playbooks=shipped(), forms=EvidenceFiles(folder / "forms"),
        data=DataDir(folder), must_have_second=frozenset(), base_map=showcase_map.base(folder),
    )  # fmt: skip
    made = Showcase(store, files, keys, create_app(store, given), now)
    with store.transaction() as connection:
        settle(connection, HASH, now)
        children = enter(connection, keys.roster, now)
        _enrol(connection, made, children[0])
        _board(connection, children[2], now)
        made.lake = _alerts(connection, made)
        _by_hand(connection, made)
        _on_duty(connection, now)
        _devices(connection, now)
        showcase_map.place(connection)
        showcase_map.send_picture(connection, a_picture(40), PEOPLE["guanli"].actor_id, now)
        _without_account(connection, made)
        connection.execute(insert(PASSKEY).values(
            credential_id="key-1", username="guanli", public_key=b"", sign_count=0,
            name="办公室的钥匙", created_at=now - DAY,
        ))  # fmt: skip
    _in_confidence(made)
    _imported(made)
    sweep(store, now)
    return made


def _enrol(connection: Connection, made: Showcase, pupil_id: str) -> None:
    keeper = Keeper(made.locked.galleries)
    wanted = a_request(keeper.keys, "pond-1", expires_at=from_ms(made.now + 300 * DAY))
    keeper.enrol(connection, PEOPLE["anquan"], wanted, made.now)
    pupil = pupils.found(connection, pupil_id)
    assert pupil
    made.locked.roster.link(connection, pupil, "pond-1", "cli", made.now)


def _board(connection: Connection, pupil_id: str, now: int) -> None:
    boarding.put_leave(connection, {
        "leave_id": "leave-1", "unit_code": SCHOOL, "pupil_id": pupil_id, "from_at": now - HOUR,
        "to_at": now + DAY, "asked_by": "guardian", "approved_by": PEOPLE["anquan"].actor_id,
        "created_at": now - HOUR,
    })  # fmt: skip


SEEN: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (95, "water-001", {"zone_id": "north-bank"}),
    (61, "water-001", {"zone_id": "steps", "kind": "line_crossed", "severity": "critical",
                       "matches": (Match(entry_id="pond-1", similarity=0.95, votes=4, frames=7),)}),
    (47, "gate-001", {"scenario": "campus_four_100", "kind": "guard_absent", "zone_id": "post"}),
    (26, "venue-001", {"scenario": "venue_minor", "kind": "minor_match", "zone_id": None}),
    (9, "water-002", {"zone_id": "pier", "people": 1}),
    (1, "gate-001", {"scenario": "person_of_concern", "kind": "button_pressed", "zone_id": None,
                     "severity": "critical"}),
)  # fmt: skip


def _alerts(connection: Connection, made: Showcase) -> str:
    ids = []
    for seq, (minutes, device_id, more) in enumerate(SEEN, start=1):
        picture = a_picture(30 + 5 * seq)
        sha256 = hashlib.sha256(picture).hexdigest()
        ref = EvidenceRef(sha256=sha256, media_type="image/jpeg", size_bytes=len(picture))
        at = made.now - minutes * MINUTE
        fields: dict[str, Any] = {
            "alert_id": f"alert-{seq}", "device_id": device_id, "boot_id": "boot-1", "seq": seq,
            "scenario": "drowning_risk", "kind": "overstay", "severity": "warning",
            "occurred_at": from_ms(at), "camera_id": "cam1", "dwell_s": 12.4, "people": 2,
            "evidence": (ref,),
        }  # fmt: skip
        alert = Alert(**fields | more)
        ids.append(take_alert(connection, alert, at, playbooks=shipped()).incident_id)
        made.files.put(sha256, picture)
        connection.execute(
            update(EVIDENCE).where(EVIDENCE.c.sha256 == sha256).values(received_at=at + 2000)
        )
    lake = ids[1]
    _walk(connection, made, ids[0], 40, ("zhenshui", "town:yuelin"), ("anquan", SCHOOL))
    _walk(connection, made, lake, 20, ("zhenshui", "town:yuelin"))
    return lake


def _walk(connection: Connection, made: Showcase, incident_id: str, ago: int,
          *whose: tuple[str, str]) -> None:  # fmt: skip
    for username, unit in whose:
        query = select(TASK.c.task_id).where(
            TASK.c.incident_id == incident_id, TASK.c.unit_code == unit
        )
        task_id = connection.execute(query).scalar_one()
        for number, step in enumerate((Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK)):
            at = made.now - (ago - number) * MINUTE
            take_step(connection, PEOPLE[username], incident_id, task_id, step, at,
                      note="已到现场，两名学生已劝离水边", report=Report())  # fmt: skip


def a_picture(frame: int) -> bytes:
    """Give a frame of the recording as a device would send it."""
    recording = cv2.VideoCapture(str(PLAZA))
    recording.set(cv2.CAP_PROP_POS_FRAMES, frame)
    is_read, image = recording.read()
    assert is_read
    return bytes(cv2.imencode(".jpg", image)[1])


def _by_hand(connection: Connection, made: Showcase) -> None:
    now = made.now
    report_by_hand(connection, PEOPLE["anquan"], "shiyan-gate", Scenario.TRAFFIC_HAZARD,
                   HandKind.CONGESTION_REPORTED, "放学时校门前堵车二十分钟", now - 30 * MINUTE,
                   playbooks=shipped())  # fmt: skip
    desk = Desk(connection, now - 15 * MINUTE, shipped())
    for number, (words, trapped) in enumerate(
        (("午餐青菜有异味，孩子回家后肚子疼", False), ("校门口有人推销零食", True))
    ):
        reply = locked(made.locked.replies, f"report-{number}", "13700001234")
        hear(desk, Heard(
            report_id=f"report-{number}", form_id=f"form-{number}", receipt=f"K7Q2M{number}XY",
            site_id="shiyan-gate", topic=Topic.FOOD, words=words, address_mark=f"mark-{number}",
            filled_in_s=60, is_trapped=trapped, reply=reply,
        ), Limits())  # fmt: skip
    start_drill(connection, PEOPLE["zhiban"], "yuehu", Scenario.DROWNING_RISK,
                Kind.OVERSTAY,
                "全区演练", now - 5 * MINUTE, playbooks=shipped())  # fmt: skip
    course = menu(connection)[0]
    wish = Wish(SCHOOL, course.code, now + 7 * DAY, "三年级二班", 42)
    book(connection, PEOPLE["anquan"], wish, now - HOUR, shipped())
    plan = Plan.model_validate({
        "problem": "放学时段家长车辆集中，占用人行横道",
        "measures": [{"measure": "staggered", "how": "低中高年级错时十分钟放学", "who": "教导处"},
                     {"measure": "wardens", "how": "放学时段民警、保安劝导", "who": "岳林派出所"}],
    })  # fmt: skip
    plans.add(connection, {
        "unit_code": SCHOOL, "version": 1, "body": plan.model_dump(mode="json"), "note": "",
        "created_at": now - DAY, "created_by": PEOPLE["anquan"].actor_id,
        "created_by_name": PEOPLE["anquan"].name,
    })  # fmt: skip
    number = connection.execute(
        select(INCIDENT.c.number).where(INCIDENT.c.scenario == "venue_minor")
    ).scalar_one()
    ask(connection, PEOPLE["shichang"], number, "核查该网吧的食品经营情况", 4, now - HOUR)


def _on_duty(connection: Connection, now: int) -> None:
    for username, role, unit in (
        ("zhiban", Role.DUTY_OFFICER, "edu"),
        ("zhenshui", Role.WATER_WARDEN, "town:yuelin"),
        ("anquan", Role.SCHOOL_SAFETY_LEAD, SCHOOL),
    ):
        shift = Shift(f"shift-{username}", unit, role, username, now - 6 * HOUR, now + 6 * HOUR)
        duty.put_shift(connection, shift, PEOPLE["guanli"].actor_id, now)


def _devices(connection: Connection, now: int) -> None:
    for device_id, state in (("gate-001", "running"), ("water-001", "running"),
                             ("water-002", "stalled"), ("venue-001", "running")):  # fmt: skip
        is_well = state == "running"
        camera = CameraHealth.model_validate({
            "camera_id": "cam1", "state": state, "fps": 9.8 if is_well else 0,
            "detail": "" if is_well else "no frame for 42 s",
        })  # fmt: skip
        beat = Heartbeat(
            device_id=device_id, boot_id="boot-1", at=datetime.now(UTC), uptime_s=86400,
            cameras=(camera,), temperature_c=54, disk_free_bytes=21_474_836_480, outbox_depth=0,
        )  # fmt: skip
        directory.change_device(
            connection, device_id, is_online=True, availability_at=now, heartbeat_at=now,
            heartbeat=beat.model_dump(mode="json"),
        )  # fmt: skip
    step = {"camera_id": "cam1", "at": "2026-11-23T03:50:00+00:00", "who": "李强",
            "result": "passed", "note": ""}  # fmt: skip
    steps = [step | {"step": name} for name in ("voice", "picture")]
    body = {"v": 1, "device_id": "water-001", "at": "2026-11-23T04:00:00+00:00", "passed": True,
            "steps": steps, "site_name": "月湖"}  # fmt: skip
    commissioning.keep(connection, {
        "sha256": "5" * 64, "device_id": "water-001", "at": now - 30 * DAY,
        "received_at": now - 30 * DAY, "passed": True, "is_trusted": True,
        "body": json.dumps(body, ensure_ascii=False),
    })  # fmt: skip


def _without_account(connection: Connection, made: Showcase) -> None:
    task_id = connection.execute(
        select(TASK.c.task_id).join(INCIDENT, INCIDENT.c.incident_id == TASK.c.incident_id).where(
            TASK.c.unit_code == "town:yuelin", TASK.c.status == "dispatched")
        .order_by(TASK.c.task_id)
    ).scalars().first()  # fmt: skip
    incident_id = connection.execute(
        select(TASK.c.incident_id).where(TASK.c.task_id == task_id)
    ).scalar_one()
    connection.execute(insert(CONTACT).values(
        contact_id="dashan", name="赵大山", role=Role.WATER_WARDEN, unit_code="town:yuelin",
        phone="13900000042", created_at=made.now,
    ))  # fmt: skip
    pupil_id = connection.execute(select(PUPIL.c.pupil_id).limit(1)).scalar_one()
    consent_asks.put(connection, [(pupil_id, TOKEN)], "account:anquan", made.now)
    connection.execute(insert(ONE_TIME_LINK).values(
        token_hash=hash_of(TOKEN), contact_id="dashan", incident_id=incident_id, task_id=task_id,
        created_at=made.now, expires_at=made.now + DAY,
    ))  # fmt: skip


def _in_confidence(made: Showcase) -> None:
    desk = CareDesk(made.store, made.locked.care, made.now - 2 * HOUR)
    child = Child(unit_code=SCHOOL, school_no="20230006", name="王小雨", class_name="三年级二班")
    said = Referral(source=Source.TEACHER, signs=(Sign.MOOD,), note=NOTE)
    referral_id = desk.refer(PEOPLE["banzhuren"], child, said)
    desk.read(PEOPLE["xinli"], referral_id, REASON)
    with made.store.transaction() as connection:
        task = connection.execute(
            select(TASK.c.incident_id, TASK.c.task_id).join(
                INCIDENT, INCIDENT.c.incident_id == TASK.c.incident_id
            ).where(INCIDENT.c.scenario == "mind_care", TASK.c.unit_code == SCHOOL)
        ).one()  # fmt: skip
        for step in (Step.ACKNOWLEDGE, Step.DISPOSE):
            take_step(connection, PEOPLE["xinli"], task.incident_id, task.task_id, step, made.now)
    desk.grade(PEOPLE["xinli"], referral_id,
               Record(kind=Work.GRADE, text=GRADED, grade=Grade.LOW))  # fmt: skip


def _imported(made: Showcase) -> None:
    """Let a roster be looked through that has a broken row, and wait to be confirmed."""
    rows = [
        "学校,班级,学号,姓名",
        f"{SCHOOL},三年级二班,20230007,赵小禾",
        f"{SCHOOL},三年级二班,,无名",
    ]
    jobs = RosterJobs(made.store, made.locked.roster, Vault(bytes(32)))
    file = io.BytesIO("\n".join(rows).encode())
    jobs.take_in(file, "三年级.csv", PEOPLE["anquan"].actor_id, SCHOOL, made.now)
    jobs.work(lambda: made.now, lambda: False)
