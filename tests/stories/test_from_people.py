"""Stories that a person begins, each on the pages from the first word to the closed case."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from central.core.local_time import ZONE
from tests.browser.screens import PHONE
from tests.scenarios.passer_by import READS_S
from tests.scenarios.stage import Stage
from tests.servers.mosquitto import wait_until
from tests.stories.cast import PATIENCE_MS, Cast, Someone, a_file

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

RESULT = "经检测，当日午餐一批次蔬菜不合格，已全部下架，供餐单位停业整改。"
CHILD, CHILD_NO, NOTE = "欧阳晓晓", "20239876", "课间独自哭泣，说不想来学校"


def newest(someone: Someone, kind: str) -> str:
    """Find the case of a kind on somebody's board, and give its id."""
    someone.goes("/")
    link = someone.page.locator('#board a[href^="/incidents/"]').filter(has_text=kind).first
    expect(link).to_be_visible(timeout=PATIENCE_MS)
    return str(link.get_attribute("href")).removeprefix("/incidents/").partition("#")[0]


def reports_food(page: Page, address: str) -> str:
    """Fill in the form that a QR code leads to, and give the receipt code."""
    page.goto(f"{address}/r/shiyan-gate")
    page.locator("label.topic", has_text="食品安全").click()
    expect(page.get_by_role("radio", name="食品安全")).to_be_checked()
    page.get_by_label("发生了什么？").fill("午餐青菜有异味，孩子回家后肚子疼")
    page.get_by_label("照片").set_input_files([a_file("spoiled")])
    page.wait_for_timeout(READS_S * 1000)  # who is faster is taken for a program
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="已收到")).to_be_visible(timeout=PATIENCE_MS)
    return page.locator("p.code").inner_text()


def stands(page: Page, address: str, receipt: str) -> str:
    """Ask where a matter stands, by its receipt code."""
    page.goto(f"{address}/r/status")
    page.get_by_label("查询码").fill(receipt)
    page.get_by_role("button", name="查看").click()
    return page.locator("main").inner_text()


def test_spoiled_food_is_reported_from_a_phone_and_the_result_reaches_the_guardians(
    stage: Stage, at_desks: Cast
) -> None:
    passer_by = at_desks.anybody().page
    passer_by.set_viewport_size(PHONE)
    receipt = reports_food(passer_by, stage.address)
    incident = newest(at_desks["zhiban"], "食品")
    assert "已受理" in stands(passer_by, stage.address, receipt)

    ill, inspected = "有学生不适，需联合处置", "需多部门联合处置"
    at_desks["anquan"].does_its_part(incident, "三名学生不适，已停供留样", 结果=ill)
    at_desks["shichang"].does_its_part(incident, "已封存取样", 结果=inspected)
    at_desks["weijian"].does_its_part(incident, "三名学生已就诊，无大碍")
    at_desks["fenju"].does_its_part(incident, "已固定证据")
    at_desks["zhenshui"].does_its_part(incident, "已协助与家长沟通")
    at_desks["zhiban"].does_its_part(
        incident, "内部：约谈供餐单位负责人三次", 公布给家长的处置结果=RESULT
    )
    units = ("edu", "market", "school:shiyan", "health", "police", "town:yuelin")
    at_desks["guanli"].checks_and_closes(incident, *units)
    told = stage.providers.zlb
    wait_until(lambda: any(RESULT in one.text for one in told.broadcasts), 30, "the guardians")
    assert "已办结" in stands(passer_by, stage.address, receipt)


