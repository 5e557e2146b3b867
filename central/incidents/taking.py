"""An alert comes in: it opens a case, joins one, or is a later phase of one."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from central.adapters.playbooks import by_mail
from central.adapters.store import incidents, linking, tasks, timeline
from central.adapters.store.incidents import Incident, Place
from central.adapters.store.timeline import Entry, spoken
from central.core.correlation import Reason, is_stale
from central.core.kinds import AnyKind
from central.core.local_time import clock_of, to_ms
from central.core.playbook import Playbook, choose
from central.core.refusals import UnknownSiteError
from central.core.workflow import Status, Step
from central.incidents.about import note_matches
from central.incidents.concerning import more_urgent, note_ring, ordered
from central.incidents.correlating import belonging, refer, sign_of, suggest
from central.incidents.opening import Sighting, open_case, wake
from central.incidents.telling import Case
from central.incidents.verifying import tell_newly_known
from central.incidents.waiting import wait_on
from contract.messages import Alert
from contract.scenarios import Clock, Phase, Scenario, Severity


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an alert. A repeat of `(device_id, seq)` is not new and changes nothing."""

    incident_id: str
    alert_row_is_new: bool
    opened: bool


def take_alert(
    connection: Connection,
    alert: Alert,
    now_ms: int,
    *,
    playbooks: tuple[Playbook, ...] | None = None,
) -> Taken:
    """Keep an alert of a known device: row, incident, tasks, deadlines, notifications, timeline.

    Inserts the `alert` row itself, and rows of `evidence` (not yet received) and
    `incident_evidence` for what the alert announces. Without `playbooks` the shipped
    ones hold, told by e-mail.

    Raises:
        UnknownSiteError: the device is not on the list.
    """
    incidents.queue_up(connection)
    known = incidents.incident_of_row(connection, alert.device_id, alert.seq)
    if known is not None:
        return Taken(known, alert_row_is_new=False, opened=False)
    playbook = playbook_for(playbooks, alert.scenario, alert.kind)
    happened_at = _believed(alert, now_ms)
    incident = _earlier_phase(connection, alert)
    if incident is not None and incident.status is Status.CLOSED:
        incident_id, opened = incident.incident_id, False
        timeline.tell(connection, incident_id, now_ms, _too_late(alert, happened_at))
    elif incident is not None:
        incident_id, opened = incident.incident_id, False
        _join(connection, incident, alert, happened_at, now_ms)
    else:
        incident_id, opened = _placed(connection, alert, playbook, happened_at, now_ms)
    incidents.keep_alert(connection, alert, incident_id, now_ms)
    linking.keep_entries(connection, incident_id, [match.entry_id for match in alert.matches])
    return Taken(incident_id, alert_row_is_new=True, opened=opened)


def playbook_for(
    playbooks: tuple[Playbook, ...] | None, scenario: Scenario, kind: AnyKind
) -> Playbook:
    """Give the district's own playbook, or the shipped one."""
    chosen = choose(playbooks or (), scenario, kind) or choose(by_mail(), scenario, kind)
    if chosen is None:  # the shipped `general` covers all; a test holds it to that
        msg = f"no playbook covers {scenario} {kind}"
        raise LookupError(msg)
    return chosen


def _believed(alert: Alert, now_ms: int) -> int:
    """Give when it happened, as far as the device's clock can be believed: never in the future."""
    if alert.clock is Clock.FLOOR and not alert.is_late:
        return now_ms
    return min(to_ms(alert.occurred_at), now_ms)


def _earlier_phase(connection: Connection, alert: Alert) -> Incident | None:
    known = incidents.incident_of_alert(connection, alert.device_id, alert.alert_id)
    kept = incidents.read(connection, known) if known else None
    return incidents.hold(connection, kept.merged_into or kept.incident_id) if kept else None


def _placed(
    connection: Connection, alert: Alert, playbook: Playbook, happened_at: int, now_ms: int
) -> tuple[str, bool]:
    """Put a new alert to the case that it belongs to, or open one: its id, is it new."""
    place = _place(connection, alert)
    sign = sign_of(connection, alert, place.site_id, happened_at)
    found = belonging(connection, sign, playbook, is_drill=alert.is_drill)
    if found.incident is not None:
        _join(connection, found.incident, alert, happened_at, now_ms, found.reason)
        return found.incident.incident_id, False
    incident_id = _open(connection, place, alert, playbook, happened_at, now_ms)
    refer(connection, incident_id, sign, playbook, now_ms)
    suggest(connection, incident_id, found.suggested, now_ms)
    return incident_id, True


