"""Consents, cameras and the filing at the desk: each school its own, every look kept."""

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keeping import Keeper
from central.adapters.registry.roster import Roster
from central.adapters.store import directory
from central.adapters.store.engine import Store
from central.adapters.store.schema.registry import CAMERA, CONSENT
from central.adapters.store.tables import AUDIT
from central.core.people import Actor, Role
from central.core.pupils import PupilWanted
from central.web.app import create_app
from tests.browser.served import settings, settle
from tests.integration.case_district import NOON, add_person, rows
from tests.integration.enrolling_kit import a_keeper

SignIn = Callable[[str], FlaskClient]
OTHER = Actor("account:jinping", "锦屏 安全", Role.SCHOOL_SAFETY_LEAD, "school:jinping")
SIGNED = {"match_water": "1", "named_aloud": "1", "form": "2026-15", "given_on": "2026-11-01"}
HUNG = {"lens": "gate-9/cam1", "site_id": "yuehu", "spot": "waterside", "spot_text": "东岸立杆",
        "purpose": "防溺水预警", "sign_text": "视频采集区域"}  # fmt: skip


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return a_keeper(tmp_path)


@pytest.fixture
def app(
    store: Store, evidence: EvidenceFiles, keeper: Keeper, clock: list[int], tmp_path: Path
) -> APIFlask:
    settle(store)
    forms = EvidenceFiles(tmp_path / "forms")
    made = create_app(store, settings(
        evidence, now_ms=lambda: clock[0], keeper=keeper, roster=Roster(keeper.keys), forms=forms,
    ))  # fmt: skip
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def pupil_id(app: APIFlask, store: Store, keeper: Keeper) -> str:
    del app
    wanted = PupilWanted.model_validate({
        "unit_code": "school:shiyan", "class_code": "3-2", "school_no": "1", "name": "张小明",
        "birth_year": 2017,
    })  # fmt: skip
    with store.transaction() as connection:
        ((made, _change),) = Roster(keeper.keys).put(connection, [wanted], "cli", NOON)
    return made


def a_photo() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    out.seek(0)
    return out, "form.png"


def trace(store: Store, action: str) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [row for row in rows(connection, AUDIT) if row["action"] == action]


def test_a_school_records_shows_and_withdraws_a_consent(
    signed_in: SignIn, store: Store, pupil_id: str
) -> None:
    school = signed_in("anquan")
    assert "张小明" in school.get("/registry/pupils").text
    where = f"/registry/pupils/{pupil_id}"
    school.post(f"{where}/consents", data={**SIGNED, "picture": a_photo()})
    page = school.get(where).text
    assert "已登记 2 项同意" in page
    assert "2026-15" in page
    with store.reading() as connection:
        row = next(one for one in rows(connection, CONSENT) if one["what"] == "named_aloud")
    shown = school.get(f"/registry/consents/{row['consent_id']}/form")
    assert shown.data.startswith(b"\xff\xd8")
    assert trace(store, "look.consent")
    school.post(f"/registry/consents/{row['consent_id']}/withdraw")
    with store.reading() as connection:
        ended = {one["what"]: one["ended_at"] for one in rows(connection, CONSENT)}
    assert ended == {"match_water": None, "named_aloud": NOON}
    assert trace(store, "consent.withdraw")


def test_a_consent_without_its_day_is_refused_in_words(
    signed_in: SignIn, store: Store, pupil_id: str
) -> None:
    school = signed_in("anquan")
    school.post(f"/registry/pupils/{pupil_id}/consents", data={**SIGNED, "given_on": ""})
    assert "请填写同意日期" in school.get(f"/registry/pupils/{pupil_id}").text
    with store.reading() as connection:
        assert rows(connection, CONSENT) == []


def test_the_district_sees_numbers_and_no_names_and_auditors_neither(
    signed_in: SignIn, pupil_id: str
) -> None:
    admin = signed_in("guanli")
    listed = admin.get("/registry/pupils?unit=school:shiyan").text
    assert pupil_id in listed
    assert "张小明" not in listed
    assert "张小明" not in admin.get(f"/registry/pupils/{pupil_id}").text
    auditor = signed_in("shenji")
    assert auditor.get("/registry/consents").status_code == 200
    assert auditor.get("/registry/pupils").status_code == 403


