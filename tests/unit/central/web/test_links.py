"""One-time links: for one person and one task, for a while, and looking changes nothing."""

import re
from dataclasses import dataclass
from io import BytesIO

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from central.adapters.linking import Linker
from central.adapters.store import contacts
from central.adapters.store.engine import Store
from central.adapters.store.schema import METADATA
from central.adapters.store.schema.identity import ONE_TIME_LINK
from central.adapters.store.tables import AUDIT, NOTIFICATION, SIGN_IN_FAILURE
from central.adapters.vault import Vault
from central.core.one_time_links import HOUR_MS
from central.deadlines import sweep
from central.incidents import Step, take_step
from central.ports import Letter
from central.web.link_pages import MOST_GUESSES
from tests.integration.case_district import (
    DUTY,
    MINUTE,
    NOON,
    incident,
    open_one,
    rows,
    story,
    task_of,
)

URL = "https://huxiao.test"
WARDEN = {"unit_code": "town:yuelin", "role": "water_warden", "name": "护林员 赵大山",
          "phone": "13800000001", "email": "dashan@demo.invalid"}  # fmt: skip
UNCHANGED_BY_LOOKING = {"audit"}


@dataclass
class Case:
    """An incident at the pond, and a warden of its town who has no account."""

    store: Store
    incident_id: str
    contact_id: str
    linker: Linker

    @property
    def who(self) -> str:
        return f"contact:{self.contact_id}"

    def letters(self, unit: str = "town:yuelin") -> list[Letter]:
        """Give the letters to the warden about a unit's task, as they go out."""
        with self.store.reading() as connection:
            task_id = task_of(connection, self.incident_id, unit)
            found = rows(connection, NOTIFICATION, recipient=self.who, task_id=task_id)
        return [
            self.linker.into(
                Letter(row["notification_id"], row["incident_id"], row["moment"], row["address"],
                       row["subject"], row["text"], row["created_at"], row["data"]),
                self.who,
            )
            for row in found
        ]  # fmt: skip

    def token(self) -> str:
        """Give the token in the last letter."""
        found = re.search(rf"{URL}/t/([a-z2-7]+)\b", self.letters()[-1].text)
        assert found
        return found[1]

    def officer_takes(self, step: Step, now_ms: int, to_unit: str | None = None,
                      unit: str = "town:yuelin") -> None:  # fmt: skip
        """Let the duty officer take a step on the warden's task."""
        with self.store.transaction() as connection:
            task_id = task_of(connection, self.incident_id, unit)
            take_step(connection, DUTY, self.incident_id, task_id, step, now_ms,
                      note="说明", to_unit=to_unit)  # fmt: skip

    def status(self) -> str:
        """Tell where the task stands."""
        with self.store.reading() as connection:
            task_id = task_of(connection, self.incident_id, "town:yuelin")
            found = connection.execute(select(METADATA.tables["task"]))
            return next(str(row.status) for row in found if row.task_id == task_id)


@pytest.fixture
def case(app: APIFlask, store: Store) -> Case:
    with store.transaction() as connection:
        contact_id = contacts.add(connection, WARDEN, NOON)
        incident_id = open_one(connection)
    assert app
    return Case(store, incident_id, contact_id, Linker(store, Vault(bytes(32)), URL, 72))