def _open(
    connection: Connection,
    place: Place,
    alert: Alert,
    playbook: Playbook,
    happened_at: int,
    now_ms: int,
) -> str:
    stale = is_stale(
        is_late=alert.is_late,
        occurred_at=happened_at,
        now_ms=now_ms,
        stale_after_s=playbook.stale_after_s,
    )
    order = ordered(connection, alert, now_ms)
    seen = Sighting(
        alert.scenario,
        alert.kind,
        order.severity if order else alert.severity,
        happened_at,
        alert.device_id,
        alert.camera_id,
        alert.zone_id,
        is_stale=stale,
        is_drill=alert.is_drill,
        instruction=order.instruction if order else None,
        disposition_id=order.disposition_id if order else None,
        matches=alert.matches,
    )
    incident_id = open_case(connection, place, playbook, seen, now_ms).incident.incident_id
    if order:
        note_ring(connection, incident_id, place, now_ms)
    return incident_id


def _place(connection: Connection, alert: Alert) -> Place:
    site_id = incidents.site_of(connection, alert.device_id)
    place = incidents.place(connection, site_id) if site_id else None
    if place is None:
        zh, en = f"没有设备 {alert.device_id!r}", f"there is no device {alert.device_id!r}"
        raise UnknownSiteError(zh, en)
    return place


def _join(
    connection: Connection,
    incident: Incident,
    alert: Alert,
    happened_at: int,
    now_ms: int,
    reason: Reason | None = None,
) -> None:
    changes: dict[str, Any] = {
        "occurred_at": min(incident.occurred_at, happened_at),
        "last_alert_at": max(incident.last_alert_at, happened_at),
        "severity": max(incident.severity, alert.severity, key=list(Severity).index),
    }
    if order := more_urgent(connection, incident, alert, now_ms):
        changes |= {"instruction": order.instruction, "disposition_id": order.disposition_id}
    is_new_alert = not incidents.has_alert(connection, incident.incident_id, alert.alert_id)
    if is_new_alert:
        changes["alert_count"] = incident.alert_count + 1
    timeline.tell(connection, incident.incident_id, now_ms, _why(alert, reason, happened_at))
    is_fresh = not is_stale(
        is_late=alert.is_late,
        occurred_at=happened_at,
        now_ms=now_ms,
        stale_after_s=incident.playbook.stale_after_s,
    )
    wakes = is_fresh and alert.phase is not Phase.END and not incident.is_drill
    if incident.is_late and wakes and incident.status is not Status.CLOSED:
        changes["is_late"] = False
        _wake_after_all(connection, replace(incident, **changes), alert, now_ms)
    incidents.change(connection, incident.incident_id, **changes)
    _newly_known(connection, replace(incident, **changes), alert, now_ms, wakes=wakes)


def _newly_known(
    connection: Connection, incident: Incident, alert: Alert, now_ms: int, *, wakes: bool
) -> None:
    """Keep whom a later alert names, and tell of them what is told when a case opens."""
    new = note_matches(connection, incident, alert.matches, now_ms)
    if new and wakes and incident.status is not Status.CLOSED:
        tell_newly_known(connection, Case(incident, _place(connection, alert)), new, now_ms)


def _wake_after_all(connection: Connection, incident: Incident, alert: Alert, now_ms: int) -> None:
    """Start the loop of a case that was kept as stale: now the danger is fresh."""
    for task in tasks.of_incident(connection, incident.incident_id):
        wait_on(connection, incident.playbook, task, Step.DISPATCH, now_ms)
    wake(connection, Case(incident, _place(connection, alert)), now_ms)


def _why(alert: Alert, reason: Reason | None, happened_at: int) -> Entry:
    facts = _said_of(alert)
    clock = clock_of(happened_at)
    if reason is not None:
        zh = f"{clock} 再次预警，并入本事件。并入原因：{reason.words[0]}"
        en = f"{clock}: another alert, joined. Reason: {reason.words[1]}"
        return spoken("alert", zh, en, rule=reason.rule, **facts)
    if alert.phase is Phase.END:
        return spoken(
            "alert_end", f"{clock} 设备报告情况结束", f"{clock}: over, says the device", **facts
        )
    return spoken("alert", f"{clock} 设备更新情况", f"{clock}: an update by the device", **facts)


def _too_late(alert: Alert, happened_at: int) -> Entry:
    """A closed case keeps what its own alert still says, and nothing else comes of it."""
    over = alert.phase is Phase.END
    what = ("情况结束", "that it is over") if over else ("情况更新", "an update")
    clock = clock_of(happened_at)
    return spoken(
        "late_note",
        f"{clock} 设备报告{what[0]}；本事件已办结，仅留存，不重开、不通知",
        f"{clock}: the device says {what[1]}; the case is closed: kept, not reopened, nobody told",
        **_said_of(alert),
    )


def _said_of(alert: Alert) -> dict[str, Any]:
    return {"alert_id": alert.alert_id, "kind": alert.kind, "phase": alert.phase}
