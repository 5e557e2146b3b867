"""A report-back calls for tasks and notices, and is refused while it lacks something."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Connection

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.store.engine import Store
from central.adapters.store.tables import EVIDENCE, TASK, TIMELINE
from central.core.kinds import HandKind
from central.core.people import Actor, Role
from central.core.refusals import (
    IncompleteReportError,
    NotAllowedError,
    TooEarlyError,
    UnusablePhotoError,
)
from central.core.report_back import Report
from central.incidents import Step, report_by_hand, take_step
from central.incidents.picturing import bring_photo
from contract.scenarios import Scenario
from tests.integration.case_district import (
    DUTY,
    MINUTE,
    NOON,
    SCHOOL,
    STATION,
    TOWN,
    add_person,
    close_all,
    incident,
    notices,
    open_one,
    rows,
    settle,
    step,
    task_of,
)

WATER = Actor("account:shuili", "水利 钱江", Role.UNIT_OFFICER, "water")
CITY = Actor("account:zhifa", "执法 金山", Role.UNIT_OFFICER, "enforcement")


def a_photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), (90, 140, 200)).save(out, "JPEG")
    return out.getvalue()


def reports(
    connection: Connection, actor: Actor, incident_id: str, report: Report, note: str = "已处理完毕"
) -> None:
    task_id = task_of(connection, incident_id, actor.unit_code)
    take_step(connection, actor, incident_id, task_id, Step.REPORT_BACK, NOON, note, report=report)


def began(connection: Connection, actor: Actor, incident_id: str) -> None:
    for one in (Step.ACKNOWLEDGE, Step.DISPOSE):
        step(connection, actor, incident_id, one, NOON)


def test_an_outcome_calls_for_another_unit_s_task(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        add_person(connection, WATER)
        incident_id = open_one(connection)
        began(connection, TOWN, incident_id)
        began(connection, SCHOOL, incident_id)
        reports(connection, SCHOOL, incident_id, Report())
        assert not rows(connection, TASK, unit_code="water")
        reports(connection, TOWN, incident_id, Report(outcome="defect"))
        assert incident(connection, incident_id)["status"] == "dispatched"
        assert {
            n["moment"] for n in notices(connection, incident_id, recipient="account:shuili")
        } == {"dispatched"}

        step(connection, DUTY, incident_id, Step.RETURN, NOON, unit="town:yuelin", note="补充")
        step(connection, TOWN, incident_id, Step.DISPOSE, NOON)
        reports(connection, TOWN, incident_id, Report(outcome="defect"))
        assert len(rows(connection, TASK, unit_code="water")) == 1


def test_the_district_cannot_close_before_the_task_that_followed_is_done(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        add_person(connection, WATER)
        incident_id = open_one(connection)
        for actor in (TOWN, SCHOOL):
            began(connection, actor, incident_id)
        reports(connection, TOWN, incident_id, Report(outcome="defect"))
        reports(connection, SCHOOL, incident_id, Report())
        for unit in ("town:yuelin", "school:shiyan"):
            step(connection, DUTY, incident_id, Step.VERIFY, NOON, unit=unit)
        with pytest.raises(TooEarlyError):
            step(connection, DUTY, incident_id, Step.CLOSE, NOON, unit="town:yuelin")


def hazard(connection: Connection) -> str:
    settle(connection)
    add_person(connection, CITY)
    return report_by_hand(
        connection,
        DUTY,
        "yuehu",
        Scenario.TRAFFIC_HAZARD,
        HandKind.HAZARD_REPORTED,
        "井盖缺失",
        NOON,
    )


def test_a_report_without_its_photo_is_refused_and_says_so(store: Store, tmp_path: Path) -> None:
    files = EvidenceFiles(tmp_path)
    with store.transaction() as connection:
        incident_id = hazard(connection)
        began(connection, CITY, incident_id)
        with pytest.raises(IncompleteReportError) as refused:
            reports(connection, CITY, incident_id, Report())
        assert refused.value.message_zh == "反馈还缺：照片至少 1 张"
        with pytest.raises(IncompleteReportError, match="is not in this incident"):
            reports(connection, CITY, incident_id, Report(photos=("c" * 64,)))
        photo = bring_photo(connection, files, CITY, incident_id, a_photo(), NOON)
        reports(connection, CITY, incident_id, Report(photos=(photo,)))
        told = rows(connection, TIMELINE, incident_id=incident_id, event="report_back")
        assert told[0]["detail"]["report"] == {"photos": [photo]}
    assert files.read(photo)


def test_who_has_no_task_brings_no_photo(store: Store, tmp_path: Path) -> None:
    files = EvidenceFiles(tmp_path)
    with store.transaction() as connection:
        incident_id = hazard(connection)
        with pytest.raises(NotAllowedError):
            bring_photo(connection, files, SCHOOL, incident_id, a_photo(), NOON)
        with pytest.raises(UnusablePhotoError):
            bring_photo(connection, files, CITY, incident_id, b"GIF89a", NOON)
        again = [bring_photo(connection, files, CITY, incident_id, a_photo(), NOON) for _ in "ab"]
        assert len(set(again)) == 1
        assert len(rows(connection, EVIDENCE)) == 1
        assert bring_photo(connection, files, STATION, incident_id, a_photo(), NOON) == again[0]


def test_a_closed_case_takes_no_more_photos(store: Store, tmp_path: Path) -> None:
    with store.transaction() as connection:
        settle(connection)
        incident_id = open_one(connection)
        close_all(connection, incident_id, NOON + MINUTE)
        with pytest.raises(TooEarlyError):
            bring_photo(connection, EvidenceFiles(tmp_path), TOWN, incident_id, a_photo(), NOON)
