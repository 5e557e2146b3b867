"""A teacher refers a pupil; who must help is called, and no message says who or why."""

import json
from pathlib import Path

import httpx
import pytest

from tests.scenarios.stage import Stage, zwdd_of

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

NAME, NUMBER, NOTE = "欧阳晓晓", "20239876", "课间独自哭泣，说不想来学校"
SECRETS = (NAME, NUMBER, NOTE, "三级", "高危", "withdrawn", "self_harm", "回避同伴")


def every_message(stage: Stage) -> str:
    """Give all that any provider, mailbox or platform has got."""
    http = [sent.text for provider in stage.providers.over_http() for sent in provider.sent]
    mails = [f"{m['subject']} {m.get_content()}" for m in stage.mail.accepted]
    return "\n".join([*http, *mails, json.dumps(stage.hook.got, ensure_ascii=False)])


def test_a_referral_is_graded_helped_re_assessed_and_closed_and_no_message_knows_of_it(
    stage: Stage,
) -> None:
    child = {"unit_code": "school:shiyan", "school_no": NUMBER, "name": NAME}
    said = {"source": "teacher", "signs": ["withdrawn", "self_harm"], "note": NOTE}
    body = {"child": child, "referral": said}
    referral_id = stage["banzhuren"].post("care/referrals", body)["referral_id"]
    care = f"care/referrals/{referral_id}"
    mine = stage["xinli"].get("care/referrals")["items"]
    incident = next(r["incident_id"] for r in mine if r["referral_id"] == referral_id)
    number = stage["xinli"].case(incident)["number"]
    stage.told("zwdd", zwdd_of("xinli"), number, "请立即签收并处置")
    for username in ("zhiban", "guanli", "anquan", "banzhuren", "weixin"):
        assert not stage[username].sees(incident)

    opened = stage["xinli"].post(f"{care}/read", {"reason": "准备首次访谈"})
    assert (opened["child"]["name"], opened["referral"]["note"]) == (NAME, NOTE)
    stage["xinli"].takes(incident, "acknowledge")
    stage["xinli"].takes(incident, "dispose", note=f"{NAME}:{NOTE}")
    stage["xinli"].post(f"{care}/records", {"kind": "grade", "text": "访谈与量表", "grade": "high"})
    for username in ("jiaoxin", "weixin", "minjing"):
        stage.told("zwdd", zwdd_of(username), number, "请立即签收并处置")

    opened = stage["weixin"].post(f"{care}/read", {"reason": "安排医院评估"})
    assert [line["grade"] for line in opened["records"]] == ["high"]
    refused = stage["minjing"].client.post(f"{care}/read", json={"reason": "看一下"})
    assert refused.status_code == httpx.codes.FORBIDDEN
    for line in ({"kind": "intervention", "text": "每周谈话，家校沟通"},
                 {"kind": "reassessment", "text": "情绪稳定", "grade": "low"},
                 {"kind": "closing", "text": "转常规关注"}):  # fmt: skip
        stage["xinli"].post(f"{care}/records", line)
    for username in ("jiaoxin", "weixin", "minjing"):
        stage[username].does_its_part(incident, f"{NAME}已落实")
    units = ("school:shiyan", "edu", "health", "station:yuelin")
    closed = stage["jiaoxin"].checks_and_closes(incident, *units)
    assert closed["status"] == "closed"
    stage.told("zwdd", zwdd_of("minjing"), number, "已办结")

    assert [secret for secret in SECRETS if secret in every_message(stage)] == []
    assert NAME not in json.dumps(closed, ensure_ascii=False)
    looks = stage["baohu"].get(f"{care}/looks")
    assert looks["is_chained"]
    assert [one["reason"] for one in looks["items"] if one["action"] == "read"] == [
        "准备首次访谈", "安排医院评估"]  # fmt: skip
    logs = "".join(path.read_text("utf-8") for path in _logs(stage))
    assert [secret for secret in SECRETS if secret in logs] == []


def _logs(stage: Stage) -> list[Path]:
    return sorted((stage.district.data.parent / "logs").glob("*"))
