"""A thousand alerts in a minute, providers that take twenty: everybody is told, the urgent first.

The alerts come in as a broker would bring them; the minutes of the sending are the test's own.
`pytest -s` prints how long who waited.
"""

import json
from collections import defaultdict
from pathlib import Path
from statistics import median
from time import time
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import Connection

from central.adapters.evidence_files import EvidenceFiles
from central.adapters.notifiers.configured import configured
from central.adapters.playbooks import shipped
from central.adapters.store import directory
from central.adapters.store.engine import Store
from central.config import CentralConfig
from central.core.delivery import WAITING
from central.core.people import Actor, Role
from central.core.playbook import ChannelName
from central.dispatching import send_due
from central.ports import Channel, Limits
from central.reception import Reception
from tests.integration.case_district import NOON, SECOND, add_person, an_alert
from tests.integration.sending_kit import Limited, Watch, letters
from tests.servers.provider import served
from tests.servers.robots import DING_SECRET, Dingtalk

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

DEVICES, ALERTS, ZONES, TOWNS = 50, 1000, 4, 10
A_MINUTE = 20
STEP_MS = 5 * SECOND
MOST_MINUTES = 240


def settle(connection: Connection) -> None:
    """Fifty places, half of them water and half venues; ten towns; a school and station each."""
    directory.seed_departments(connection)
    for number in range(TOWNS):
        directory.add_unit(connection, f"town:t{number}", f"第{number}镇")
        directory.add_unit(connection, f"station:t{number}", f"第{number}派出所")
        _person(connection, f"warden{number}", Role.WATER_WARDEN, f"town:t{number}")
        _person(connection, f"officer{number}", Role.STATION_OFFICER, f"station:t{number}")
    for unit, role in (("edu", Role.DUTY_OFFICER), ("culture", Role.UNIT_OFFICER),
                       ("police", Role.STATION_OFFICER)):  # fmt: skip
        _person(connection, f"of-{unit}", role, unit)
    for number in range(DEVICES):
        school, town = f"school:s{number}", f"town:t{number % TOWNS}"
        directory.add_unit(connection, school, f"第{number}小学")
        _person(connection, f"lead{number}", Role.SCHOOL_SAFETY_LEAD, school)
        relations = {"town": town, "school": school, "station": f"station:t{number % TOWNS}"}
        site = {"site_id": f"site{number}", "kind": "water" if number % 2 else "venue",
                "name_zh": f"第{number}处", "name_en": "", "relations": relations,
                "created_at": 0}  # fmt: skip
        directory.add_site(connection, site)
        profile = "water" if number % 2 else "venue"
        device = {"device_id": f"box-{number:03d}", "site_id": f"site{number}",
                  "profile": profile, "created_at": 0}  # fmt: skip
        directory.add_device(connection, device)


def _person(connection: Connection, name: str, role: Role, unit: str) -> None:
    add_person(connection, Actor(f"account:{name}", name, role, unit))
    number = crc32(name.encode()) % 10**8
    directory.change_account(connection, name, phone=f"138{number:08d}", zwdd_id=f"z-{name}")


def message(number: int, now_ms: int) -> tuple[str, bytes]:
    """Give the topic and the payload of the storm's n-th alert."""
    device, seq = number % DEVICES, number // DEVICES + 1
    is_water = bool(device % 2)
    alert = an_alert(
        seq, now_ms,
        device_id=f"box-{device:03d}",
        scenario="drowning_risk" if is_water else "venue_minor",
        kind="overstay" if is_water else "minor_match",
        zone_id=f"zone{seq % ZONES}",
    )  # fmt: skip
    return f"huxiao/v1/box-{device:03d}/up/alert", alert.model_dump_json().encode()


def through_the_storm(
    store: Store,
    folder: Path,
    clock: Watch,
    channels: dict[str, Channel],
    platforms: tuple[ChannelName, ...] = (),
) -> None:
    playbooks = tuple(
        one.through(channels).model_copy(update={"platforms": platforms}) for one in shipped()
    )
    reception = Reception(EvidenceFiles(folder), playbooks)
    for number in range(ALERTS):
        clock.now_ms = NOON + number * 60 * SECOND // ALERTS
        topic, payload = message(number, clock())
        with store.transaction() as connection:
            verdict = reception.take(connection, topic, payload, clock())
        assert verdict.refused == ""
        assert verdict.incident_id
        if number % 100 == 99:
            send_due(store, channels, clock())


