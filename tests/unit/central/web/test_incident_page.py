"""The page of a case: pictures with a mark, who looked, undo, photographs ahead of the report."""

import hashlib
import re
from collections.abc import Callable
from io import BytesIO

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update
from werkzeug.datastructures import FileStorage

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store.engine import Store
from central.adapters.store.tables import EVIDENCE
from central.core.people import Actor
from central.incidents import Step, take_alert
from contract.messages import EvidenceRef
from tests.integration.case_district import (
    MINUTE,
    NOON,
    TOWN,
    an_alert,
    open_one,
    rows,
    step,
    story,
    task_of,
)

SignIn = Callable[[str], FlaskClient]


def a_picture(colour: str = "seagreen") -> bytes:
    out = BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return out.getvalue()


def with_picture(store: Store, evidence: EvidenceFiles) -> tuple[str, str, bytes]:
    content = a_picture()
    sha256 = hashlib.sha256(content).hexdigest()
    ref = EvidenceRef(sha256=sha256, media_type="image/jpeg", size_bytes=len(content))
    evidence.put(sha256, content)
    with store.transaction() as connection:
        incident_id = take_alert(connection, an_alert(evidence=(ref,)), NOON).incident_id
        connection.execute(update(EVIDENCE).values(received_at=NOON))
    return incident_id, sha256, content


def test_a_person_s_copy_of_a_picture_is_marked_and_a_program_gets_the_file(
    store: Store,
    signed_in: SignIn,
    calling: Callable[[Actor], FlaskClient],
    evidence: EvidenceFiles,
) -> None:
    client = signed_in("zhenshui")
    incident_id, sha256, content = with_picture(store, evidence)
    shown = client.get(f"/incidents/{incident_id}/evidence/{sha256}")
    assert shown.status_code == 200
    assert shown.data != content
    by_cookie = client.get(f"/api/v1/incidents/{incident_id}/evidence/{sha256}")
    assert by_cookie.data != content
    program = calling(TOWN).get(f"/api/v1/incidents/{incident_id}/evidence/{sha256}")
    assert program.data == content


def test_a_copy_is_one_person_s_and_the_same_look_for_some_minutes(
    store: Store, signed_in: SignIn, evidence: EvidenceFiles, clock: list[int]
) -> None:
    town, school = signed_in("zhenshui"), signed_in("anquan")
    incident_id, sha256, _ = with_picture(store, evidence)
    address = f"/incidents/{incident_id}/evidence/{sha256}"
    first = town.get(address)
    had = {"If-None-Match": first.headers["ETag"]}
    assert school.get(address, headers=had).status_code == 200
    clock[0] += 3 * MINUTE
    assert town.get(address, headers=had).status_code == 304
    clock[0] += 20 * MINUTE
    assert town.get(address, headers=had).status_code == 200


def test_a_small_picture_is_small(store: Store, signed_in: SignIn, evidence: EvidenceFiles) -> None:
    client = signed_in("zhenshui")
    incident_id, sha256, _ = with_picture(store, evidence)
    shown = client.get(f"/incidents/{incident_id}/evidence/{sha256}?size=thumb")
    with Image.open(BytesIO(shown.data)) as image:
        assert image.size == (320, 240)


def test_the_office_reads_who_has_looked_and_nobody_else_does(
    store: Store, signed_in: SignIn, evidence: EvidenceFiles
) -> None:
    town, officer = signed_in("zhenshui"), signed_in("zhiban")
    incident_id, sha256, _ = with_picture(store, evidence)
    town.get(f"/incidents/{incident_id}/evidence/{sha256}")
    seen = officer.get(f"/incidents/{incident_id}").get_data(as_text=True)
    looks = seen[seen.index('id="looks"') :]
    assert TOWN.name in looks
    assert "画面" in looks
    assert 'id="looks"' not in town.get(f"/incidents/{incident_id}").get_data(as_text=True)


def test_a_step_is_undone_from_the_page(store: Store, signed_in: SignIn) -> None:
    client = signed_in("zhenshui")
    with store.transaction() as connection:
        incident_id = open_one(connection)
        task_id = task_of(connection, incident_id, TOWN.unit_code)
    base = f"/incidents/{incident_id}/tasks/{task_id}"
    shown = client.post(f"{base}/steps", data={"step": "acknowledge"}, follow_redirects=True)
    assert f'action="{base}/undo"' in shown.get_data(as_text=True)
    undone = client.post(f"{base}/undo", follow_redirects=True).get_data(as_text=True)
    assert "已撤销：签收" in undone
    assert "防溺水专管员 林涛撤销了上一步：签收" in undone
    assert f'action="{base}/undo"' not in undone
    again = client.post(f"{base}/undo", follow_redirects=True).get_data(as_text=True)
    assert "已不能撤销" in again


def test_the_story_is_told_in_sentences(store: Store, signed_in: SignIn) -> None:
    client = signed_in("zhiban")
    with store.transaction() as connection:
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
    shown = client.get(f"/incidents/{incident_id}").get_data(as_text=True)
    assert "岳林街道签收了任务，签收人防溺水专管员 林涛" in shown


def test_photographs_go_ahead_of_the_report_that_names_them(
    store: Store, signed_in: SignIn
) -> None:
    client = signed_in("zhenshui")
    with store.transaction() as connection:
        incident_id = open_one(connection)
        task_id = task_of(connection, incident_id, TOWN.unit_code)
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE):
            step(connection, TOWN, incident_id, wanted, NOON)
    sent = [
        client.post(f"/incidents/{incident_id}/photos",
                    data={"photo": FileStorage(BytesIO(a_picture(colour)), "photo.jpg")})
        for colour in ("red", "blue")
    ]  # fmt: skip
    assert [one.status_code for one in sent] == [201, 201]
    names = [one.get_json()["sha256"] for one in sent]
    form = {"step": "report_back", "note": "两名学生已离开", "photo": names}
    client.post(f"/incidents/{incident_id}/tasks/{task_id}/steps", data=form)
    with store.reading() as connection:
        report = story(connection, incident_id)[-1]["detail"]["report"]
    assert report["photos"] == names


def test_a_photograph_that_is_none_or_not_theirs_is_refused_in_words(
    store: Store, signed_in: SignIn
) -> None:
    town, other = signed_in("zhenshui"), signed_in("biechu")
    with store.transaction() as connection:
        incident_id = open_one(connection)
    address = f"/incidents/{incident_id}/photos"
    broken = town.post(address, data={"photo": FileStorage(BytesIO(b"no picture"), "photo.jpg")})
    assert broken.status_code == 409
    assert "不是照片" in broken.get_json()["said"]
    mine = {"photo": FileStorage(BytesIO(a_picture()), "photo.jpg")}
    assert other.post(address, data=mine).status_code == 404
    with store.reading() as connection:
        assert rows(connection, EVIDENCE) == []


def test_every_task_says_who_has_it_in_hand(store: Store, signed_in: SignIn) -> None:
    client = signed_in("zhiban")
    with store.transaction() as connection:
        incident_id = open_one(connection)
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON)
    shown = client.get(f"/incidents/{incident_id}").get_data(as_text=True)
    assert re.search(r"经办 <b>防溺水专管员 林涛</b>", shown)
    assert "还没有人签收" in shown  # the school
