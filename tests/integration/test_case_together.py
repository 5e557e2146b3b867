"""Ingest, people, sweep and sender at work on the same cases at the same time."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from central.adapters.store import audit
from central.adapters.store.engine import Store
from central.adapters.store.tables import ALERT, INCIDENT, NOTIFICATION, TASK
from central.core.workflow import Status, Step, roll_up
from central.deadlines import sweep
from central.dispatching import send_due
from central.incidents import CaseError, take_alert, take_step
from central.ports import Answer, Channel, Letter, Limits
from tests.integration.case_district import MINUTE, NOON, PEOPLE, an_alert, rows, settle, story

ALERTS = 40


class Remembering:
    """Takes every letter and keeps its id."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def deliver(self, letter: Letter) -> Answer:
        self.ids.append(letter.letter_id)
        return Answer("accepted", "250 OK")

    @property
    def limits(self) -> Limits:
        return Limits()

    def everyone(self) -> tuple[str, ...]:
        return ("jczz",)


def test_nothing_is_lost_doubled_or_locked_for_ever(store: Store) -> None:
    with store.transaction() as connection:
        settle(connection)
    email, hook = Remembering(), Remembering()
    channels: dict[str, Channel] = {"email": email, "webhook": hook}

    def ingest(part: int) -> None:
        for seq in range(1 + part, ALERTS + 1, 2):
            with store.transaction() as connection:
                take_alert(connection, an_alert(seq, zone_id=f"zone{seq % 5}"), NOON)

    def people(seed: int) -> None:
        dice = random.Random(seed)  # noqa: S311 - only to mix the order
        for _ in range(80):
            with store.reading() as connection:
                tasks = rows(connection, TASK)
            if not tasks:
                continue
            task = dice.choice(tasks)
            with suppress(CaseError), store.transaction() as connection:
                take_step(
                    connection, dice.choice(PEOPLE), task["incident_id"], task["task_id"],
                    dice.choice(list(Step)), NOON, note="已办", to_unit="town:jinping",
                )  # fmt: skip

    def clock(_: int) -> None:
        for minutes in range(0, 60, 4):
            sweep(store, NOON + minutes * MINUTE)
            send_due(store, channels, NOON + 60 * MINUTE)

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(work, n) for work in (ingest, people, clock) for n in range(2)]
        for job in jobs:
            job.result(timeout=100)
    with store.reading() as connection:
        assert len(rows(connection, ALERT)) == ALERTS
        for case in rows(connection, INCIDENT):
            tasks = rows(connection, TASK, incident_id=case["incident_id"])
            assert case["status"] == roll_up(Status(task["status"]) for task in tasks)
            alerts = rows(connection, ALERT, incident_id=case["incident_id"])
            assert len(alerts) == case["alert_count"]
            levels = [
                (line["task_id"], line["detail"]["waits_for"], line["detail"]["level"], line["at"])
                for line in story(connection, case["incident_id"])
                if line["event"] == "escalate" and line["actor"] == "central"
            ]
            assert len(levels) == len(set(levels))
        assert audit.verify(connection) is None
        sent = email.ids + hook.ids
        assert len(sent) == len(set(sent))
        accepted = rows(connection, NOTIFICATION, state="accepted")
        assert {row["notification_id"] for row in accepted} == set(sent)