def test_another_school_finds_nothing(signed_in: SignIn, store: Store, pupil_id: str) -> None:
    signed_in("anquan").post(f"/registry/pupils/{pupil_id}/consents", data=SIGNED)
    with store.transaction() as connection:
        directory.add_unit(connection, "school:jinping", "锦屏中学", "")
        add_person(connection, OTHER)
        (consent_id, *_more) = [one["consent_id"] for one in rows(connection, CONSENT)]
        directory.change_account(connection, "jinping", password_hash=_hash(connection))
    other = signed_in("jinping")
    assert "张小明" not in other.get("/registry/pupils?unit=school:shiyan").text
    assert other.get(f"/registry/pupils/{pupil_id}").status_code == 404
    assert other.post(f"/registry/pupils/{pupil_id}/consents", data=SIGNED).status_code == 404
    assert other.post(f"/registry/consents/{consent_id}/withdraw").status_code == 404
    assert other.get("/registry/filing").status_code == 403


def _hash(connection: Any) -> str:
    from central.adapters.store.tables import ACCOUNT  # noqa: PLC0415 - of use here only

    return str(rows(connection, ACCOUNT)[0]["password_hash"])


def test_a_pupil_is_erased_with_proof(signed_in: SignIn, store: Store, pupil_id: str) -> None:
    school = signed_in("anquan")
    school.post(f"/registry/pupils/{pupil_id}/erase")
    assert "已销毁" in school.get("/registry/pupils").text
    assert school.get(f"/registry/pupils/{pupil_id}").status_code == 404
    assert trace(store, "pupil.key_destroyed")


def test_a_camera_needs_its_sign_and_is_refused_in_private_rooms(
    signed_in: SignIn, store: Store
) -> None:
    admin = signed_in("guanli")
    admin.post("/registry/cameras", data=HUNG)
    assert "必须上传提示牌照片" in admin.get("/registry/cameras").text
    admin.post("/registry/cameras", data={**HUNG, "sign": a_photo(), "spot_text": "更衣室门口"})
    assert "不得安装摄像头" in admin.get("/registry/cameras").text
    admin.post("/registry/cameras", data={**HUNG, "sign": a_photo()})
    with store.reading() as connection:
        (row,) = rows(connection, CAMERA)
    sign = admin.get(f"/registry/cameras/{row['camera_key']}/sign")
    assert sign.data.startswith(b"\xff\xd8")
    admin.post(f"/registry/cameras/{row['camera_key']}/remove")
    with store.reading() as connection:
        (row,) = rows(connection, CAMERA)
    assert row["removed_at"] == NOON
    assert len(trace(store, "camera.refused")) == 2


def test_a_filing_is_recorded(signed_in: SignIn) -> None:
    admin = signed_in("guanli")
    assert "存有人脸信息的人数" in admin.get("/registry/filing").text
    told = {
        "filed_on": "2026-11-30",
        "authority": "省网信办",
        "number": "ZJ-1",
        "persons": "100001",
    }
    admin.post("/registry/filing", data=told)
    assert "ZJ-1" in admin.get("/registry/filing").text


