"""The playbook as a picture: every duty, deadline and level, nobody who hears of it left out."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.playbooks import shipped
from central.config import DataDir
from central.core.playbook import Playbook, Recipient
from central.core.playbook_page import spelled
from central.core.workflow import STEP_WORDS, Step
from central.web.admin.playbook_picture import WHO
from central.web.here import KEY, Desk
from central.web.words import ROLES


@pytest.fixture
def admin(app: APIFlask, signed_in: Callable[[str], FlaskClient], tmp_path: Path) -> FlaskClient:
    desk: Desk = app.extensions[KEY]
    data = DataDir(tmp_path / "data")
    app.extensions[KEY] = replace(desk, settings=replace(desk.settings, data=data))
    return signed_in("guanli")


def picture(client: FlaskClient, playbook: str) -> ET.Element:
    page = client.get(f"/admin/playbooks/{playbook}").text
    found = re.search(
        r'<section class="flow-card.*?</section>(?=\s*<section class="next)', page, re.DOTALL
    )
    assert found
    return ET.fromstring(found[0])  # noqa: S314 - our own page


def text(element: ET.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def names(to: Recipient, index: int) -> list[str]:
    """What must be said of a recipient; a department's name is the district's own."""
    said = [ROLES[str(one)][index] for one in to.roles]
    return [*said, WHO[to.relation][index]] if to.relation else said


def holds(drawn: ET.Element, playbook: Playbook, index: int) -> None:
    """Every task with its unit, every level of every deadline with its time and whom it tells."""
    cards = {text(card.find("header/p")): card for card in drawn.iter("article")}
    assert cards.keys() == {(one.duty_zh, one.duty_en)[index] for one in playbook.tasks}
    for duty in playbook.tasks:
        card = cards[(duty.duty_zh, duty.duty_en)[index]]
        assert all(name in text(card.find("header/h4")) for name in names(duty.who, index))
        for deadline, ladder in zip(duty.deadlines, card.findall("div/section"), strict=True):
            assert text(ladder.find("h5")).startswith(STEP_WORDS[Step(deadline.waits_for)][index])
            *rungs, again = ladder.findall("ol/li")
            for level, rung in zip(deadline.levels, rungs, strict=True):
                assert text(rung.find("b")) == spelled(level.after_s, deadline.clock)[index]
                told, wanted = text(rung.find("span")), [names(to, index) for to in level.tell]
                assert [name for one in wanted for name in one if name not in told] == []
            assert spelled(deadline.repeat_s, deadline.clock)[index] in text(again)


@pytest.mark.parametrize("language", [("zh_Hans_CN", 0), ("en", 1)], ids=str)
def test_every_duty_and_deadline_of_each_shipped_playbook_is_in_its_picture(
    admin: FlaskClient, language: tuple[str, int]
) -> None:
    admin.post("/language", data={"language": language[0]})
    assert len(shipped()) > 10
    for playbook in shipped():
        holds(picture(admin, playbook.playbook), playbook, language[1])


def test_whoever_hears_of_it_without_a_duty_is_in_the_picture(admin: FlaskClient) -> None:
    for playbook in shipped():
        drawn = picture(admin, playbook.playbook)
        told = [text(one) for one in drawn.iter("li") if one.find("q") is not None]
        for notice in playbook.notices:
            line = next(line for line in told if notice.words_zh in line)
            assert all(name in line for to in notice.tell for name in names(to, 0))
        copied = " ".join(text(one) for one in drawn.iter("li") if text(one).startswith("抄送"))
        assert all(name in copied for to in playbook.copies for name in names(to, 0))


def test_an_escalation_is_read_from_top_to_bottom(admin: FlaskClient) -> None:
    drawn = picture(admin, "drowning_risk")
    first = next(drawn.iter("article"))
    assert [text(one) for one in first.findall("div/section[1]/ol/li")] == [
        "3 分钟 责任单位（水域巡查员）",
        "6 分钟 责任单位（水域巡查员）、派出所（派出所民警）",
        "10 分钟 派出所（派出所民警）、区教育局（值班员、区管理员）",
        "此后每 30 分钟",
    ]


def test_a_branch_says_which_report_back_opens_it(admin: FlaskClient) -> None:
    titles = [text(one) for one in picture(admin, "drowning_risk").iter("h3")]
    assert titles == [
        "立案，立即下达",
        "属地镇街 反馈“已劝离，防护设施缺损”后",
        "全部任务核查后办结",
    ]


def test_the_text_stays_beside_the_picture(admin: FlaskClient) -> None:
    page = admin.get("/admin/playbooks/drowning_risk").text
    assert page.index("flow-card") < page.index("预演：若无人办理")
    assert "style=" not in page
