"""Cases as a district has them: by season, hour and place, with the tasks of their playbooks."""

import json
import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from central.adapters.playbooks import by_mail
from central.adapters.store.incidents import Incident
from central.core.kinds import HandKind
from central.core.local_time import day_of
from central.core.playbook import Playbook, Recipient, choose
from contract.scenarios import Kind, Scenario

Row = dict[str, Any]
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
_K, _H = Kind, HandKind
MIX: tuple[tuple[float, Scenario, str, tuple[str, ...], tuple[int, ...]], ...] = (
    (0.33, Scenario.CAMPUS_FOUR_100, "gate",
     (_K.GATE_OPEN, _K.GUARD_ABSENT, _K.ESCORT_ABSENT, _K.VIDEO_FAULT), (7, 8, 11, 16, 17)),
    (0.22, Scenario.DROWNING_RISK, "water", (_K.OVERSTAY, _K.LINE_CROSSED), (13, 14, 15, 16, 17)),
    (0.12, Scenario.TRAFFIC_HAZARD, "gate", (_H.VENDOR_REPORTED, _H.MANHOLE_REPORTED),
     (7, 8, 16, 17)),
    (0.09, Scenario.VENUE_MINOR, "venue", (_K.MINOR_MATCH,), (18, 19, 20, 21)),
    (0.08, Scenario.LAW_EDUCATION, "gate", (_H.COURSE_BOOKED,), (9, 10, 14)),
    (0.06, Scenario.PERSON_OF_CONCERN, "gate", (_K.PERSON_OF_CONCERN_MATCH,), (7, 8, 12, 16)),
    (0.05, Scenario.BOARDING_ABSENCE, "gate", (_H.BOARDER_MISSING,), (21, 22, 23)),
    (0.03, Scenario.FOOD_SAFETY, "gate", (_H.FOOD_REPORTED,), (11, 12, 13)),
    (0.02, Scenario.MIND_CARE, "gate", (_H.REFERRAL_GRADED,), (9, 10, 15)),
)  # fmt: skip
"""Share, scenario, kind of place, kinds, and the hours at which it mostly happens."""
EXTRA = ("emergency", "enforcement", "water", "sgc", "market")
OPEN_FOR_MS = 36 * HOUR
"""What is younger may still be open."""


@dataclass(frozen=True, slots=True)
class Making:
    """What is to be made; times in ms UTC."""

    chance: random.Random
    places: list[Row]
    incidents: int
    tasks: int
    since: int
    now_ms: int
    by_kind: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(slots=True)
class Case:
    """A case with all rows that belong to it."""

    incident: Row
    tasks: list[Row] = field(default_factory=list)
    copies: list[Row] = field(default_factory=list)
    deadlines: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    alerts: list[Row] = field(default_factory=list)


@cache
def _written(playbook: str) -> str:
    (found,) = (one for one in by_mail() if one.playbook == playbook)
    return json.dumps(found.model_dump(mode="json"), ensure_ascii=False)


@cache
def _playbook(scenario: Scenario, kind: str) -> Playbook:
    found = choose(by_mail(), scenario, _K(kind) if kind in set(_K) else _H(kind))
    assert found is not None
    return found


def cases(making: Making) -> Iterator[Case]:
    """Make all cases, the oldest first."""
    for place in making.places:
        making.by_kind.setdefault(place["kind"], []).append(place)
    step = (making.now_ms - making.since - MINUTE) / making.incidents
    bounds = _bounds()
    made = 0
    for number in range(making.incidents):
        case = _one(making, bounds, number, int(making.since + step * number))
        wanted = round(making.tasks * (number + 1) / making.incidents)
        _more_tasks(making, case, wanted - made)
        _go_on(making, case)
        made += len(case.tasks)
        yield case


def _bounds() -> list[float]:
    sums, so_far = [], 0.0
    for share, *_rest in MIX:
        so_far += share
        sums.append(so_far)
    return sums


def _one(making: Making, bounds: list[float], number: int, at: int) -> Case:
    chance = making.chance
    scenario, of, kinds, hours = MIX[min(bisect(bounds, chance.random()), len(MIX) - 1)][1:]
    place = _place(making, of)
    kind = chance.choice(kinds)
    playbook = _playbook(scenario, kind)
    opened_at = min(_hour(at, chance, hours), making.now_ms - SECOND)
    incident_id = f"{opened_at:012x}{number:020x}"
    device_id = f"{place['kind']}-{place['site_id']}"
    row = dict.fromkeys(Incident.__slots__)
    row |= {
        "incident_id": incident_id, "number": f"HX{day_of(opened_at)}-{number:07d}",
        "scenario": scenario.value, "kind": kind,
        "severity": chance.choice(("info", "warning", "warning", "critical")),
        "site_id": place["site_id"], "device_id": device_id, "camera_id": "cam1",
        "zone_id": f"z{chance.randrange(3)}", "occurred_at": opened_at - 800,
        "opened_at": opened_at, "last_alert_at": opened_at, "alert_count": 1, "is_late": False,
        "is_drill": chance.random() < 0.02, "drill_tells": "nobody", "drill_waits": False,
        "playbook": _written(playbook.playbook), "version": 9, "is_false_alarm": False,
        "life_safety": playbook.life_safety,
    }  # fmt: skip
    case = Case(row)
    for duty in playbook.at_once:
        _task(case, _unit(place, duty.who), duty.part, duty.duty_zh, duty.duty_en)
    units = {_unit(place, one) for one in playbook.copies} - {None}
    case.copies = [{"incident_id": incident_id, "unit_code": one, "copied_at": opened_at,
                    "read_at": None, "read_by": None}
                   for one in sorted(filter(None, units))]  # fmt: skip
    case.alerts = [_alert(row, number, device_id)]
    return case


