"""Mind care: the case knows nothing, the content is read by few, each look is kept, keys erase."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from central.adapters.care.keeping import CareStore
from central.adapters.care.schema import CARE, LOOK
from central.adapters.evidence_files import EvidenceFiles
from central.adapters.person_keys import PersonKeys
from central.adapters.store.engine import Store, open_store
from central.adapters.store.schema import METADATA
from central.adapters.store.schema.care import CARE_CASE
from central.adapters.store.tables import ACCOUNT
from central.core.people import Actor, Role
from central.incidents.caring import CareDesk
from central.web.app import create_app
from tests.browser.served import settings, settle
from tests.integration.case_district import ADMIN, DUTY, SCHOOL, STATION, add_person, rows
from tests.integration.databases import Cluster
from tests.unit.central.web.reporting_kit import picture, said

Calling = Callable[[Actor], FlaskClient]
SignIn = Callable[[str], FlaskClient]
PSY = Actor("account:xinli", "心理 沈静", Role.PSYCHOLOGIST, "school:shiyan")
EDU_PSY = Actor("account:jiaoyu", "心理 叶青", Role.PSYCHOLOGIST, "edu")
HEALTH_PSY = Actor("account:weijian", "心理 江平", Role.PSYCHOLOGIST, "health")
TEACHER = Actor("account:banzhuren", "班主任 唐敏", Role.CLASS_TEACHER, "school:shiyan")
DPO = Actor("account:baohu", "保护 于洁", Role.DPO, "edu")
NAME, NUMBER, NOTE = "张小明", "20230417", "连续三周独自坐在操场角落"
CHILD = {"unit_code": "school:shiyan", "school_no": NUMBER, "name": NAME}
SAID = {"source": "teacher", "signs": ["withdrawn", "mood"], "note": NOTE}
REFERRAL = {"child": CHILD, "referral": SAID}
SECRETS = (NAME, NUMBER, NOTE, "高危", "三级", '"high"', "withdrawn")


@pytest.fixture
def care(store: Store, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CareStore]:
    url = f"sqlite:///{tmp_path}/care.db"
    if store.is_postgresql:
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.fresh_database()
    kept = CareStore(open_store(url), PersonKeys(tmp_path / "care-keys")).prepare()
    yield kept
    kept.store.close()


@pytest.fixture(name="app")
def _app(store: Store, evidence: EvidenceFiles, clock: list[int], care: CareStore) -> APIFlask:
    settle(store)
    with store.transaction() as connection:
        for one in (PSY, EDU_PSY, HEALTH_PSY, TEACHER, DPO):
            add_person(connection, one)
        same = select(ACCOUNT.c.password_hash).where(ACCOUNT.c.username == "anquan")
        connection.execute(
            update(ACCOUNT).values(password_hash=connection.execute(same).scalar_one())
        )
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0], care=care))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture(name="calling")
def _calling(calling: Calling) -> Calling:
    """Give each person one token, however often they call."""
    known: dict[str, FlaskClient] = {}

    def call(actor: Actor) -> FlaskClient:
        if actor.actor_id not in known:
            known[actor.actor_id] = calling(actor)
        return known[actor.actor_id]

    return call


def referred(calling: Calling, by: Actor = TEACHER) -> str:
    answer = calling(by).post("/api/v1/care/referrals", json=REFERRAL)
    assert answer.status_code == 201, answer.text
    return str(said(answer)["referral_id"])


def graded(calling: Calling, store: Store, referral_id: str, grade: str) -> str:
    psychologist = calling(PSY)
    with store.reading() as connection:
        (case,) = rows(connection, CARE_CASE)
    incident = f"/api/v1/incidents/{case['incident_id']}"
    for step in ("acknowledge", "dispose"):
        assert psychologist.post(f"{incident}/steps", json={"step": step}).status_code == 200
    body = {"kind": "grade", "text": "访谈两次，结合量表", "grade": grade}
    answer = psychologist.post(f"/api/v1/care/referrals/{referral_id}/records", json=body)
    assert answer.status_code == 200, answer.text
    return str(case["incident_id"])


def everything(store: Store) -> str:
    with store.reading() as connection:
        return str([rows(connection, table) for table in METADATA.sorted_tables])


def test_the_districts_own_database_holds_no_byte_of_who_why_or_how_grave(
    store: Store, calling: Calling
) -> None:
    referral_id = referred(calling)
    incident_id = graded(calling, store, referral_id, "high")
    body = {"step": "urge", "note": f"{NAME} {NOTE}"}
    calling(EDU_PSY).post(f"/api/v1/incidents/{incident_id}/steps", json=body)
    kept = everything(store)
    assert [secret for secret in SECRETS if secret in kept] == []


def test_the_care_store_itself_is_unreadable_without_its_keys(
    care: CareStore, calling: Calling
) -> None:
    referred(calling)
    with care.store.reading() as connection:
        kept = str([rows(connection, table) for table in CARE.sorted_tables])
    assert [secret for secret in SECRETS if secret in kept] == []


@pytest.mark.parametrize(
    ("grade", "units"),
    [
        ("low", {"school:shiyan"}),
        ("medium", {"school:shiyan", "edu"}),
        ("high", {"school:shiyan", "edu", "health", "station:yuelin"}),
    ],
)
def test_a_grade_calls_for_those_whom_the_playbook_names(
    store: Store, calling: Calling, grade: str, units: set[str]
) -> None:
    from central.adapters.store.tables import TASK  # noqa: PLC0415

    graded(calling, store, referred(calling), grade)
    with store.reading() as connection:
        assert {task["unit_code"] for task in rows(connection, TASK)} == units


def test_only_psychologists_of_units_with_a_task_read_and_say_why(
    store: Store, calling: Calling
) -> None:
    referral_id = referred(calling)
    address = f"/api/v1/care/referrals/{referral_id}/read"
    why = {"reason": "准备第一次访谈"}
    for who in (TEACHER, SCHOOL, DUTY, ADMIN, EDU_PSY, HEALTH_PSY, STATION, DPO):
        assert calling(who).post(address, json=why).status_code == 403
    assert calling(PSY).post(address, json={"reason": " "}).status_code == 409
    opened = said(calling(PSY).post(address, json=why))
    assert opened["child"]["name"] == NAME
    assert opened["referral"]["note"] == NOTE
    graded(calling, store, referral_id, "medium")
    assert calling(EDU_PSY).post(address, json=why).status_code == 200
    assert calling(HEALTH_PSY).post(address, json=why).status_code == 403


def test_every_look_is_kept_with_its_reason_in_a_chain(care: CareStore, calling: Calling) -> None:
    referral_id = referred(calling)
    address = f"/api/v1/care/referrals/{referral_id}"
    calling(PSY).post(f"{address}/read", json={"reason": "准备第一次访谈"})
    looks = said(calling(DPO).get(f"{address}/looks"))
    assert [(one["action"], one["reason"]) for one in looks["items"]] == [
        ("refer", None), ("read", "准备第一次访谈")]  # fmt: skip
    assert looks["is_chained"]
    with care.store.transaction() as connection:
        connection.execute(LOOK.update().where(LOOK.c.action == "read").values(actor="account:x"))
    assert not care.is_chained()


def test_work_is_written_down_and_ends_with_a_closing(store: Store, calling: Calling) -> None:
    referral_id = referred(calling)
    graded(calling, store, referral_id, "low")
    psychologist = calling(PSY)
    address = f"/api/v1/care/referrals/{referral_id}"
    no_grade = {"kind": "reassessment", "text": "好转"}
    assert psychologist.post(f"{address}/records", json=no_grade).status_code == 409
    for body in ({"kind": "intervention", "text": "每周一次谈话"},
                 {"kind": "reassessment", "text": "好转", "grade": "low"},
                 {"kind": "closing", "text": "家校继续关注"}):  # fmt: skip
        assert psychologist.post(f"{address}/records", json=body).status_code == 200
    opened = said(psychologist.post(f"{address}/read", json={"reason": "复核记录"}))
    kinds = [line["kind"] for line in opened["records"]]
    assert sorted(kinds) == ["closing", "grade", "intervention", "reassessment"]
    (listed,) = said(psychologist.get("/api/v1/care/referrals"))["items"]
    assert listed["state"] == "closed"
    assert NAME not in str(listed)


def test_erasing_destroys_the_key_so_that_copies_forget_too(
    care: CareStore, calling: Calling
) -> None:
    referral_id = referred(calling)
    with care.store.reading() as connection:
        copies = {name: rows(connection, CARE.tables[name])[0]["sealed"]
                  for name in ("care_referral", "care_child")}  # fmt: skip
    address = f"/api/v1/care/referrals/{referral_id}"
    assert calling(PSY).post(f"{address}/erase").status_code == 403
    assert calling(DPO).post(f"{address}/erase").status_code == 200
    gone = calling(PSY).post(f"{address}/read", json={"reason": "再次查阅"})
    assert gone.status_code == 404
    with care.store.transaction() as connection:
        for name, sealed in copies.items():
            connection.execute(CARE.tables[name].update().values(sealed=sealed))
    again = calling(PSY).post(f"{address}/read", json={"reason": "再次查阅"})
    assert again.status_code == 404
    assert care.is_chained()


def test_a_referral_whose_case_was_lost_in_a_crash_gets_it_later_and_once(
    store: Store, care: CareStore, app: APIFlask, clock: list[int]
) -> None:
    del app
    from central.core.care import Child, Referral  # noqa: PLC0415

    child = Child.model_validate(REFERRAL["child"])
    care.refer(TEACHER, child, Referral.model_validate(REFERRAL["referral"]), clock[0])
    desk = CareDesk(store, care, clock[0])
    assert desk.settle() == 1
    assert desk.settle() == 0
    with store.reading() as connection:
        assert len(rows(connection, CARE_CASE)) == 1


def test_an_assessment_refers_those_it_points_out_and_keeps_no_normal_result(
    care: CareStore, calling: Calling
) -> None:
    row = {"name": "甲", "instrument": "MHT"}
    body = {"unit_code": "school:shiyan", "rows": [
        row | {"school_no": "1", "band": "normal"}, row | {"school_no": "2", "band": "attention"},
        row | {"school_no": "3", "band": "urgent"}]}  # fmt: skip
    assert calling(TEACHER).post("/api/v1/care/assessments", json=body).status_code == 403
    assert said(calling(PSY).post("/api/v1/care/assessments", json=body)) == {"referred": 2}
    assert len(care.rows()) == 2


def test_counts_below_five_are_not_said(store: Store, calling: Calling) -> None:
    graded(calling, store, referred(calling), "high")
    counts = said(calling(DUTY).get("/api/v1/care/statistics"))
    assert counts == {"term": "2026-1", "by_grade": {}, "by_school": {}}
    assert calling(TEACHER).get("/api/v1/care/statistics").status_code == 403


def test_a_case_of_mind_care_takes_no_photos(store: Store, calling: Calling) -> None:
    referred(calling)
    with store.reading() as connection:
        (case,) = rows(connection, CARE_CASE)
    answer = calling(PSY).post(f"/api/v1/incidents/{case['incident_id']}/photos", data=picture(),
                               content_type="image/jpeg")  # fmt: skip
    assert answer.status_code == 409


def test_on_the_pages_a_teacher_refers_and_a_psychologist_reads(signed_in: SignIn) -> None:
    teacher = signed_in("banzhuren")
    form: dict[str, Any] = {"unit_code": "school:shiyan", "name": NAME, "school_no": NUMBER,
                            "source": "teacher", "signs": ["mood"], "note": NOTE}  # fmt: skip
    assert teacher.post("/care", data=form | {"signs": []}).status_code == 400
    assert teacher.post("/care", data=form).status_code == 302
    assert NAME not in teacher.get("/care").text
    psychologist = signed_in("xinli")
    listed = psychologist.get("/care").text
    assert NAME not in listed
    action = listed.split('action="/care/')[-1].split('"')[0]
    if action == "assessments":
        action = listed.split('action="/care/')[-2].split('"')[0]
    opened = psychologist.post(f"/care/{action}", data={"reason": "准备访谈"})
    assert opened.status_code == 200
    assert NAME in opened.text
    assert signed_in("zhiban").get("/care").status_code == 403


def test_a_csv_with_mistakes_names_rows_and_no_child(signed_in: SignIn) -> None:
    import io  # noqa: PLC0415

    content = f"school_no,name,class_name,instrument,band\n1,{NAME},三1,MHT,terrible\n".encode()
    answer = signed_in("xinli").post("/care/assessments", data={
        "file": (io.BytesIO(content), "a.csv")})  # fmt: skip
    assert answer.status_code == 409
    assert "2: band" in answer.text
    assert NAME not in answer.text
