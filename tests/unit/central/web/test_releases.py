"""Roll-outs on the page: begun, watched, stopped, by those who may."""

from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.galleries.keys import GalleryKeys
from central.adapters.rolling import Rolling
from central.adapters.store import releases
from central.adapters.store.engine import Store
from central.web.app import create_app
from tests.browser.served import settings, settle

SignIn = Callable[[str], FlaskClient]
FORM = {"version": "0.2.0", "profile": "", "canaries": "1", "share": "20", "soak_hours": "24",
        "most_failures": "1"}  # fmt: skip


@pytest.fixture
def rolling(store: Store, tmp_path: Path) -> Rolling:
    return Rolling(store, GalleryKeys(tmp_path / "keys").prepare())


@pytest.fixture
def app(store: Store, evidence: EvidenceFiles, clock: list[int], rolling: Rolling) -> APIFlask:
    settle(store)
    row = {"version": "0.2.0", "seq": 2, "sha256": "0" * 64, "size_bytes": 9, "machine": "aarch64",
           "python": "3.11", "added_at": 0, "added_by": "cli"}  # fmt: skip
    with store.transaction() as connection:
        releases.add(connection, row)
    made = create_app(store, settings(evidence, now_ms=lambda: clock[0], rolling=rolling))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def test_a_roll_out_is_begun_paused_and_taken_back(
    signed_in: SignIn, store: Store, rolling: Rolling, clock: list[int]
) -> None:
    admin = signed_in("guanli")
    assert admin.post("/releases/start", data=FORM).status_code == 302
    rolling.look(clock[0])
    shown = admin.get("/releases/part").text
    assert 'data-state="running"' in shown
    assert shown.count('data-phase="ordered"') == 1
    assert shown.count('data-phase="planned"') == 2
    again = admin.post("/releases/start", data=FORM)
    assert again.status_code == 409
    assert "还在另一次更新中" in again.text
    with store.reading() as connection:
        rollout_id = releases.rollouts(connection)[0]["rollout_id"]
    for move, state in (("pause", "paused"), ("resume", "running"), ("take-back", "taken_back")):
        assert admin.post(f"/releases/{rollout_id}/{move}").status_code == 302
        assert f'data-state="{state}"' in admin.get("/releases").text
    assert admin.post(f"/releases/{rollout_id}/burn").status_code == 404


def test_who_looks_after_devices_sees_and_does_not_start(signed_in: SignIn) -> None:
    duty = signed_in("zhiban")
    assert "0.2.0" not in duty.get("/releases").text  # the form is the administrator's
    assert duty.post("/releases/start", data=FORM).status_code == 403
    assert signed_in("anquan").get("/releases").status_code == 403


@pytest.mark.parametrize("wrong", [{"canaries": "0"}, {"share": "101"}, {"soak_hours": "x"}])
def test_numbers_that_make_no_sense_are_refused(signed_in: SignIn, wrong: dict[str, str]) -> None:
    answer = signed_in("guanli").post("/releases/start", data={**FORM, **wrong})
    assert answer.status_code == 400