@pytest.fixture
def phone(app: APIFlask) -> FlaskClient:
    """A phone in which nobody has signed in, at an app that wants its forms' tokens."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


def photo() -> tuple[BytesIO, str]:
    made = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "JPEG")
    made.seek(0)
    return made, "shore.jpg"


def takes(phone: FlaskClient, token: str, step: str, **form: object) -> TestResponse:
    return phone.post(f"/t/{token}/steps", data={"step": step, **form},
                      content_type="multipart/form-data")  # fmt: skip


def everything(store: Store) -> dict[str, str]:
    """Give all tables but the log of looks."""
    with store.reading() as connection:
        return {name: str(connection.execute(select(table)).all())
                for name, table in METADATA.tables.items()
                if name not in UNCHANGED_BY_LOOKING}  # fmt: skip


def test_people_without_an_account_are_told_and_their_letter_invites_them(case: Case) -> None:
    (letter,) = case.letters()
    assert f"{URL}/t/{case.token()}" in letter.text.split("\n\n")[0]
    assert f"{URL}/t/{case.token()}" in letter.text.split("\n\n")[1]
    assert f'"link_token": "{case.token()}"' in letter.data
    assert letter.incident_id == ""


def test_a_token_has_128_bits_and_only_its_hash_is_kept(case: Case) -> None:
    token = case.token()
    assert len(token) * 5 >= 128
    assert token not in str(everything(case.store))
    with case.store.reading() as connection:
        assert len(rows(connection, ONE_TIME_LINK)) == 1


def test_a_letter_that_is_tried_again_brings_the_same_link(case: Case) -> None:
    assert case.token() == case.token()
    other = Linker(case.store, Vault(b"another key of another district!"), URL, 72)
    mine, case.linker = case.token(), other
    assert case.token() != mine


def test_people_with_an_account_get_no_link(case: Case) -> None:
    with case.store.reading() as connection:
        row = rows(connection, NOTIFICATION, recipient="account:zhenshui")[0]
    letter = Letter(row["notification_id"], row["incident_id"], row["moment"], row["address"],
                    row["subject"], row["text"], row["created_at"])  # fmt: skip
    assert case.linker.into(letter, "account:zhenshui") == letter


def test_looking_changes_nothing_however_often_and_by_whomever(
    case: Case, phone: FlaskClient
) -> None:
    token = case.token()
    before = everything(case.store)
    for agent in ("Mozilla/5.0 MicroMessenger", "LinkPreviewBot/1.0", ""):
        answer = phone.get(f"/t/{token}", headers={"User-Agent": agent})
        assert answer.status_code == 200
        assert phone.head(f"/t/{token}").status_code == 200
    assert everything(case.store) == before


def test_a_look_is_kept_in_the_audit_log(case: Case, phone: FlaskClient) -> None:
    phone.get(f"/t/{case.token()}")
    with case.store.reading() as connection:
        looks = rows(connection, AUDIT, action="look.link")
    assert [look["actor"] for look in looks] == [case.who]


def test_the_loop_is_walked_from_a_phone(case: Case, phone: FlaskClient) -> None:
    token = case.token()
    assert "签收" in phone.get(f"/t/{token}").text
    assert takes(phone, token, "acknowledge").headers["Location"] == f"/t/{token}"
    assert takes(phone, token, "dispose", note="已到现场劝离").status_code == 303
    asked = phone.get(f"/t/{token}").text
    outcome = re.search(r'<option value="([a-z_]+)"', asked)
    more = {"outcome": outcome[1]} if outcome else {}
    more |= {"lat": "29.65", "lon": "121.40"}
    note = "孩子已离开，加了警示牌"
    done = takes(phone, token, "report_back", note=note, photos=[photo()], **more)
    assert done.status_code == 303, done.text
    assert case.status() == "reported"
    assert "已收到您的反馈" in phone.get(f"/t/{token}").text
    with case.store.reading() as connection:
        told = [line for line in story(connection, case.incident_id) if line["actor"] == case.who]
        audited = [line["action"] for line in rows(connection, AUDIT, actor=case.who)]
    assert [line["event"] for line in told if line["event"] != "evidence"] == [
        "acknowledge", "dispose", "report_back",
    ]  # fmt: skip
    assert {line["actor_name"] for line in told} == {"护林员 赵大山"}
    assert {"step.acknowledge", "step.dispose", "step.report_back", "evidence.brought"} <= set(
        audited
    )


def test_what_the_playbook_wants_is_asked_of_them_too(case: Case, phone: FlaskClient) -> None:
    token = case.token()
    takes(phone, token, "acknowledge")
    takes(phone, token, "dispose", note="已处置")
    refused = takes(phone, token, "report_back", note="")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert case.status() == "disposed"


@pytest.mark.parametrize("step", ["verify", "close", "transfer", "false_alarm", "reopen", "x", ""])
def test_nothing_else_is_done_through_it(case: Case, phone: FlaskClient, step: str) -> None:
    assert takes(phone, case.token(), step, to_unit="edu", note="说明").status_code == 400
    assert case.status() == "dispatched"


def test_a_step_out_of_turn_is_refused_in_words(case: Case, phone: FlaskClient) -> None:
    answer = takes(phone, case.token(), "dispose", note="已处置")
    assert answer.status_code == 409
    assert "待签收" in answer.text


def test_it_opens_no_other_door(case: Case, phone: FlaskClient) -> None:
    phone.get(f"/t/{case.token()}")
    takes(phone, case.token(), "acknowledge")
    for path in ("/", f"/incidents/{case.incident_id}", "/account", "/devices"):
        assert "/sign-in" in phone.get(path).headers["Location"]
    assert phone.get(f"/api/v1/incidents/{case.incident_id}").status_code == 401
    bearer = {"Authorization": f"Bearer {case.token()}"}
    assert phone.get("/api/v1/incidents", headers=bearer).status_code == 401


def ends(phone: FlaskClient, token: str, words: str) -> None:
    """Hold that a link opens nothing and says so kindly."""
    for answer in (phone.get(f"/t/{token}"), takes(phone, token, "acknowledge")):
        assert answer.status_code == 410
        assert words in answer.text
        assert "110" in answer.text
        assert "月湖" not in answer.text


def test_it_ends_in_time(case: Case, phone: FlaskClient, clock: list[int]) -> None:
    token = case.token()
    clock[0] = NOON + 72 * HOUR_MS - 1
    assert phone.get(f"/t/{token}").status_code == 200
    clock[0] += 1
    ends(phone, token, "链接已过期")


def test_it_ends_with_its_task_also_when_that_begins_anew(
    case: Case, phone: FlaskClient, clock: list[int]
) -> None:
    token = case.token()
    case.officer_takes(Step.FALSE_ALARM, NOON + MINUTE)
    ends(phone, token, "任务已办结")
    case.officer_takes(Step.REOPEN, NOON + 2 * MINUTE)
    clock[0] = NOON + 3 * MINUTE
    ends(phone, token, "任务已办结")
    assert case.token() != token
    assert phone.get(f"/t/{case.token()}").status_code == 200


def test_it_ends_when_the_task_goes_to_another_unit_and_stays_so(
    case: Case, phone: FlaskClient
) -> None:
    token = case.token()
    case.officer_takes(Step.TRANSFER, NOON + MINUTE, to_unit="town:jinping")
    ends(phone, token, "任务已转给其他单位")
    case.officer_takes(Step.TRANSFER, NOON + 2 * MINUTE, "town:yuelin", unit="town:jinping")
    ends(phone, token, "任务已转给其他单位")
    assert phone.get(f"/t/{case.token()}").status_code == 200


def test_it_ends_when_the_person_is_removed_whose_number_is_then_gone(
    case: Case, phone: FlaskClient
) -> None:
    token = case.token()
    with case.store.transaction() as connection:
        assert contacts.remove(connection, case.contact_id, NOON)
        assert not contacts.remove(connection, case.contact_id, NOON)
    ends(phone, token, "您已不在联系人名单中")
    kept = str(everything(case.store))
    assert WARDEN["phone"] not in kept
    assert WARDEN["email"] not in kept


def test_whoever_is_told_of_another_unit_s_task_gets_no_link_to_it(case: Case) -> None:
    with case.store.transaction() as connection:
        officer = {
            "unit_code": "edu",
            "role": "duty_officer",
            "name": "值班",
            "email": "d@x.invalid",
        }
        case.contact_id = contacts.add(connection, officer, NOON)
    assert sweep(case.store, NOON + 2 * HOUR_MS)
    letters = case.letters()
    assert letters
    assert not any("/t/" in letter.text for letter in letters)


def test_guessing_is_slowed_down_and_a_right_link_still_opens(
    case: Case, phone: FlaskClient
) -> None:
    token = case.token()
    said = [phone.get(f"/t/{'a' * 20}{number:06}").status_code for number in range(MOST_GUESSES)]
    assert set(said) == {404}
    assert phone.get(f"/t/{token[:-1]}").status_code == 429
    assert phone.get(f"/t/{'x' * 3000}").status_code == 429
    assert phone.get(f"/t/{token}").status_code == 200
    with case.store.reading() as connection:
        assert len(rows(connection, SIGN_IN_FAILURE)) == MOST_GUESSES


def test_the_address_stays_with_whoever_has_it(case: Case, phone: FlaskClient) -> None:
    answer = phone.get(f"/t/{case.token()}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    assert not re.search(r'(href|src)="https?://', answer.text)


def test_it_shows_no_more_than_the_letter_may_say(case: Case, phone: FlaskClient) -> None:
    with case.store.transaction() as connection:
        task_id = task_of(connection, case.incident_id, "town:yuelin")
        take_step(connection, DUTY, case.incident_id, task_id, Step.URGE, NOON + MINUTE,
                  note="内部说明：某某同学")  # fmt: skip
        number = incident(connection, case.incident_id)["number"]
    shown = phone.get(f"/t/{case.token()}").text
    assert number in shown
    assert "月湖" in shown
    for hidden in ("内部说明", "water-001", "cam1", "林涛", "evidence"):
        assert hidden not in shown


def test_english_is_one_press_away(case: Case, phone: FlaskClient) -> None:
    shown = phone.get(f"/t/{case.token()}?lang=en").text
    assert "Acknowledge" in shown
    assert 'lang="en"' in shown


def test_what_breaks_is_logged_without_the_link(
    app: APIFlask, case: Case, phone: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    token = case.token()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with case.store.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE incident RENAME TO incident_elsewhere")
    assert phone.get(f"/t/{token}").status_code == 500
    assert any("/t/…" in message for message in caplog.messages)
    assert token not in str(caplog.messages)
