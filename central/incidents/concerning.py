"""A watch list's hit: what the school is asked to do, how urgent it is, how near the school it was.

A match is a hint. What is asked comes from the disposition; who and why never come here.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from central.adapters.store import dispositions, geography, timeline
from central.adapters.store.dispositions import Asked
from central.adapters.store.incidents import Incident, Place
from central.adapters.store.timeline import Entry, spoken
from central.core.dispositions import most_urgent
from central.core.geometry import RING_M, Ring
from contract.messages import Alert
from contract.scenarios import Kind, Severity

UNKNOWN_ORDER = (
    "处置要求不明：请只核实情况，并联系派出所 / no disposition known: verify, ask the station"
)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What stands on the case: the words for whoever goes there, and how soon."""

    instruction: str
    severity: Severity
    disposition_id: str | None = None


def ordered(connection: Connection, alert: Alert, now_ms: int) -> Ordered | None:
    """Give what is asked about whom an alert may have seen; None where it is about nobody listed.

    Of several, the most urgent. An entry that is not known is verified without more.
    """
    if alert.kind is not Kind.PERSON_OF_CONCERN_MATCH:
        return None
    known = dispositions.of_entries(connection, [one.entry_id for one in alert.matches], now_ms)
    living = [asked for asked in known.values() if asked is not None]
    return of_asked(living) or Ordered(UNKNOWN_ORDER, alert.severity)


def more_urgent(
    connection: Connection, incident: Incident, alert: Alert, now_ms: int
) -> Ordered | None:
    """Give what another alert of the same case asks for, where that is more urgent."""
    order = ordered(connection, alert, now_ms)
    rank = list(Severity).index
    if order is None or rank(order.severity) <= rank(incident.severity):
        return None
    return order


def of_asked(living: list[Asked]) -> Ordered | None:
    """Give the most urgent of several orders."""
    severity = most_urgent([asked.urgency for asked in living])
    if severity is None:
        return None
    first = next(asked for asked in living if asked.urgency == severity.value)
    return Ordered(first.action, severity, first.disposition_id)


def has_ended(connection: Connection, alert: Alert, now_ms: int) -> bool:
    """Tell whether an alert stands only on orders that are over: then nothing may follow it."""
    if alert.kind is not Kind.PERSON_OF_CONCERN_MATCH or not alert.matches:
        return False
    names = {one.entry_id for one in alert.matches}
    known = dispositions.of_entries(connection, sorted(names), now_ms)
    return names == known.keys() and not any(known.values())


def note_ring(connection: Connection, incident_id: str, place: Place, now_ms: int) -> None:
    """Say on the timeline whether the place is within the school's 100 m, or that none knows."""
    timeline.tell(connection, incident_id, now_ms, _ring_words(connection, place))


def _ring_words(connection: Connection, place: Place) -> Entry:
    found = geography.ring(connection, place)
    if found.ring is Ring.UNKNOWN or found.metres is None:
        zh = f"距学校多远不明：场所没有坐标或学校没有边界，无法核对 {RING_M:.0f} 米范围，请补登"
        en = f"distance to the school unknown: register coordinates to check the {RING_M:.0f} m"
        return spoken("ring", zh, en, ring=found.ring)
    inside = found.ring is Ring.INSIDE
    zh = "在" if inside else "不在"
    tail = "" if inside else "，请管理员核对该设备是否应布控"
    tail_en = "" if inside else "; the device may have no business there, please check"
    return spoken(
        "ring",
        f"距学校边界 {found.metres:.0f} 米，{zh} {RING_M:.0f} 米范围内{tail}",
        f"{found.metres:.0f} m from the school, {found.ring} the {RING_M:.0f} m{tail_en}",
        ring=found.ring,
    )