def until_all_is_sent(store: Store, clock: Watch, channels: dict[str, Channel]) -> None:
    for _ in range(MOST_MINUTES * 60 * SECOND // STEP_MS):
        waiting = [n["next_try_at"] for n in letters(store) if n["state"] in WAITING]
        if not waiting:
            return
        clock.now_ms = max(clock() + STEP_MS, min(waiting))
        send_due(store, channels, clock())
    pytest.fail("letters wait for ever")


def test_in_a_storm_everybody_is_told_within_a_bundle_and_the_urgent_first(
    store: Store, tmp_path: Path
) -> None:
    with store.transaction() as connection:
        settle(connection)
    clock = Watch()
    limited = {
        name: Limited(clock, A_MINUTE, Limits(per_minute=A_MINUTE, most_bytes=2048))
        for name in ("zwdd", "sms", "email")
    }
    channels: dict[str, Channel] = dict(limited)
    through_the_storm(store, tmp_path / "evidence", clock, channels)
    until_all_is_sent(store, clock, channels)
    written = letters(store)
    assert {n["state"] for n in written} <= {"accepted", "bundled", "failed", "superseded"}
    assert [n["answer"] for n in written if n["state"] == "failed"] == []
    assert {name: one.refused for name, one in limited.items()} == dict.fromkeys(limited, 0)
    _everybody_has_read_of_everything(written, limited)
    _the_urgent_waited_less(written, limited)


def test_a_groups_robot_hears_of_every_case_and_never_shuts_itself_up(
    store: Store, tmp_path: Path
) -> None:
    """The robot is the providers' test server: over twenty a minute it says 130101."""
    with store.transaction() as connection:
        settle(connection)
    with served(Dingtalk()) as robot:
        started = time()

        class Together(Watch):
            """The robot's clock goes with the test's."""

            def __call__(self) -> int:
                robot.ahead_s = (self.now_ms - NOON) / SECOND - (time() - started)
                return self.now_ms

        clock = Together()
        section = {"name": "值班群", "webhook": robot.webhook, "secret": DING_SECRET}
        ours = CentralConfig.model_validate({"dingtalk": [section]})
        by_mail = Limited(clock, A_MINUTE, Limits(per_minute=A_MINUTE))
        channels = {**configured(ours), "email": by_mail}
        through_the_storm(store, tmp_path / "evidence", clock, channels, ("dingtalk",))
        until_all_is_sent(store, clock, channels)
        written = letters(store, channel="dingtalk")
        assert robot.calls == len(robot.sent)
        assert [n["answer"] for n in written if n["state"] == "failed"] == []
        read = "".join(sent.text for sent in robot.sent)
        assert all(json.loads(n["data"])["number"] in read for n in written)


def _everybody_has_read_of_everything(
    written: list[dict[str, Any]], limited: dict[str, Limited]
) -> None:
    read: dict[tuple[str, str], str] = defaultdict(str)
    for name, channel in limited.items():
        for _, letter in channel.got:
            read[name, letter.address] += letter.text
    for notice in written:
        number = json.loads(notice["data"])["number"]
        assert number in read[notice["channel"], notice["address"]], notice


def _the_urgent_waited_less(written: list[dict[str, Any]], limited: dict[str, Limited]) -> None:
    at = {one.letter_id: when for c in limited.values() for when, one in c.got}
    waited: dict[bool, list[float]] = {True: [], False: []}
    for notice in written:
        went = at[notice["bundle_id"] or notice["notification_id"]]
        waited[bool(notice["is_life_safety"])].append((went - notice["created_at"]) / SECOND)
    urgent, rest = waited[True], waited[False]
    letters_out = sum(len(one.got) for one in limited.values())
    print(f"\n{len(written)} notifications in {letters_out} letters;"  # noqa: T201
          f" urgent: median {median(urgent):.0f} s, longest {max(urgent):.0f} s;"
          f" the rest: median {median(rest):.0f} s, longest {max(rest):.0f} s")  # fmt: skip
    assert median(urgent) < median(rest)
    assert max(urgent) < max(rest)
