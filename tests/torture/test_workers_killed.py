"""Two workers, killed at random and begun anew: no deadline missed, none fired twice.

`HUXIAO_TORTURE_S=600 pytest -s` is the long run; it prints the figures.
"""

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, update

from central.adapters.clock import now_ms
from central.adapters.store.engine import Store, open_store
from central.adapters.store.tables import DEADLINE, NOTIFICATION, TIMELINE
from central.core.delivery import CLAIM_S, WAITING, State
from central.incidents import take_alert
from scripts.demonstration.district import DEVICE_ID, settle
from scripts.demonstration.processes import Processes, free_port
from tests.integration.case_district import an_alert
from tests.servers.mail import MailServer, mail_server

LASTS_S = float(os.environ.get("HUXIAO_TORTURE_S", "40"))
pytestmark = [pytest.mark.stack, pytest.mark.timeout(LASTS_S * 2 + 600)]

INCIDENTS = 170
"""Of six deadlines each: more than a thousand."""
LIVES_S = (3.0, 25.0)
DEAD_S = (0.0, 2.0)
WORKERS = ("one", "two")
START_S = 5
"""How long the workers have to come up before the first deadline is near."""
LONG_S = 600.0
"""A run of so long is the acceptance: no deadline is later than one worker takes over another's."""
UP = "已启动"
"""What a worker's log says once it runs; on a busy machine that takes it a while."""
BUSY_S = 240
"""How long a machine that does other things as well may take to catch up."""


@dataclass
class Run:
    """What runs, and what has been done to it."""

    store: Store
    mail: MailServer
    parts: Processes
    data: Path
    url: str
    kills: int = 0
    starts: dict[str, int] = field(default_factory=dict)

    def start(self, name: str) -> None:
        log = self.parts.logs / f"{name}.log"
        self.starts[name] = log.read_text("utf-8").count(UP) if log.exists() else 0
        self.parts.start(name, ["huxiao-central", "worker", "--data", self.data, "--db", self.url])

    def is_up(self, name: str) -> bool:
        log = (self.parts.logs / f"{name}.log").read_text("utf-8")
        return log.count(UP) > self.starts[name]

    def kill_now_and_then(self, seconds: float) -> None:
        """Kill each worker again and again, once it has lived for a while; begin it anew."""
        chance = random.Random(20261130)  # noqa: S311 - a test, to be told again
        dies: dict[str, float] = {}
        begins: dict[str, float] = {}
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            for name in WORKERS:
                if name in begins and begins[name] <= now:
                    del begins[name]
                    self.start(name)
                elif name in dies and dies[name] <= now:
                    del dies[name]
                    self.parts.kill(name)
                    self.kills += 1
                    begins[name] = now + chance.uniform(*DEAD_S)
                elif name not in {*dies, *begins} and self.is_up(name):
                    dies[name] = now + chance.uniform(*LIVES_S)
            time.sleep(0.05)
        for name in begins:
            self.start(name)


def fill(store: Store) -> int:
    """Open the cases, and let their deadlines come due all over the run, from when workers run."""
    chance = random.Random(4711)  # noqa: S311
    opened = now_ms()
    with store.transaction() as connection:
        for number in range(INCIDENTS):
            alert = an_alert(number + 1, opened, device_id=DEVICE_ID, zone_id=f"z{number}")
            take_alert(connection, alert, opened)
    begins = now_ms() + START_S * 1000
    with store.transaction() as connection:
        rows = connection.execute(select(DEADLINE)).all()
        for row in rows:
            due = begins + round(chance.uniform(5, LASTS_S) * 1000)
            wait_s = (row.next_due_at - row.since_at) // 1000
            moved = {"next_due_at": due, "since_at": due - wait_s * 1000}
            connection.execute(update(DEADLINE).where(DEADLINE.c.id == row.id).values(**moved))
    return len(rows)


def test_killed_workers_miss_no_deadline_fire_none_twice_and_own_up_to_every_letter(
    database_url: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    settle(data, free_port(), free_port(), database_url)
    (tmp_path / "logs").mkdir()
    store = open_store(database_url)
    with mail_server() as mail:
        with (data / "central.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'\n[email]\nhost = "127.0.0.1"\nport = {mail.port}\n'
                           'sender = "huxiao@demo.invalid"\n')  # fmt: skip
        run = Run(store, mail, Processes(tmp_path / "logs"), data, database_url)
        count = fill(store)
        assert count >= 1000
        due_at = first_due(store)
        try:
            for name in WORKERS:
                run.start(name)
            run.kill_now_and_then(LASTS_S + 5)
            settles(run)
            ended = now_ms()
            run.parts.check()
        finally:
            run.parts.stop()
        tell(run, due_at, ended)
    store.close()


def first_due(store: Store) -> dict[tuple[str, str], int]:
    with store.reading() as connection:
        rows = connection.execute(select(DEADLINE)).all()
    return {(row.task_id, row.waits_for): row.next_due_at for row in rows}


def settles(run: Run) -> None:
    """Wait until nothing is due and nothing is in any worker's hands."""
    until = time.monotonic() + 2 * CLAIM_S + BUSY_S
    query = select(NOTIFICATION.c.notification_id).where(
        NOTIFICATION.c.state.in_(sorted(WAITING)), NOTIFICATION.c.held_for.is_(None)
    )
    while time.monotonic() < until:
        overdue = select(DEADLINE.c.id).where(DEADLINE.c.next_due_at <= now_ms())
        with run.store.reading() as connection:
            found = [connection.execute(one.limit(1)).first() for one in (query, overdue)]
        if found == [None, None]:
            return
        time.sleep(0.5)
    pytest.fail("letters are left waiting")


def tell(run: Run, due_at: dict[tuple[str, str], int], ended: int) -> None:
    with run.store.reading() as connection:
        lines = connection.execute(select(TIMELINE).where(TIMELINE.c.event == "escalate")).all()
        rows = connection.execute(select(NOTIFICATION)).all()
    fired = Counter(
        (line.task_id, line.detail["waits_for"], line.detail["level"]) for line in lines
    )
    twice = {key: n for key, n in fired.items() if n > 1}
    first: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.task_id, line.detail["waits_for"])
        first[key] = min(first.get(key, line.at), line.at)
    late = sorted(first[key] - due for key, due in due_at.items() if key in first)
    missed = [key for key, due in due_at.items() if key not in first and due < ended]
    arrived = Counter(str(message["Message-ID"]).strip("<>").split("@")[0]
                      for message in list(run.mail.accepted))  # fmt: skip
    repeated = {letter for letter, n in arrived.items() if n > 1}
    owned_up = {row.notification_id for row in rows if row.broken_off or row.attempts > 1}
    states = Counter(row.state for row in rows)
    why = Counter(row.answer[:60] for row in rows if row.state == State.FAILED)
    print(f"\n{len(due_at)} deadlines, {run.kills} kills in {LASTS_S:.0f} s: {len(late)} fired,"  # noqa: T201
          f" {len(missed)} missed, {len(twice)} twice; late by p50 {late[len(late) // 2]} ms,"
          f" p95 {late[int(len(late) * 0.95)]} ms, most {late[-1]} ms;"
          f" {len(rows)} letters {dict(states)}, {sum(arrived.values())} arrived,"
          f" {len(repeated)} of them twice, {len(owned_up)} say that they may have;"
          f" failed: {dict(why)}")  # fmt: skip
    assert twice == {}
    assert missed == []
    assert LASTS_S < LONG_S or late[-1] <= CLAIM_S * 1000
    assert repeated <= owned_up
    assert not {row.state for row in rows} & WAITING
