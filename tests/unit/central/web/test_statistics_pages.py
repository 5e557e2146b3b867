"""Statistics: the page, its files and programs say the same, each reader within what is theirs."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from apiflask import APIFlask
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import update

from central.adapters import calendars
from central.adapters.store.engine import Store
from central.adapters.store.figured import PAGES, SHEETS
from central.adapters.store.tables import SITE
from central.core.patrols import LEAST_CASES
from central.core.people import Actor
from central.core.season import Season
from central.incidents import Step
from tests.integration.case_district import (
    AUDITOR,
    DUTY,
    MINUTE,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    TOWN,
    open_one,
    step,
)

Calling = Callable[[Actor], FlaskClient]
SignedIn = Callable[[str], FlaskClient]
ADDRESSES = [
    "/statistics",
    *(f"/statistics/{name.replace('_hundred', '-100')}" for name in PAGES if name != "overview"),
]


@pytest.fixture
def cases(app: APIFlask, store: Store) -> int:
    """Open three cases at the pond, one of which the town has taken up."""
    del app  # it fills the district
    for seq in range(1, 4):
        with store.transaction() as connection:
            case = open_one(connection, NOON - seq * 60 * MINUTE, seq)
    with store.transaction() as connection:
        step(connection, TOWN, case, Step.ACKNOWLEDGE, NOON - 179 * MINUTE)
    return 3


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_opens(signed_in: SignedIn, cases: int, address: str) -> None:
    del cases
    answer = signed_in("zhiban").get(address)
    assert answer.status_code == 200
    assert 'style="' not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_sees_no_figures_sees_no_page(signed_in: SignedIn, address: str) -> None:
    assert signed_in("shenji").get(address).status_code == 403


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_sheet_comes_as_both_files_with_the_same_rows(
    signed_in: SignedIn, cases: int, sheet: str
) -> None:
    del cases
    client = signed_in("zhiban")
    as_csv = client.get(f"/statistics/file?sheet={sheet}&as=csv")
    rows = list(csv.reader(io.StringIO(as_csv.data.decode("utf-8-sig"))))
    as_xlsx = client.get(f"/statistics/file?sheet={sheet}&as=xlsx")
    page = load_workbook(io.BytesIO(as_xlsx.data)).worksheets[0]
    assert len(rows) == page.max_row
    assert len(rows[0]) == page.max_column


def test_a_page_comes_as_one_workbook(signed_in: SignedIn, cases: int) -> None:
    del cases
    client = signed_in("zhiban")
    book = load_workbook(io.BytesIO(client.get("/statistics/file?page=overview&as=xlsx").data))
    assert len(book.worksheets) == len(PAGES["overview"])
    assert client.get("/statistics/file?page=overview&as=csv").status_code == 400
    assert client.get("/statistics/file?sheet=nothing&as=csv").status_code == 404


def test_the_bulletin_is_a_document_with_the_months_figures(
    signed_in: SignedIn, cases: int
) -> None:
    answer = signed_in("zhiban").get("/statistics/bulletin?month=2026-11")
    paper = Document(io.BytesIO(answer.data))
    words = "\n".join(line.text for line in paper.paragraphs)
    assert "护校安园工作通报（2026年11月）" in words
    assert f"共受理事件 {cases} 起" in words
    assert len(paper.tables) >= 5
    assert signed_in("shenji").get("/statistics/bulletin?month=2026-11").status_code == 403


def test_programs_read_what_the_page_shows(calling: Calling, cases: int) -> None:
    of_duty = calling(DUTY).get("/api/v1/statistics/months").json
    assert of_duty is not None
    assert sum(one["counted"] for one in of_duty["items"]) == cases
    assert of_duty["items"][-1]["month"] == "2026年11月"
    of_other = calling(OTHER_TOWN).get("/api/v1/statistics/kinds").json
    assert of_other is not None
    assert of_other["items"] == []
    assert calling(AUDITOR).get("/api/v1/statistics/kinds").status_code == 403


def test_a_unit_reads_how_itself_worked(calling: Calling, cases: int) -> None:
    found = calling(TOWN).get("/api/v1/statistics/units").json
    assert found is not None
    (line,) = found["items"]
    assert line["tasks"] == cases
    assert line["unit_en"] == "Yuelin"


@pytest.mark.parametrize(("season", "proposed"), [(Season(10, 12), 1), (Season(5, 9), 0)])
def test_patrols_are_proposed_from_the_months_that_the_district_names(
    calling: Calling, cases: int, season: Season, proposed: int
) -> None:
    before = calendars.current()
    calendars.use(replace(before, drowning=season))
    try:
        told = calling(DUTY).get("/api/v1/statistics/patrols").get_json()
    finally:
        calendars.use(before)
    assert cases >= LEAST_CASES
    assert len(told["items"]) == proposed


def test_a_place_or_a_scenario_narrows_it(calling: Calling, cases: int) -> None:
    client = calling(SCHOOL)
    for query, count in (("town=town:yuelin", cases), ("town=town:jinping", 0),
                         ("scenario=food_safety", 0)):  # fmt: skip
        found = client.get(f"/api/v1/statistics/hours?{query}").json
        assert found is not None
        assert sum(one["all"] for one in found["items"]) == count


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("since=2026-13", 400),
        ("scenario=mind_care", 400),
        ("until=x", 400),
        ("since=2026-12&until=2026-01", 409),
        ("since=1970-01&until=2026-01", 409),
    ],
)
def test_what_cannot_be_asked_is_refused(signed_in: SignedIn, query: str, status: int) -> None:
    assert signed_in("zhiban").get(f"/statistics?{query}").status_code == status


def test_a_name_is_never_a_formula_in_a_file(signed_in: SignedIn, store: Store, cases: int) -> None:
    del cases
    with store.transaction() as connection:
        connection.execute(update(SITE).values(name_zh='=HYPERLINK("http://x")'))
    client = signed_in("zhiban")
    text = client.get("/statistics/file?sheet=places&as=csv").data.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    xlsx = client.get("/statistics/file?sheet=places&as=xlsx").data
    cell = load_workbook(io.BytesIO(xlsx)).worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'=")
