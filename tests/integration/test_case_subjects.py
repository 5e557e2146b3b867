"""Whom a case is about: hints, verification, and who hears of which child, when."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from central.adapters.playbooks import shipped
from central.adapters.registry.filling import Filler
from central.adapters.store import audit, directory, pupils, subjects
from central.adapters.store.engine import Store
from central.adapters.store.tables import AUDIT, INCIDENT, INCIDENT_COPY, NOTIFICATION, TIMELINE
from central.core.late_names import pupils_in
from central.core.people import Actor, Role
from central.core.refusals import IncompleteReportError, NotAllowedError
from central.core.report_back import Report
from central.core.subjects import Certainty, Finding, SubjectError
from central.dispatching.desk import send_due
from central.incidents import Step, take_alert, take_step
from central.incidents.verifying import name_subject
from central.ports import Answer, Channel, DeliveryError, Letter, Limits
from contract.messages import Match
from tests.integration.case_district import (
    DUTY,
    HOUR,
    NOON,
    SCHOOL,
    TOWN,
    add_person,
    add_site,
    an_alert,
    notices,
    rows,
    step,
    story,
    task_of,
)
from tests.integration.pupil_district import (
    A_MATCH,
    CULTURE,
    FAR,
    NAME,
    NEXT_DOOR,
    PHONE,
    TEACHER,
    District,
)


@pytest.fixture
def district(store: Store, tmp_path: Path) -> District:
    return District(store, tmp_path)


def referring(connection: Connection, incident_id: str) -> dict[str, set[str]]:
    """Give who has a letter that refers to which children."""
    found: dict[str, set[str]] = {}
    for row in notices(connection, incident_id):
        if mine := pupils_in(row["text"] + row["data"] + row["subject"]):
            found.setdefault(row["recipient"].partition(":")[2], set()).update(mine)
    return found


def families(connection: Connection, incident_id: str, **wanted: Any) -> list[dict[str, Any]]:
    found = notices(connection, incident_id, audience="guardian", **wanted)
    return [row for row in found if row["recipient"].startswith("guardian:")]


def test_a_child_at_the_pond_is_told_of_at_once_to_family_teacher_and_school(
    district: District,
) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection, A_MATCH)
        (one,) = subjects.of_incident(connection, incident_id)
        assert (one.pupil_id, one.certainty, one.similarity) == (
            district.child, Certainty.HINT, 0.95,
        )  # fmt: skip
        (guardian,) = pupils.guardians(connection, district.child)
        assert referring(connection, incident_id) == {
            "anquan": {district.child},
            "ban32": {district.child},
            guardian.guardian_id: {district.child},
        }
        for row in families(connection, incident_id):
            assert "可能" in row["text"]


def test_nothing_that_lies_in_the_database_names_a_child(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection, A_MATCH)
        district.verify(connection, SCHOOL, incident_id, Finding.CONFIRMED)
        for table in (NOTIFICATION, TIMELINE, AUDIT):
            lies = repr(rows(connection, table))
            assert NAME not in lies
            assert PHONE not in lies


def test_a_child_unknown_to_the_device_troubles_no_family_and_no_teacher(
    district: District,
) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection)
        assert referring(connection, incident_id) == {}
        told = {row["recipient"] for row in notices(connection, incident_id)}
    assert TEACHER.actor_id not in told
    assert not any(one.startswith("guardian:") for one in told)


def test_a_match_that_comes_later_is_told_then(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection)
        assert district.at_the_pond(connection, A_MATCH, seq=2) == incident_id
        assert district.child in referring(connection, incident_id)["ban32"]
        before = len(notices(connection, incident_id))
        better = A_MATCH.model_copy(update={"similarity": 0.99})
        district.at_the_pond(connection, better, seq=3)
        assert len(notices(connection, incident_id)) == before
        (one,) = subjects.of_incident(connection, incident_id)
        assert one.similarity == 0.99


def test_at_a_venue_nobody_hears_of_the_child_before_a_person_has_verified(
    district: District,
) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_venue(connection)
        assert referring(connection, incident_id) == {}
        assert families(connection, incident_id) == []
        culture, *_ = notices(connection, incident_id, recipient=CULTURE.actor_id)
        assert "初中年龄段" in culture["text"] or "小学年龄段" in culture["text"]
        district.verify(connection, CULTURE, incident_id, Finding.CONFIRMED)
        (guardian,) = pupils.guardians(connection, district.child)
        assert set(referring(connection, incident_id)) == {"ban32", guardian.guardian_id}


def test_the_childs_own_school_reads_along_and_may_verify(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_venue(connection)
        copied = {row["unit_code"] for row in rows(connection, INCIDENT_COPY)}
        assert "school:shiyan" in copied
        with pytest.raises(NotAllowedError):
            district.verify(connection, FAR, incident_id, Finding.CONFIRMED)
        with pytest.raises(NotAllowedError):
            district.verify(connection, NEXT_DOOR, incident_id, Finding.CONFIRMED)
        district.verify(connection, TEACHER, incident_id, Finding.CONFIRMED)
        with pytest.raises(SubjectError):
            district.verify(connection, SCHOOL, incident_id, Finding.CONFIRMED)


def test_a_mistake_is_taken_back_and_counted_for_the_device(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection, A_MATCH)
        sent = families(connection, incident_id)
        assert {row["channel"] for row in sent} == {"sms", "zlb"}
        connection.execute(
            NOTIFICATION.update()
            .where(NOTIFICATION.c.notification_id == sent[0]["notification_id"])
            .values(state="accepted", sent_at=NOON, next_try_at=None)
        )
        district.verify(connection, SCHOOL, incident_id, Finding.NOT_THE_PERSON)
        again = [row for row in families(connection, incident_id)
                 if "不是您的孩子" in row["text"]]  # fmt: skip
        assert [row["recipient"] for row in again] == [sent[0]["recipient"]]
        (now,) = notices(connection, incident_id, notification_id=sent[1]["notification_id"])
        assert now["state"] == "superseded"
        (counted,) = subjects.false_matches(connection, DUTY, 0)
        assert (counted["device_id"], counted["false_matches"], counted["highest_wrong"]) == (
            "water-001", 1, 0.95,
        )  # fmt: skip
        kept = [row["action"] for row in rows(connection, AUDIT)]
        assert "subject.verify" in kept
        assert audit.verify(connection) is None


def test_a_school_says_whom_it_found_before_it_reports_back(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection, A_MATCH)
        step(connection, SCHOOL, incident_id, Step.ACKNOWLEDGE, NOON)
        step(connection, SCHOOL, incident_id, Step.DISPOSE, NOON)
        with pytest.raises(IncompleteReportError) as refused:
            step(connection, SCHOOL, incident_id, Step.REPORT_BACK, NOON)
        assert "请先核实" in refused.value.message_zh
        task_id = task_of(connection, incident_id, SCHOOL.unit_code)
        take_step(connection, SCHOOL, incident_id, task_id, Step.REPORT_BACK, NOON,
                  note="已教育", report=Report(outcome="educated"))  # fmt: skip
        (one,) = subjects.of_incident(connection, incident_id)
        assert (one.certainty, one.found_by) == (Certainty.CONFIRMED, SCHOOL.actor_id)


def test_the_town_reports_back_without_knowing_who_it_was(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection, A_MATCH)
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK):
            step(connection, TOWN, incident_id, wanted, NOON)
        assert TOWN.actor_id.removeprefix("account:") not in referring(connection, incident_id)


def test_a_pupil_is_named_by_the_own_school(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection)
        other = pupils.found(connection, district.other)
        assert other is not None
        with pytest.raises(NotAllowedError):
            name_subject(connection, TEACHER, incident_id, other, NOON)
        name_subject(connection, SCHOOL, incident_id, other, NOON)
        (one,) = subjects.of_incident(connection, incident_id)
        assert (one.pupil_id, one.certainty) == (district.other, Certainty.CONFIRMED)
        with pytest.raises(SubjectError):
            name_subject(connection, SCHOOL, incident_id, other, NOON)


def test_a_class_without_a_teacher_falls_to_the_safety_lead_and_it_is_said(
    district: District, store: Store
) -> None:
    with store.transaction() as connection:
        moved = district.a_pupil("1", NAME, "4-1")
        district.roster.put(connection, [moved], "cli", NOON)
        incident_id = district.at_the_pond(connection, A_MATCH)
        told = [row["recipient"] for row in notices(connection, incident_id, moment="notice")]
        assert SCHOOL.actor_id in told
        assert "stood_in" in [line["event"] for line in story(connection, incident_id)]


def test_a_child_without_guardians_makes_the_officers_call(district: District) -> None:
    with district.store.transaction() as connection:
        alone = district.a_pupil("1", NAME, "3-2").model_copy(update={"guardians": ()})
        district.roster.put(connection, [alone], "cli", NOON)
        incident_id = district.at_the_pond(connection, A_MATCH)
        call, *_ = notices(connection, incident_id, moment="unreachable")
        assert call["recipient"] == DUTY.actor_id
        assert "guardian/school:shiyan" in call["text"]


def letter_of(row: dict[str, Any]) -> Letter:
    return Letter(row["notification_id"], row["incident_id"], row["moment"], row["address"],
                  row["subject"], row["text"], row["created_at"])  # fmt: skip


def test_names_and_numbers_are_put_in_on_the_way_out_and_that_is_kept(district: District) -> None:
    filler = Filler(district.roster)
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection, A_MATCH)
        to_lead, *_ = [row for row in notices(connection, incident_id, recipient=SCHOOL.actor_id)
                      if pupils_in(row["text"])]  # fmt: skip
        filled = filler.filled(connection, letter_of(to_lead), NOON).letter
        assert f"可能是 3年级2班 {NAME}" in filled.text
        assert pupils_in(filled.text) == set()
        kept = [row for row in rows(connection, AUDIT) if row["action"] == "pupil.told"]
        assert kept[0]["detail"]["pupils"] == [district.child]
        by_sms = next(row for row in families(connection, incident_id) if row["channel"] == "sms")
        sent = filler.filled(connection, letter_of(by_sms), NOON).letter
        assert (sent.address, f"孩子：可能是 {NAME}" in sent.text) == (PHONE, True)


def test_an_erased_child_is_in_no_letter_any_more(district: District) -> None:
    filler = Filler(district.roster)
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection, A_MATCH)
        letters = [letter_of(row) for row in notices(connection, incident_id)]
        district.roster.withdraw(connection, district.child, "cli", NOON)
    district.roster.erase(district.store, NOON)
    needing = [letter for letter in letters if filler.needs(letter)]
    to_families = [one for one in needing if one.address.startswith("guardian:")]
    with district.store.transaction() as connection:
        for letter in set(needing) - set(to_families):
            assert NAME not in filler.filled(connection, letter, NOON).letter.text
        for letter in to_families:
            with pytest.raises(DeliveryError, match="erased"):
                filler.filled(connection, letter, NOON)
    assert len(to_families) == 2


def test_venues_that_repeat_are_listed(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_venue(connection)
        assert subjects.repeat_venues(connection, DUTY, 0, 1) == []
        district.verify(connection, CULTURE, incident_id, Finding.CONFIRMED)
        (venue,) = subjects.repeat_venues(connection, DUTY, 0, 1)
        assert (venue["site_id"], venue["verified_cases"]) == ("langyu", 1)
        assert subjects.repeat_venues(connection, DUTY, 0, 2) == []


def test_at_a_gate_the_guard_finds_by_report_and_nobody_is_named(district: District) -> None:
    guard = Actor("account:baoan", "保安 钱刚", Role.GUARD, "school:shiyan")
    with district.store.transaction() as connection:
        add_person(connection, guard)
        add_site(
            connection, "gate", "正门", {"school": "school:shiyan", "station": "station:yuelin"}
        )
        device = {"device_id": "gate-001", "site_id": "gate", "profile": "gate", "created_at": 0}
        directory.add_device(connection, device)
        alert = an_alert(
            device_id="gate-001", scenario="person_of_concern", kind="person_of_concern_match",
            matches=(Match(entry_id="w-1", similarity=0.93, votes=3, frames=7),),
        )  # fmt: skip
        incident_id = take_alert(connection, alert, NOON, playbooks=shipped()).incident_id
        (one,) = subjects.of_incident(connection, incident_id)
        assert (one.pupil_id, one.entry_id) == (None, "w-1")
        task_id = task_of(connection, incident_id, "school:shiyan")
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE):
            take_step(connection, guard, incident_id, task_id, wanted, NOON)
        beyond = Report(outcome="beyond_means")
        take_step(connection, guard, incident_id, task_id, Step.REPORT_BACK, NOON,
                  note="请派出所到场", report=beyond)  # fmt: skip
        (still,) = subjects.of_incident(connection, incident_id)
        assert still.is_undecided
        assert task_of(connection, incident_id, "station:yuelin")
        district.verify(connection, guard, incident_id, Finding.NOT_THE_PERSON)
        (now,) = subjects.of_incident(connection, incident_id)
        assert now.certainty is Certainty.REJECTED
        assert referring(connection, incident_id) == {}


def test_a_case_is_about_those_of_the_cases_merged_into_it_too(district: District) -> None:
    with district.store.transaction() as connection:
        main = district.at_the_pond(connection)
        member = take_alert(
            connection, an_alert(9, device_id="water-002", matches=(A_MATCH,)), NOON + 9 * HOUR,
            playbooks=shipped(),
        ).incident_id  # fmt: skip
        assert member != main
        assert subjects.of_incident(connection, main) == []
        merged = INCIDENT.update().where(INCIDENT.c.incident_id == member)
        connection.execute(merged.values(merged_into=main))
        district.verify(connection, SCHOOL, main, Finding.CONFIRMED)
        (one,) = subjects.of_incident(connection, main)
        assert (one.pupil_id, one.certainty) == (district.child, Certainty.CONFIRMED)


@dataclass
class Echo:
    """A channel whose provider says back whatever it was given; every other time it refuses."""

    got: list[Letter] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    def deliver(self, letter: Letter) -> Answer:
        self.got.append(letter)
        words = f"{letter.address} {letter.text}"
        if len(self.got) % 2:
            raise DeliveryError(words, permanent=True)
        return Answer("accepted", words, letter.address)

    def everyone(self) -> list[str]:
        return []


def test_what_a_provider_says_back_is_kept_without_names_and_numbers(district: District) -> None:
    with district.store.transaction() as connection:
        incident_id = district.at_the_pond(connection, A_MATCH)
    echo = Echo()
    channels: dict[str, Channel] = dict.fromkeys(("zlb", "sms", "zwdd", "email"), echo)
    send_due(district.store, channels, NOON, filler=Filler(district.roster))
    assert any(NAME in letter.text and letter.address == PHONE for letter in echo.got)
    with district.store.reading() as connection:
        kept = repr(rows(connection, NOTIFICATION)) + repr(story(connection, incident_id))
    assert NAME not in kept
    assert PHONE not in kept
    assert "***" in kept
