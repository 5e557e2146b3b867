"""What follows from how a letter ended: a line in the story, and who is told instead."""

from typing import Any

from sqlalchemy import Connection, Row
from uuid_utils import uuid7

from central.adapters.store import (
    bundles,
    incidents,
    notifications,
    receipts,
    rounds,
    tasks,
    timeline,
)
from central.adapters.store.notifications import Notification
from central.adapters.store.receipts import Word
from central.adapters.store.timeline import spoken
from central.core.delivery import HAS_GONE_OUT, WAITING, State
from central.core.letters import Moment
from central.core.workflow import Status
from central.incidents.telling import Case, Round, called

PERSON = ("account:", "contact:")

WORDS = {
    State.SENT: ("通知已发出", "notice sent"),
    State.ACCEPTED: ("通知已发出，对方服务器已受理", "notice accepted by the provider"),
    State.DELIVERED: ("通知已送达", "notice delivered"),
    State.READ: ("通知已读", "notice read"),
    State.FAILED: ("通知未能送达", "notice not delivered"),
    State.BUNDLED: ("通知并入同一地址的汇总发出", "notice sent within another letter"),
}


def ended(  # noqa: PLR0913, PLR0917 - whose letter, how and when
    connection: Connection,
    notification_id: str,
    incident_id: str,
    way: str,
    state: State,
    at_ms: int,
    attempt: int = 1,
) -> None:
    """Add to the story what became of a letter; `way` is `channel → recipient`.

    What failed for good is tried another way, or the district's officers are told.
    """
    is_failed = state is State.FAILED
    entry = spoken(
        "notice_failed" if is_failed else "notice_out",
        f"{WORDS[state][0]}：{way}",
        f"{WORDS[state][1]}: {way}",
        notification_id=notification_id,
        state=state,
        attempt=attempt,
    )
    timeline.tell(connection, incident_id, at_ms, entry)
    if is_failed:
        own = rounds.read(connection, notification_id)
        for row in (own, *bundles.carried_by(connection, notification_id)):
            _fall_back(connection, row, at_ms)


def take_receipt(connection: Connection, word: Word) -> bool:
    """Take a provider's later word on a letter; False: old news, or of a letter nobody knows."""
    moved = receipts.take(connection, word)
    if moved is None:
        return False
    way = f"{moved.channel} → {moved.recipient}"
    ended(connection, moved.notification_id, moved.incident_id, way, moved.state, word.at)
    return True


def take_early_receipts(connection: Connection, channel: str, provider_id: str) -> None:
    """Take what was said of a letter before it was recorded that it went out."""
    for word in receipts.early(connection, channel, provider_id):
        take_receipt(connection, word)


def _fall_back(connection: Connection, row: Row[Any], now_ms: int) -> None:
    if row.round_id is None or not row.recipient.startswith(PERSON):
        return
    others = rounds.same_words(connection, row)
    if any(_still_counts(one) for one in others):
        return
    incident = incidents.read(connection, row.incident_id)
    place = incidents.place(connection, incident.site_id) if incident else None
    if incident is None or place is None or incident.status is Status.CLOSED:
        return
    person = tasks.person(connection, row.recipient)
    used = {one.channel for one in others} | {row.channel}
    for channel in incident.playbook.channels.get(row.audience, ()):
        address = person and person.address(channel)
        if address and channel not in used:
            notifications.put(connection, [_again(connection, row, channel, address, now_ms)])
            return
    if row.moment != Moment.UNREACHABLE:
        _call_on_the_district(connection, Case(incident, place), row, now_ms)


def _still_counts(one: Row[Any]) -> bool:
    """Tell whether a letter has reached its person, may yet, or need no longer."""
    state = State(one.carrier_state if one.state == State.BUNDLED else one.state)
    return state in {*WAITING, *HAS_GONE_OUT, State.SUPERSEDED}


def _again(
    connection: Connection, row: Row[Any], channel: str, address: str, now_ms: int
) -> Notification:
    same = {name: getattr(row, name) for name in Notification.__slots__}
    so_far = notifications.serials(connection, row.incident_id).get((channel, address), 0)
    own = {
        "notification_id": str(uuid7()),
        "channel": channel,
        "address": address,
        "state": State.PENDING,
        "created_at": now_ms,
        "answer": "",
        "failure": None,
        "serial": so_far + 1,
    }
    return Notification(**same | own)


def _call_on_the_district(connection: Connection, case: Case, row: Row[Any], now_ms: int) -> None:
    """Tell the officers that somebody is not reached; once for each person and incident."""
    person = tasks.person(connection, row.recipient)
    who = called(person) if person else row.recipient.partition(":")[2]
    if not rounds.officers_know(connection, row.incident_id, who):
        telling = Round(connection, case, now_ms)
        telling.unreachable.append(who)
        telling.end()


def carried_out(connection: Connection, notification_id: str, at_ms: int) -> None:
    """Add to the stories of those letters that went out within this one."""
    for row in bundles.carried_by(connection, notification_id):
        way = f"{row.channel} → {row.recipient}"
        ended(connection, row.notification_id, row.incident_id, way, State.BUNDLED, at_ms)
