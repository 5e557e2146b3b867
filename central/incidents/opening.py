"""A case opens: number, tasks, deadlines, copies, and whoever must know is told."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.store import incidents, tasks, timeline
from central.adapters.store.duty import unit_names
from central.adapters.store.incidents import Incident, Place
from central.adapters.store.tasks import Task
from central.adapters.store.timeline import spoken
from central.core.drills import DrillTells, began
from central.core.kinds import AnyKind
from central.core.letters import Moment
from central.core.naming import Words
from central.core.playbook import Duty, Playbook, WaitsFor
from central.core.workflow import Status, Step
from central.incidents.about import let_schools_read, note_matches, note_named
from central.incidents.duty import said
from central.incidents.telling import DISTRICT_UNIT, Case, Round
from central.incidents.waiting import EVERY_WAIT, duty_of, wait_on
from contract.messages import Match
from contract.scenarios import Scenario, Severity

QUIET: frozenset[WaitsFor] = frozenset({"acknowledge"})
"""The wait that wakes people; a stale case does without it, and is asked for by day."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known when a case opens, whoever saw it. Times in ms UTC."""

    scenario: Scenario
    kind: AnyKind
    severity: Severity
    occurred_at: int
    device_id: str | None = None
    camera_id: str | None = None
    zone_id: str | None = None
    is_stale: bool = False
    is_drill: bool = False
    instruction: str | None = None
    disposition_id: str | None = None
    drill_tells: DrillTells = "nobody"
    drill_waits: bool = False
    matches: tuple[Match, ...] = ()
    pupil_id: str | None = None
    """The pupil whom it is about, where a person or a school's own door says so."""


def open_case(
    connection: Connection,
    place: Place,
    playbook: Playbook,
    seen: Sighting,
    now_ms: int,
    words: Words | None = None,
) -> Case:
    """Open an incident and dispatch its tasks at once; a stale one wakes nobody.

    `words` say what it is about, where everybody who takes part may know.
    """
    incident = Incident(
        incident_id=str(uuid7()),
        number=incidents.number_for(connection, seen.scenario, now_ms),
        scenario=seen.scenario,
        kind=seen.kind,
        severity=seen.severity,
        status=Status.DISPATCHED,
        site_id=place.site_id,
        device_id=seen.device_id,
        camera_id=seen.camera_id,
        zone_id=seen.zone_id,
        occurred_at=seen.occurred_at,
        opened_at=now_ms,
        last_alert_at=seen.occurred_at,
        playbook=playbook,
        is_late=seen.is_stale,
        is_drill=seen.is_drill,
        instruction=seen.instruction,
        disposition_id=seen.disposition_id,
        drill_tells=seen.drill_tells,
        drill_waits=seen.drill_waits,
    )
    incidents.insert(connection, incident)
    case = Case(incident, place, words)
    opened = spoken(
        "opened",
        f"按预案“{playbook.title_zh}”第 {playbook.version} 版立案",
        f"opened by playbook {playbook.playbook}, version {playbook.version}",
        number=incident.number,
    )
    timeline.tell(connection, incident.incident_id, now_ms, opened)
    about = note_matches(connection, incident, seen.matches, now_ms)
    if seen.pupil_id is not None:
        about.append(note_named(connection, incident, seen.pupil_id, now_ms))
    for duty in playbook.at_once:
        dispatch(connection, case, duty, now_ms)
    for copy in playbook.copies:
        if unit_code := _existing(connection, case.unit_of(copy, None)):
            incidents.copy_to(connection, incident.incident_id, unit_code, now_ms)
    let_schools_read(connection, incident, about, now_ms)
    if seen.is_drill:
        words = began(seen.drill_tells, waits=seen.drill_waits)
        timeline.tell(connection, incident.incident_id, now_ms, spoken("drill", *words))
    if seen.is_drill and seen.drill_tells == "nobody":
        return case
    if seen.is_stale:
        _keep_quiet(connection, case, now_ms)
    else:
        wake(connection, case, now_ms)
    return case


