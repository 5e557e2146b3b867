"""The case on paper: as much as whoever prints may see, kept as a look, with seals to check."""

import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask import g
from flask.testing import FlaskClient
from weasyprint.urls import FatalURLFetchingError
from werkzeug.exceptions import NotFound

from central.adapters.fonts import chinese_font
from central.adapters.printing import PrintingError, pdf
from central.adapters.store import audit, case_log
from central.adapters.store.engine import Store
from central.adapters.store.sign_ins import Visitor
from central.core.people import Actor
from central.incidents import Step
from central.web import case_file
from tests.integration.case_district import (
    DUTY,
    NOON,
    OTHER_TOWN,
    SCHOOL,
    TOWN,
    incident,
    open_one,
    step,
)

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def case(store: Store, app: APIFlask) -> str:
    assert app  # the district is settled
    with store.transaction() as connection:
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
        step(connection, TOWN, incident_id, Step.DISPOSE, NOON, note="两名学生已劝离")
    return incident_id


def printed_for(app: APIFlask, who: Actor, incident_id: str) -> str:
    with app.test_request_context("/"):
        username = who.actor_id.removeprefix("account:")
        g.visitor = Visitor(who, "zh_Hans_CN", username, "a sign-in")
        return case_file.page(incident_id)[1]


def chain_of(shown: str) -> str:
    return shown[shown.index('class="chain"') : shown.index("<footer>")]


def test_it_is_a_document_with_the_case_s_number_as_its_name(
    store: Store, signed_in: SignIn, case: str
) -> None:
    answer = signed_in("zhenshui").get(f"/incidents/{case}/file.pdf")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.data.startswith(b"%PDF-1.7")
    with store.reading() as connection:
        number = incident(connection, case)["number"]
    assert f'filename="{number}.pdf"' in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_holds_tasks_story_and_who_has_them_in_hand(app: APIFlask, case: str) -> None:
    shown = printed_for(app, DUTY, case)
    for words in ("岳林街道", "实验小学", TOWN.name, "两名学生已劝离", "立即到现场核实"):
        assert words in shown


def test_every_seal_on_it_is_the_chain_s_own(app: APIFlask, store: Store, case: str) -> None:
    shown = printed_for(app, DUTY, case)
    on_paper = re.findall(r"<code>(\w{32})<br>(\w{32})</code>", shown)
    with store.reading() as connection:
        chain = case_log.of_case(connection, DUTY, case)
        assert audit.verify(connection) is None
    assert [first + second for first, second in on_paper] == [one["hash"] for one in chain[::-1]]
    assert chain[0]["action"] == "look"
    assert chain[1]["action"] == "look.file"


def test_who_may_not_read_who_looked_sees_the_seals_alone(app: APIFlask, case: str) -> None:
    printed_for(app, DUTY, case)
    assert DUTY.name in chain_of(printed_for(app, DUTY, case))
    assert DUTY.name not in chain_of(printed_for(app, SCHOOL, case))


def test_nobody_prints_what_they_may_not_see(app: APIFlask, signed_in: SignIn, case: str) -> None:
    with pytest.raises(NotFound):
        printed_for(app, OTHER_TOWN, case)
    assert signed_in("biechu").get(f"/incidents/{case}/file.pdf").status_code == 404


def test_without_a_chinese_font_nothing_is_printed_and_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("central.adapters.fonts.NAMES", ())
    chinese_font.cache_clear()
    try:
        with pytest.raises(PrintingError, match="apt-get install fonts-wqy-microhei"):
            pdf("<p>护校</p>")
    finally:
        chinese_font.cache_clear()


def test_nothing_is_fetched_for_a_page_on_paper() -> None:
    page = '<html lang="zh"><title>x</title><img src="file:///etc/hostname" alt="x"></html>'
    with pytest.raises(FatalURLFetchingError):
        pdf(page)
