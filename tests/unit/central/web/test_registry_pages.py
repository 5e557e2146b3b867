"""The enrolment desk as its users meet it: upload, look, confirm; each school its own."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.registry.roster import Roster
from central.adapters.registry.roster_jobs import RosterJobs
from central.adapters.store.engine import Store
from central.adapters.store.schema.registry import ROSTER_JOB
from central.adapters.vault import Vault
from central.web.app import create_app
from tests.browser.served import settings, settle
from tests.integration.case_district import NOON, rows
from tests.integration.enrolling_kit import a_keeper

SignIn = Callable[[str], FlaskClient]
ROSTER = "学校,班级,学号,姓名,出生年份\nschool:shiyan,三年级二班,1,张小明,2017\n"


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    return Roster(a_keeper(tmp_path).keys)


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, roster: Roster, clock: list[int]) -> APIFlask:
    settle(store)
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0], roster=roster))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def work(store: Store, roster: Roster) -> Callable[[], bool]:
    """Let the worker do what waits."""
    jobs = RosterJobs(store, roster, Vault(bytes(32)))
    return lambda: jobs.work(lambda: NOON, lambda: False)


def upload(client: FlaskClient, text: str = ROSTER, name: str = "名册.csv") -> TestResponse:
    return client.post("/registry/roster", data={"file": (io.BytesIO(text.encode()), name)})


def test_a_school_uploads_looks_and_confirms(signed_in: SignIn, work: Callable[[], bool]) -> None:
    school = signed_in("anquan")
    at = upload(school).headers["Location"]
    assert "正在检查" in school.get(at).text
    assert work()
    ready = school.get(at).text
    assert "确认导入" in ready
    assert "张小明" not in ready
    assert school.post(f"{at}/confirm").status_code == 302
    assert "正在导入" in school.get(f"{at}/part").text
    assert work()
    assert "导入完成" in school.get(at).text
    assert "名册.csv" in school.get("/registry").text


def test_mistakes_are_shown_by_row_column_and_reason(
    signed_in: SignIn, work: Callable[[], bool]
) -> None:
    school = signed_in("anquan")
    at = upload(school, ROSTER + "school:shiyan,二班,2,,2017\n").headers["Location"]
    work()
    shown = school.get(at).text
    assert "2 处有误" in shown
    assert "姓名" in shown
    assert "不能为空" in shown
    school.post(f"{at}/confirm")
    assert not work()


def test_another_school_sees_neither_the_job_nor_the_desk_of_others(
    signed_in: SignIn, store: Store, work: Callable[[], bool]
) -> None:
    at = upload(signed_in("guanli")).headers["Location"]
    school = signed_in("anquan")
    assert school.get(at).status_code == 404
    assert school.post(f"{at}/cancel").status_code == 404
    assert "名册.csv" not in school.get("/registry").text
    assert signed_in("minjing").get("/registry").status_code == 403
    with store.reading() as connection:
        (row,) = rows(connection, ROSTER_JOB)
    assert row["state"] == "checking"
    assert work()


def test_who_only_looks_brings_nothing_in(signed_in: SignIn) -> None:
    auditor = signed_in("shenji")
    assert auditor.get("/registry").status_code == 200
    assert upload(auditor).status_code == 403


@pytest.mark.parametrize(("name", "said"), [("", "请选择"), ("roster.xls", "只能导入")])
def test_what_is_no_roster_is_refused_in_words(signed_in: SignIn, name: str, said: str) -> None:
    answer = upload(signed_in("anquan"), name=name)
    assert (answer.status_code, said in answer.text) == (400, True)


def test_the_template_is_a_roster_itself(signed_in: SignIn, work: Callable[[], bool]) -> None:
    school = signed_in("anquan")
    packed = school.get("/registry/roster/template.xlsx").data
    assert load_workbook(io.BytesIO(packed)).sheetnames == ["学生名册", "填写说明"]
    file = {"file": (io.BytesIO(packed), "roster.xlsx")}
    at = school.post("/registry/roster", data=file).headers["Location"]
    work()
    assert "确认导入" in school.get(at).text
    assert "出生年份" in school.get("/registry/roster/template.csv").text