def wake(connection: Connection, case: Case, now_ms: int) -> None:
    """Tell everybody whom the playbook names about a case that has opened, and say so."""
    playbook = case.incident.playbook
    telling = Round(connection, case, now_ms)
    facts = case.facts(Moment.DISPATCHED)
    for task in tasks.of_incident(connection, case.incident.incident_id):
        telling.tell(facts, [duty_of(playbook, task).who.model_copy(update=_OF_TASK)], task)
    for copy in playbook.copies:
        if telling.reaches(copy):
            telling.tell(case.facts(Moment.COPIED), [copy], None)
    telling.tell_own_schools()
    telling.tell_notices(one for one in playbook.notices if one.upon == "open")
    telling.tell_platforms(facts)
    missing = telling.end()
    told = len(telling.written)
    if missing:
        note = f"已通知 {told} 处；联系不到：{'、'.join(missing)}，已请值班员人工联系"
        note_en = (
            f"{told} notified; cannot be reached: {', '.join(missing)}: officers asked to call"
        )
    else:
        note, note_en = f"已通知 {told} 处", f"{told} notified"
    how, how_en = said(telling.chosen, unit_names(connection))
    if how:
        note, note_en = f"{note}；{how}", f"{note_en}; {how_en}"
    entry = spoken("notified", note, note_en, unreachable=missing)
    timeline.tell(connection, case.incident.incident_id, now_ms, entry)


_OF_TASK = {"relation": None, "unit": None, "of_task": True}


def dispatch(connection: Connection, case: Case, duty: Duty, now_ms: int) -> Task:
    """Give a unit its task, with its deadlines; nobody is told yet."""
    wanted = case.unit_of(duty.who, None)
    named = tasks.unit(connection, wanted) if wanted else None
    unit_code = named.code if named else DISTRICT_UNIT
    task = Task(
        task_id=str(uuid7()),
        incident_id=case.incident.incident_id,
        unit_code=unit_code,
        part=duty.part,
        duty_zh=duty.duty_zh,
        duty_en=duty.duty_en,
        status=Status.DISPATCHED,
        since_at=now_ms,
        opened_at=now_ms,
    )
    tasks.insert(connection, task)
    leave_out = QUIET if case.incident.is_late else frozenset()
    leave_out = leave_out if case.incident.has_clocks else EVERY_WAIT
    playbook = case.incident.playbook
    wait_on(connection, playbook, task, Step.DISPATCH, now_ms, leave_out=leave_out)
    unit = named or tasks.unit(connection, unit_code)
    names = (unit.name_zh, unit.name_en) if unit else (unit_code, unit_code)
    instead = "" if unit_code == wanted else "（该场所未登记此关系，转区教育局）"
    instead_en = "" if unit_code == wanted else " (the place has no such relation: to the district)"
    entry = spoken(
        Step.DISPATCH,
        f"下达{names[0]}：{duty.duty_zh}{instead}",
        f"dispatched to {names[1]}: {duty.duty_en}{instead_en}",
        unit=unit_code,
    )
    timeline.tell(connection, task.incident_id, now_ms, replace(entry, task_id=task.task_id))
    return task


def call_for(
    connection: Connection, case: Case, duties: tuple[Duty, ...], now_ms: int
) -> list[Task]:
    """Dispatch tasks that a report-back calls for, and tell their units; none comes twice."""
    there = {task.duty_zh for task in tasks.of_incident(connection, case.incident.incident_id)}
    wanted = [duty for duty in duties if duty.duty_zh not in there]
    opened = [dispatch(connection, case, duty, now_ms) for duty in wanted]
    telling = Round(connection, case, now_ms)
    for task in opened:
        who = duty_of(case.incident.playbook, task).who.model_copy(update=_OF_TASK)
        telling.tell(case.facts(Moment.DISPATCHED), [who], task)
    telling.end()
    return opened


def _keep_quiet(connection: Connection, case: Case, now_ms: int) -> None:
    late_s = (now_ms - case.incident.occurred_at) // 1000
    entry = spoken(
        "stale",
        f"预警迟到 {late_s // 60} 分钟，仅立案留存，不再打扰人员",
        f"the alert came {late_s // 60} min late: the case is kept, nobody is woken for it",
        late_s=late_s,
    )
    timeline.tell(connection, case.incident.incident_id, now_ms, entry)


def _existing(connection: Connection, unit_code: str | None) -> str | None:
    return unit_code if unit_code and tasks.unit(connection, unit_code) else None
