"""What waits too long is told to the next level, never twice, and never ends silently."""

from concurrent.futures import ThreadPoolExecutor

from central.adapters.store.engine import Store
from central.adapters.store.incidents import hold
from central.adapters.store.tables import DEADLINE
from central.deadlines import sweep
from central.incidents import Step
from tests.integration.case_district import (
    ADMIN,
    DUTY,
    HOUR,
    MINUTE,
    NOON,
    SCHOOL,
    SECOND,
    STATION,
    TOWN,
    close_all,
    notices,
    open_one,
    rows,
    settle,
    step,
    story,
)

LIMIT = 3 * MINUTE
PEOPLE_OF_ALL_LEVELS = (TOWN, STATION, DUTY, ADMIN, SCHOOL)


def opened(store: Store) -> str:
    with store.transaction() as connection:
        settle(connection)
        return open_one(connection)


def overdue(store: Store, incident_id: str) -> list[tuple[str, int]]:
    with store.reading() as connection:
        told = notices(connection, incident_id, moment="overdue")
        return [(n["recipient"], n["created_at"]) for n in told]


def test_nothing_fires_before_its_time(store: Store) -> None:
    incident_id = opened(store)
    assert sweep(store, NOON + LIMIT - 1) == 0
    assert overdue(store, incident_id) == []


def test_level_after_level_hears_of_it_and_the_last_again_and_again(store: Store) -> None:
    incident_id = opened(store)
    with store.transaction() as connection:  # so that only the town's wait is left
        step(connection, SCHOOL, incident_id, Step.ACKNOWLEDGE, NOON)
    fired = [at for at in range(NOON, NOON + 41 * MINUTE, 30 * SECOND) if sweep(store, at)]
    assert [(at - NOON) // MINUTE for at in fired] == [3, 6, 10, 40]
    by_time: dict[int, set[str]] = {}
    for recipient, at in overdue(store, incident_id):
        by_time.setdefault((at - NOON) // MINUTE, set()).add(recipient)
    assert by_time == {
        3: {TOWN.actor_id},
        6: {TOWN.actor_id, STATION.actor_id},
        10: {STATION.actor_id, DUTY.actor_id, ADMIN.actor_id},
        40: {STATION.actor_id, DUTY.actor_id, ADMIN.actor_id},
    }


def test_every_reminder_differs_from_the_one_before(store: Store) -> None:
    incident_id = opened(store)
    for minutes in (3, 6, 10, 40, 70):
        sweep(store, NOON + minutes * MINUTE)
    with store.reading() as connection:
        told = notices(connection, incident_id, moment="overdue")
    said = [(n["recipient"], n["subject"]) for n in told]
    assert len(set(said)) == len(said)


def test_what_was_missed_while_nobody_looked_comes_once(store: Store) -> None:
    incident_id = opened(store)
    assert sweep(store, NOON + 5 * HOUR) == 2  # the town's wait and the school's
    told = overdue(store, incident_id)
    assert len({recipient for recipient, _ in told}) == len(PEOPLE_OF_ALL_LEVELS)
    assert sweep(store, NOON + 5 * HOUR) == 0


def test_the_story_tells_who_was_waited_for_and_how_long(store: Store) -> None:
    incident_id = opened(store)
    sweep(store, NOON + LIMIT)
    with store.reading() as connection:
        line = story(connection, incident_id)[-1]
    assert line["event"] == "escalate"
    assert line["actor"] == "central"
    assert line["note"] == "已等待 3 分钟，仍未签收，升级到第 1 级，通知 1 处"
    assert line["detail"]["level"] == 1


def test_a_step_in_time_stops_the_clock_and_calls_the_reminder_back(store: Store) -> None:
    incident_id = opened(store)
    sweep(store, NOON + LIMIT)
    with store.transaction() as connection:
        step(connection, TOWN, incident_id, Step.ACKNOWLEDGE, NOON + LIMIT + 1)
        step(connection, SCHOOL, incident_id, Step.ACKNOWLEDGE, NOON + LIMIT + 1)
        states = {n["state"] for n in notices(connection, incident_id, moment="overdue")}
        assert states == {"superseded"}
    assert sweep(store, NOON + HOUR) == 0


def test_who_never_reports_back_is_asked_and_then_the_district_is(store: Store) -> None:
    incident_id = opened(store)
    with store.transaction() as connection:
        for actor in (TOWN, SCHOOL):
            step(connection, actor, incident_id, Step.ACKNOWLEDGE, NOON)
    assert sweep(store, NOON + 13 * HOUR) == 2
    assert {who for who, _ in overdue(store, incident_id)} == {TOWN.actor_id, SCHOOL.actor_id}
    assert sweep(store, NOON + 25 * HOUR) == 2
    assert DUTY.actor_id in {who for who, _ in overdue(store, incident_id)}


def test_a_report_that_nobody_verifies_comes_back_to_the_district(store: Store) -> None:
    incident_id = opened(store)
    with store.transaction() as connection:
        for wanted in (Step.ACKNOWLEDGE, Step.DISPOSE, Step.REPORT_BACK):
            for actor in (TOWN, SCHOOL):
                step(connection, actor, incident_id, wanted, NOON)
    assert sweep(store, NOON + 47 * HOUR) == 0
    assert sweep(store, NOON + 49 * HOUR) == 2
    assert {who for who, _ in overdue(store, incident_id)} == {DUTY.actor_id}


def test_a_closed_case_never_fires(store: Store) -> None:
    incident_id = opened(store)
    with store.transaction() as connection:
        close_all(connection, incident_id, NOON)
    assert sweep(store, NOON + 2000 * HOUR) == 0
    assert overdue(store, incident_id) == []


def test_sweeps_at_the_same_time_fire_each_wait_once(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
        made = [open_one(connection, NOON + n * HOUR, n + 1) for n in range(12)]
    at = NOON + 20 * HOUR
    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(lambda _: sweep(store, at), range(6)))
    fired = sum(counts)
    while more := sweep(store, at):  # what one sweep left because another held it
        fired += more
    with store.reading() as connection:
        due = rows(connection, DEADLINE)
        assert fired == sum(1 for row in due if row["level"] > 0)
        for incident_id in made:
            said = [
                (line["task_id"], line["detail"]["waits_for"])
                for line in story(connection, incident_id)
                if line["event"] == "escalate"
            ]
            assert len(said) == len(set(said)) > 0


def test_a_case_in_somebodys_hands_is_swept_after_that(store: Store) -> None:
    incident_id = opened(store)
    if store.is_postgresql:  # SQLite has one writer: there the sweep waits instead
        with store.transaction() as connection:
            assert hold(connection, incident_id)
            assert sweep(store, NOON + LIMIT) == 0
    assert sweep(store, NOON + LIMIT) == 1
