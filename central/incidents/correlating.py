"""Which open case an alert belongs to and why; what may belong together is only suggested."""

from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters.store import incidents, linking, timeline
from central.adapters.store.incidents import Incident
from central.adapters.store.linking import Link
from central.adapters.store.timeline import CENTRAL, spoken
from central.core.access import HEALTH
from central.core.correlation import Limits, Reason, Sign, judge
from central.core.playbook import Playbook
from central.core.workflow import Status
from contract.messages import Alert

MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Belonging:
    """The case that an alert joins, with the reason; or others that it may belong to."""

    incident: Incident | None
    reason: Reason | None
    suggested: tuple[tuple[str, Reason], ...] = ()


def sign_of(connection: Connection, alert: Alert, site_id: str, happened_at: int) -> Sign:
    """Give what the rules look at of an alert."""
    return Sign(
        scenario=alert.scenario,
        kind=alert.kind,
        site_id=site_id,
        at=happened_at,
        device_id=alert.device_id,
        camera_id=alert.camera_id,
        zone_id=alert.zone_id,
        entries=frozenset(match.entry_id for match in alert.matches),
        spot=linking.spot_of(connection, site_id),
    )


def belonging(
    connection: Connection, sign: Sign, playbook: Playbook, *, is_drill: bool
) -> Belonging:
    """Find the case that takes this in, and hold it; a case merged away leads to the other."""
    limits = Limits(
        playbook.correlate_within_s, playbook.suggest_within_s, playbook.suggest_within_m
    )
    if sign.scenario in HEALTH:
        return Belonging(None, None)
    cases = linking.candidates(connection, sign, limits, is_drill=is_drill)
    reasons = {case.incident_id: reason for case in cases if (reason := judge(case, sign, limits))}
    mains = incidents.mains(connection, reasons)
    suggested: dict[str, Reason] = {}
    for incident_id, reason in reasons.items():
        main_id, name = mains.get(incident_id, ("", ""))
        if reason.joins and name == playbook.playbook:
            held = incidents.hold(connection, main_id)
            if held and held.status is not Status.CLOSED:
                return Belonging(held, reason)
        elif main_id and not reason.joins and len(suggested) < MOST_SUGGESTED:
            suggested.setdefault(main_id, reason)
    return Belonging(None, None, tuple(suggested.items()))


def suggest(
    connection: Connection, incident_id: str, found: tuple[tuple[str, Reason], ...], now_ms: int
) -> None:
    """Keep what may belong to a case that has just opened, and say so on it."""
    links = [
        Link(incident_id, other_id, "suggested", *reason.words, now_ms, CENTRAL, reason.rule)
        for other_id, reason in found
    ]
    linking.put(connection, *links)
    if found:  # which, and why, only those read who may know of the other: on the page
        entry = spoken(
            "suggested_merge",
            f"可能与另外 {len(found)} 起事件有关，建议核对是否并案，由人决定",
            f"may belong to {len(found)} other case(s): people decide whether to merge",
        )
        timeline.tell(connection, incident_id, now_ms, entry)


def refer(
    connection: Connection, incident_id: str, sign: Sign, playbook: Playbook, now_ms: int
) -> None:
    """Let a new case refer to the one that was closed at the same zone shortly before."""
    since = sign.at - playbook.suggest_within_s * 1000
    old = linking.lately_closed(connection, sign, since) if sign.device_id else None
    if old is None:
        return
    other_id, number = old
    zh = f"同一设备、同一区域此前的事件 {number} 已办结，不再并入，另立新案"
    en = f"the earlier case {number} of the same zone is closed and takes no more: a new case"
    linking.put(connection, Link(incident_id, other_id, "refers", zh, en, now_ms, CENTRAL))
    timeline.tell(
        connection, incident_id, now_ms, spoken("refers", zh, en, other_id=other_id, number=number)
    )