def test_the_yearly_pack_holds_paper_tables_and_seals_that_add_up(
    signed_in: SignIn, store: Store, pupil_id: str
) -> None:
    school = signed_in("anquan")
    school.post(f"/registry/pupils/{pupil_id}/consents", data=SIGNED)
    assert "张小明" in school.get("/registry/pupils").text
    school.post(f"/registry/pupils/{pupil_id}/erase")
    auditor = signed_in("shenji")
    assert "处理活动" in auditor.get("/registry/pack").text
    packed = ZipFile(io.BytesIO(auditor.get("/registry/pack/2026.zip").data))
    names = set(packed.namelist())
    assert {"audit-pack-2026.pdf", "tables-2026.xlsx", "SHA256SUMS"} <= names
    for line in packed.read("SHA256SUMS").decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(packed.read(name)).hexdigest() == digest
    ends = packed.read("csv/ends.csv").decode("utf-8-sig")
    assert "学生注销,0,0,0,0,0,0,0,0,0,0,1,0,1" in ends
    looks = packed.read("csv/looks.csv").decode("utf-8-sig")
    assert "学校安全负责人,pupil.named" in looks
    with store.reading() as connection:
        last = rows(connection, AUDIT)[-1]
    assert last["action"] == "audit.pack"
    assert last["hash"] in packed.read("csv/chain.csv").decode("utf-8-sig")
    assert packed.read("audit-pack-2026.pdf").startswith(b"%PDF")
    assert signed_in("anquan").get("/registry/pack/2026.zip").status_code == 403


@pytest.fixture
def family(store: Store, keeper: Keeper, pupil_id: str) -> str:
    """Give the pupil a guardian whose number ends in 0001."""
    wanted = PupilWanted.model_validate({
        "unit_code": "school:shiyan", "class_code": "3-2", "school_no": "1", "name": "张小明",
        "birth_year": 2017, "guardians": [{"name": "张大明", "phone": "138 0000 0001"}],
    })  # fmt: skip
    with store.transaction() as connection:
        Roster(keeper.keys).put(connection, [wanted], "cli", NOON)
    return pupil_id


def code_on(page: str) -> str:
    found = re.search(r"http://127\.0\.0\.1(/c/[\w-]+)", page)
    assert found
    return found[1]


def test_a_family_confirms_by_its_papers_code_and_its_numbers_end_once(
    signed_in: SignIn, store: Store, app: APIFlask, family: str
) -> None:
    school, anybody = signed_in("anquan"), app.test_client()
    paper = school.post("/registry/pupils/papers", data={"class": "3-2"}).text
    assert "张小明" in paper
    where = code_on(paper)
    asked = anybody.get(where).text
    assert "家长确认" in asked
    assert "张" not in asked
    wrong = anybody.post(where, data={"match_water": "1", "digits": "9999"})
    assert (wrong.status_code, "不符" in wrong.text) == (409, True)
    done = anybody.post(where, data={"match_water": "1", "digits": "0001"})
    assert "您同意：水边人脸比对" in done.text
    with store.reading() as connection:
        (row,) = rows(connection, CONSENT)
    assert (row["what"], row["pupil_id"]) == ("match_water", family)
    assert row["recorded_by"].startswith("guardian:")
    assert anybody.post(where, data={"digits": "0001"}).status_code == 404
    assert trace(store, "consent.answered")


def test_a_papers_code_ends_after_five_wrong_numbers_and_by_time(
    signed_in: SignIn, app: APIFlask, family: str, clock: list[int]
) -> None:
    school, anybody = signed_in("anquan"), app.test_client()
    where = code_on(school.post("/registry/pupils/papers", data={"pupil_id": family}).text)
    for _try in range(5):
        assert anybody.post(where, data={"digits": "9999"}).status_code == 409
    assert anybody.post(where, data={"digits": "0001"}).status_code == 404
    where = code_on(school.post("/registry/pupils/papers", data={"pupil_id": family}).text)
    clock[0] += 22 * 24 * 3600 * 1000
    assert anybody.get(where).status_code == 404


def test_no_other_school_asks_and_nobody_agrees_by_saying_nothing(
    signed_in: SignIn, store: Store, app: APIFlask, family: str
) -> None:
    for username in ("guanli", "minjing"):
        answer = signed_in(username).post("/registry/pupils/papers", data={"pupil_id": family})
        assert answer.status_code in {403, 404}
    school, anybody = signed_in("anquan"), app.test_client()
    where = code_on(school.post("/registry/pupils/papers", data={"class": "3-2"}).text)
    assert "没有同意任何一项" in anybody.post(where, data={"digits": "0001"}).text
    with store.reading() as connection:
        assert rows(connection, CONSENT) == []
