"""A night's check: whoever is neither in nor on leave gets a case; a broken door gets one only."""

from sqlalchemy import Connection

from central.adapters.store import boarding, incidents, nights, timeline
from central.adapters.store.incidents import Place
from central.adapters.store.nights import Home, Night
from central.adapters.store.timeline import spoken
from central.core.curfew import LATEST_MS, Boarder, Fault, Finding, check
from central.core.kinds import HandKind
from central.core.local_time import clock_of
from central.core.naming import Words
from central.core.playbook import Playbook
from central.core.presence import Presence, Where
from central.incidents.opening import Sighting, open_case
from central.incidents.taking import playbook_for
from contract.scenarios import Scenario, Severity

SCENARIO = Scenario.BOARDING_ABSENCE
Playbooks = tuple[Playbook, ...] | None

FAULTS: dict[Fault, Words] = {
    Fault.SILENT: (
        "门禁长时间没有任何记录，未按人立案：请立即人工点名",
        "the door control has been silent: no cases by name, please call the roll now",
    ),
    Fault.TOO_MANY: (
        "同时缺寝人数异常，疑似门禁故障，未按人立案：请立即人工点名",
        "too many absent at once, the door control may be broken: please call the roll now",
    ),
    Fault.MISSED: (
        "本晚归寝检查未能按时进行（平台当时停机）：请核对昨晚归寝情况",
        "this night's check did not run in time (the platform was down): please look into it",
    ),
}


def check_night(
    connection: Connection, unit_code: str, night_of: str, playbooks: Playbooks, now_ms: int
) -> int:
    """Check a night that is due, in one transaction with all it opens; give how many cases."""
    night = nights.claim(connection, unit_code, night_of)
    home = nights.home(connection, unit_code)
    if night is None or home is None:
        return 0
    if now_ms > night.due_at + LATEST_MS:
        found = Finding(fault=Fault.MISSED)
    else:
        boarding.adopt(connection, unit_code)
        boarders = boarders_at(connection, night)
        heard_at = boarding.heard_at(connection, unit_code)
        found = check(home.rules, boarders, heard_at, night.due_at)
    opened = raise_for(connection, home, night, found.missing, playbooks, now_ms)
    fault = _raise_fault(connection, home, found, playbooks, now_ms) if found.fault else None
    state = found.fault.value if found.fault else "done"
    counts = (found.absent, found.expected)
    nights.checked(connection, night, state, counts, now_ms, fault)
    return opened + (fault is not None)


def boarders_at(connection: Connection, night: Night) -> list[Boarder]:
    """Give a night's boarders as the check sees them; whom a roll call at curfew has seen, so."""
    ids = nights.boarders(connection, night.unit_code)
    away = boarding.on_leave(connection, night.unit_code, night.curfew_at)
    known = boarding.where(connection, ids)
    return [
        Boarder(one, known[one].where, one in away, _is_called(known[one], night)) for one in ids
    ]


def after_roll_call(
    connection: Connection, unit_code: str, playbooks: Playbooks, now_ms: int
) -> int:
    """Open cases for whom a roll call has missed once the grace was over; give how many."""
    night, home = nights.latest(connection, unit_code, now_ms), nights.home(connection, unit_code)
    if night is None or home is None or now_ms > night.due_at + LATEST_MS:
        return 0
    if night.state == nights.WAITING:
        return 0  # the check itself comes within a second, and sees the roll call
    missing = [one.boarder_id for one in boarders_at(connection, night)
               if one.is_seen and one.where is Where.ABSENT and not one.is_on_leave]  # fmt: skip
    return raise_for(connection, home, night, tuple(missing), playbooks, now_ms)


def raise_for(
    connection: Connection, home: Home, night: Night, missing: tuple[str, ...],
    playbooks: Playbooks, now_ms: int,
) -> int:  # fmt: skip
    """Open one case for each pupil who is missing and has none this night."""
    there = nights.raised(connection, night.night, night.unit_code)
    place = _place(connection, home)
    playbook = playbook_for(playbooks, SCENARIO, HandKind.BOARDER_MISSING)
    wanted = [pupil_id for pupil_id in missing if pupil_id not in there]
    known = boarding.where(connection, wanted)
    for pupil_id in wanted:
        seen = Sighting(
            SCENARIO, HandKind.BOARDER_MISSING, Severity.WARNING, night.curfew_at,
            pupil_id=pupil_id,
        )  # fmt: skip
        case = open_case(connection, place, playbook, seen, now_ms)
        incident_id = case.incident.incident_id
        nights.put_missing(connection, pupil_id, night, incident_id)
        zh, en = _last(known[pupil_id])
        entry = spoken("boarder_missing", f"应于 {clock_of(night.curfew_at)} 前归寝，未请假；{zh}",
                       f"was to be in by {clock_of(night.curfew_at)}, no leave; {en}")  # fmt: skip
        timeline.tell(connection, incident_id, now_ms, entry)
    return len(wanted)


def _raise_fault(
    connection: Connection, home: Home, found: Finding, playbooks: Playbooks, now_ms: int
) -> str:
    playbook = playbook_for(playbooks, SCENARIO, HandKind.DOOR_FAULT)
    seen = Sighting(SCENARIO, HandKind.DOOR_FAULT, Severity.WARNING, now_ms)
    case = open_case(connection, _place(connection, home), playbook, seen, now_ms)
    incident_id = case.incident.incident_id
    zh, en = FAULTS[found.fault or Fault.SILENT]
    if found.expected:
        zh = f"{zh}（应到 {found.expected} 人，无归寝记录 {found.absent} 人）"
        en = f"{en} ({found.absent} of {found.expected} without a record)"
    timeline.tell(connection, incident_id, now_ms, spoken("door_fault", zh, en))
    return incident_id


def _place(connection: Connection, home: Home) -> Place:
    place = incidents.place(connection, home.site_id)
    if place is None:
        msg = f"site {home.site_id} has gone"
        raise LookupError(msg)
    return place


def _is_called(seen: Presence, night: Night) -> bool:
    return seen.source == "roll_call" and (seen.since or 0) >= night.curfew_at


def _last(seen: Presence) -> Words:
    """Say what the last sign was, without where it was."""
    if seen.since is None:
        return "近日没有门禁或点名记录", "no door or roll call has seen them of late"
    clock = clock_of(seen.since)
    if seen.source == "roll_call":
        return f"{clock} 点名不在", f"absent at the roll call of {clock}"
    return f"{clock} 离开宿舍后未返回", f"went out at {clock} and has not come back"
