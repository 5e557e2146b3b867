"""Somebody whom the police have asked about comes to the gate: the school looks, then others."""

import json

import pytest

from central.adapters.galleries.keys import GalleryKeys
from tests.integration.enrolling_kit import a_request
from tests.scenarios.authority import CATEGORY, Platform, asks
from tests.scenarios.stage import Stage
from tests.servers.mosquitto import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

ACTION = "请保安到校门核实身份，劝离，勿独自接近"


def watch_for(stage: Stage, entry_id: str, disposition_id: str) -> None:
    """Let the station put somebody on the gate's list, on a disposition."""
    keys = GalleryKeys(stage.district.data / "galleries")
    wanted = a_request(
        keys, entry_id, kind="watchlist", purpose="person_of_concern",
        unit_code="station:yuelin", consent="", guardian_consent=False, site_ids=("shiyan-gate",),
        disposition={"disposition_id": disposition_id, "action": "核实", "approver": "何军",
                     "legal_basis": "18号"},
    )  # fmt: skip
    stage["minjing"].post("enrolments", wanted.model_dump(mode="json"))


def test_a_person_at_the_gate_is_looked_at_by_the_school_first_and_the_station_comes_when_asked(
    stage: Stage,
) -> None:
    police = stage["fenju"]
    assert asks(police, "d-gate", ACTION)["state"] == "kept"
    watch_for(stage, "w-gate", "d-gate")
    gate = stage.box("gate-001")
    match = {"entry_id": "w-gate", "similarity": 0.93, "votes": 3, "frames": 7}
    alert = gate.sees("person_of_concern", "person_of_concern_match", matches=[match])
    incident = gate.incident_of(alert)
    seen = stage["anquan"].case(incident)
    number = seen["number"]

    assert (seen["severity"], seen["instruction"]) == ("critical", ACTION)
    for username in ("anquan", "baoan"):
        letter = stage.mailed(username, number, "请立即签收并处置")
        assert f"处置要求：{ACTION}" in letter
    stage.mailed("minjing", number, "抄送")
    assert [task["unit_code"] for task in seen["tasks"]] == ["school:shiyan"]
    assert not stage["jinping"].sees(incident)
    assert not stage["zhenshui"].sees(incident)

    stage["baoan"].takes(incident, "acknowledge")
    stage["baoan"].takes(incident, "dispose", note="保安在校门核实")
    stage["anquan"].takes(
        incident, "report_back", note="对方拒不离开，请民警到场", report={"outcome": "beyond_means"}
    )
    stage.mailed("minjing", number, "请立即签收并处置", f"处置要求：{ACTION}")
    stage.mailed("zhenshui", number, "请立即签收并处置")
    stage["minjing"].does_its_part(incident, "民警到场，已带离")
    stage["zhenshui"].does_its_part(incident, "已派员协助疏导")
    closed = stage["zhiban"].checks_and_closes(
        incident, "school:shiyan", "station:yuelin", "town:yuelin"
    )

    assert closed["status"] == "closed"
    for username in ("anquan", "minjing", "zhenshui"):
        stage.mailed(username, number, "已办结")
    told = json.dumps([str(mail) for mail in stage.mail.accepted]) + json.dumps(stage.hook.got)
    assert "张三" not in told
    for username in ("zhiban", "anquan"):
        everything = stage[username].client.get("dispositions").text + json.dumps(closed)
        assert f'"category": "{CATEGORY}"' not in everything
        assert f'"category":"{CATEGORY}"' not in everything
    assert any(one["category"] == CATEGORY for one in police.get("dispositions")["items"])


def test_a_hit_of_the_polices_own_platform_opens_a_case_and_one_without_basis_opens_none(
    stage: Stage,
) -> None:
    asks(stage["fenju"], "d-viid", ACTION, urgency="warning")
    platform = Platform(stage.address)
    platform.registers()
    refused = platform.hits("n-0", "d-unknown")
    taken = platform.hits("n-1", "d-viid")
    assert (refused["StatusCode"], taken["StatusCode"]) == (4, 0)

    def mine() -> list[str]:
        return [case["incident_id"] for case in stage["anquan"].cases(scenario="person_of_concern")
                if case["instruction"] == ACTION and case["device_id"] is None]  # fmt: skip

    wait_until(lambda: len(mine()) == 1, 20, "the case of the hit")
    (incident,) = mine()
    stage["baoan"].takes(incident, "acknowledge")
    stage["baoan"].takes(incident, "dispose", note="到校门核实")
    stage["anquan"].takes(
        incident, "report_back", note="核实不是本人", report={"outcome": "not_the_person"}
    )
    closed = stage["zhiban"].checks_and_closes(incident, "school:shiyan")
    assert closed["status"] == "closed"
    assert "张三" not in json.dumps(closed, ensure_ascii=False)
    platform.client.close()