def test_congestion_ends_in_the_school_s_own_plan(at_desks: Cast) -> None:
    lead, station = at_desks["anquan"], at_desks["minjing"]
    page = lead.goes("/report")
    page.get_by_label("场所").select_option("shiyan-gate")
    page.get_by_label("事项").select_option("congestion_reported")
    page.get_by_label("情况说明").fill("放学时校门前堵车二十分钟")
    page.locator("main").get_by_role("button", name="上报").click()
    expect(page.locator("#incident")).to_be_visible(timeout=PATIENCE_MS)
    incident = page.url.rpartition("/")[2].partition("#")[0]

    station.finds(incident)
    station.takes("签收")
    station.takes("处置", 说明="已到场疏导")
    station.goes("/plans/school:shiyan")
    plan = station.page
    plan.get_by_label("拥堵情况").fill("放学时段家长车辆集中，占用人行横道")
    plan.get_by_label("错时上放学：做法").fill("低中高年级错时十分钟放学")
    plan.get_by_label("错时上放学：负责人").fill("教导处")
    plan.get_by_role("button", name="保存为新版本").click()
    expect(plan.get_by_role("heading", name="第 1 版")).to_be_visible()
    station.opens(incident)
    station.takes("反馈", 说明="已与学校会商，制定方案并落实", 照片="gate")
    lead.does_its_part(incident, "错时放学已执行")
    at_desks["zhifa"].does_its_part(incident, "违停已清理")
    at_desks["zhiban"].does_its_part(incident, "方案已审核")
    units = ("station:yuelin", "school:shiyan", "enforcement", "edu")
    at_desks["guanli"].checks_and_closes(incident, *units)


def test_a_course_is_booked_held_and_counted(at_desks: Cast) -> None:
    lead = at_desks["anquan"]
    page = lead.goes("/courses")
    page.locator('input[name="course_code"]').first.check()
    starts = datetime.now(ZONE) + timedelta(days=7)
    page.get_by_label("上课时间").fill(starts.strftime("%Y-%m-%dT10:00"))
    page.get_by_label("班级").fill("四年级（2）班")
    page.get_by_label("预计人数").fill("42")
    page.get_by_role("button", name="预约", exact=True).click()
    booked = page.locator("#bookings a[href^='/incidents/']").first
    expect(booked).to_be_visible(timeout=PATIENCE_MS)
    incident = str(booked.get_attribute("href")).removeprefix("/incidents/")

    at_desks["tuanwei"].does_its_part(incident, "讲师已授课")
    lead.finds(incident)
    lead.takes("签收")
    lead.takes("处置", 说明="已开课")
    lead.takes("反馈", 说明="课堂反响好", 照片="class", 到课人数="40")
    at_desks["zhiban"].checks_and_closes(incident, "school:shiyan", "youth")
    shown = lead.goes("/courses").locator(".tiles").inner_text()
    assert "40" in shown


def test_a_pupil_in_need_is_helped_and_only_those_who_help_know(at_desks: Cast) -> None:
    teacher, helper = at_desks["banzhuren"], at_desks["xinli"]
    page = teacher.goes("/care")
    page.get_by_label("姓名").fill(CHILD)
    page.get_by_label("学号").fill(CHILD_NO)
    page.get_by_label("来源").select_option("teacher")
    page.locator('input[name="signs"]').first.check()
    page.get_by_label("补充说明").fill(NOTE)
    page.get_by_role("button", name="转介给心理专员").click()
    expect(page.get_by_role("status")).to_contain_text("已收到")

    incident = newest(helper, "心灵关爱")
    helper.finds(incident)
    helper.takes("签收")
    helper.takes("处置", 说明="已约谈")
    writes(helper, "准备首次访谈", "grade", "三级（高）", "访谈与量表")
    writes(helper, "复评", "reassessment", "一级（低）", "情绪稳定")
    writes(helper, "结案", "closing", "", "转常规关注")
    for username in ("jiaoxin", "weixin", "minjing"):
        at_desks[username].does_its_part(incident, "已落实")
    units = ("school:shiyan", "edu", "health", "station:yuelin")
    at_desks["jiaoxin"].checks_and_closes(incident, *units)
    for username in ("zhiban", "guanli", "anquan", "banzhuren"):
        assert not at_desks[username].sees(incident)
    assert CHILD not in at_desks["minjing"].goes(f"/incidents/{incident}").content()


def writes(helper: Someone, reason: str, kind: str, grade: str, text: str) -> None:
    """Open a referral with a reason, and write a record."""
    page = helper.goes("/care")
    form = page.locator("form.decide").first
    form.get_by_label("查阅原因").fill(f"{reason}工作")
    form.get_by_role("button", name="查阅").click()
    expect(page.get_by_role("heading", name=CHILD)).to_be_visible()
    page.get_by_label("写入").select_option(kind)
    if grade:
        page.get_by_label("级别").select_option(label=grade)
    page.get_by_label("内容").fill(text)
    page.get_by_role("button", name="写入").click()
    page.wait_for_load_state()