def _place(making: Making, of: str) -> Row:
    """Some places have far more than others."""
    there = making.by_kind[of]
    return there[int(len(there) * making.chance.random() ** 2)]


def _hour(at: int, chance: random.Random, hours: tuple[int, ...]) -> int:
    midnight = at - (at + 8 * HOUR) % DAY
    if chance.random() < 0.75:
        return midnight + chance.choice(hours) * HOUR + chance.randrange(HOUR)
    return midnight + chance.randrange(6, 23) * HOUR + chance.randrange(HOUR)


def _unit(place: Row, who: Recipient) -> str | None:
    if who.unit:
        return who.unit
    relation = "school" if who.relation == "class_teacher" else str(who.relation)
    found: str | None = place["relations"].get(relation)
    return found


def _task(case: Case, unit_code: str | None, part: str, zh: str, en: str) -> None:
    incident_id, opened_at = case.incident["incident_id"], case.incident["opened_at"]
    case.tasks.append({
        "task_id": f"{incident_id}{len(case.tasks):02d}", "incident_id": incident_id,
        "unit_code": unit_code or "edu", "part": part, "duty_zh": zh, "duty_en": en,
        "status": "dispatched", "since_at": opened_at, "opened_at": opened_at,
        "acknowledged_at": None, "acknowledged_by": None, "closed_at": None,
    })  # fmt: skip


def _more_tasks(making: Making, case: Case, wanted: int) -> None:
    if case.incident["scenario"] == Scenario.MIND_CARE:
        return
    while len(case.tasks) < min(wanted, 6):
        _task(case, making.chance.choice(EXTRA), "joint", "协助处置", "help to deal with it")


def _go_on(making: Making, case: Case) -> None:
    """Let people work on it, as far as its age allows."""
    row, chance = case.incident, making.chance
    opened_at = row["opened_at"]
    is_old = making.now_ms - opened_at > OPEN_FOR_MS
    row["closed_at"], row["status"] = None, "dispatched"
    if (is_old and chance.random() < 0.9998) or chance.random() < 0.7:
        row["status"] = "closed"
    ends = min(making.now_ms, opened_at + int(chance.lognormvariate(9.5, 1.0)) * SECOND)
    if row["status"] == "closed":
        row["closed_at"] = ends
        row["is_false_alarm"] = chance.random() < 0.06
        row["false_alarm_label"] = "object" if row["is_false_alarm"] else None
    for task in case.tasks:
        _work(making, case, task, ends)
    if row["status"] != "closed":
        order = ("dispatched", "acknowledged", "disposed", "reported", "verified", "closed")
        row["status"] = min((task["status"] for task in case.tasks), key=order.index)


def _work(making: Making, case: Case, task: Row, ends: int) -> None:
    chance, row = making.chance, case.incident
    took = int(chance.lognormvariate(4.5, 1.2)) * SECOND
    acknowledged = row["opened_at"] + took
    is_late, is_closed = took > 5 * MINUTE, row["status"] == "closed"
    stops = 9 if is_closed else chance.randrange(4)
    if stops and acknowledged < making.now_ms:
        task |= {"status": "acknowledged", "acknowledged_at": acknowledged,
                 "acknowledged_by": "account:somebody", "since_at": acknowledged}  # fmt: skip
    at = acknowledged
    for name, after in (("dispose", "disposed"), ("report_back", "reported")):
        at += int(chance.lognormvariate(6.0, 1.3)) * SECOND
        if stops < 2 or at > making.now_ms or task["acknowledged_at"] is None:
            break
        task |= {"status": after, "since_at": at}
        _line(case, task, name, at, chance.choice(_NOTES))
    if is_closed:
        task |= {"status": "closed", "closed_at": ends, "since_at": ends}
    is_drill = row["is_drill"]
    for waits_for, done in (("acknowledge", task["acknowledged_at"]), ("report_back", is_closed)):
        if not is_drill:
            due = None if done else row["opened_at"] + (5 * MINUTE if waits_for == "acknowledge"
                                                        else DAY)  # fmt: skip
            late = is_late or (due is not None and due < making.now_ms)
            if due is not None and late:
                due = making.now_ms + 10 * MINUTE
            case.deadlines.append({
                "incident_id": row["incident_id"], "task_id": task["task_id"],
                "waits_for": waits_for, "level": int(late), "since_at": row["opened_at"],
                "next_due_at": due,
            })  # fmt: skip


_NOTES = ("已到现场劝离并告知家长", "已整改,见照片", "已核实", "无", "已联系学校安全负责人处理完毕")


def _line(case: Case, task: Row, event: str, at: int, note: str) -> None:
    case.lines.append({
        "incident_id": case.incident["incident_id"], "task_id": task["task_id"], "at": at,
        "event": event, "actor": "account:somebody", "actor_name": "某人", "note": note,
        "detail": None,
    })  # fmt: skip


def _alert(row: Row, number: int, device_id: str) -> Row:
    body = {"alert_id": f"alert-{number}", "device_id": device_id, "kind": row["kind"],
            "camera_id": "cam1", "zone_id": row["zone_id"], "people": 2,
            "dwell_s": 12.4}  # fmt: skip
    return {
        "device_id": device_id, "seq": number + 1, "alert_id": f"alert-{number}", "phase": "start",
        "kind": row["kind"], "occurred_at": row["occurred_at"], "received_at": row["opened_at"],
        "is_late": False, "incident_id": row["incident_id"], "body": json.dumps(body),
    }  # fmt: skip
