"""A person of a unit reports what they saw: a case of its own, once for each key."""

from dataclasses import dataclass

from sqlalchemy import Connection
from uuid_utils import uuid7

from central.adapters.store import audit, incidents, reports, timeline
from central.adapters.store.incidents import Place
from central.adapters.store.timeline import Entry
from central.core.correlation import is_stale
from central.core.kinds import AnyKind
from central.core.people import Actor
from central.core.playbook import Playbook
from central.core.refusals import (
    MissingNoteError,
    NotAllowedError,
    OtherContentError,
    UnfitKindError,
    UnfitTimeError,
    UnknownSiteError,
    UnusablePhotoError,
)
from central.core.report_back import MOST_PHOTOS
from central.core.reporting import HAS_ITS_OWN_WAY, fits, may_report
from central.incidents.opening import Sighting, open_case
from central.incidents.taking import playbook_for
from contract.scenarios import Scenario, Severity

SKEW_MS = 5 * 60 * 1000
"""So far may a person's clock be ahead of ours."""
OLDEST_MS = 366 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Beside:
    """What a report may hold beside the note. `key` makes a repeat of it change nothing."""

    occurred_at: int | None = None
    photos: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What somebody reports."""

    site_id: str
    scenario: Scenario
    kind: AnyKind
    note: str
    beside: Beside

    @property
    def digest(self) -> str:
        """Name what is said, to tell a repeat from another."""
        return reports.digest_of({
            "site": self.site_id, "scenario": self.scenario, "kind": self.kind, "note": self.note,
            "at": self.beside.occurred_at, "photos": list(self.beside.photos),
        })  # fmt: skip


def report_by_hand(  # noqa: PLR0913, PLR0917 - a report is said in one sentence
    connection: Connection,
    actor: Actor,
    site_id: str,
    scenario: Scenario,
    kind: AnyKind,
    note: str,
    now_ms: int,
    *,
    beside: Beside | None = None,
    playbooks: tuple[Playbook, ...] | None = None,
) -> str:
    """Open an incident that a person reports, and give its id.

    Raises:
        UnknownSiteError, NotAllowedError, MissingNoteError, UnfitKindError, UnfitTimeError,
        UnusablePhotoError, OtherContentError: nothing was kept.
    """
    wanted = _Wanted(site_id, scenario, kind, note.strip(), beside or Beside())
    incidents.queue_up(connection)
    report_id = str(uuid7())
    form_id = f"{actor.actor_id}:{wanted.beside.key}" if wanted.beside.key else report_id
    if (known := reports.of_form(connection, form_id)) is not None:
        return _the_same(str(known["incident_id"]), known["digest"] == wanted.digest)
    place = _place(connection, wanted.site_id)
    _must_be_theirs(actor, wanted, place)
    occurred_at = _believed(wanted.beside.occurred_at, now_ms)
    if not wanted.note:
        zh, en = "请说明情况", "please say what has happened"
        raise MissingNoteError(zh, en)
    files = _photos(connection, actor, wanted.beside.photos)
    playbook = playbook_for(playbooks, wanted.scenario, wanted.kind)
    late = is_stale(is_late=True, occurred_at=occurred_at, now_ms=now_ms,
                    stale_after_s=playbook.stale_after_s)  # fmt: skip
    seen = Sighting(wanted.scenario, wanted.kind, Severity.WARNING, occurred_at, is_stale=late)
    incident = open_case(connection, place, playbook, seen, now_ms).incident
    for file in files:
        incidents.keep_picture(connection, incident.incident_id, file, now_ms)
    photos = {"report": {"photos": list(wanted.beside.photos)}} if wanted.beside.photos else {}
    entry = Entry("reported", actor.actor_id, actor.name, wanted.note, detail=photos)
    timeline.tell(connection, incident.incident_id, now_ms, entry)
    audit.append(connection, now_ms, actor.actor_id, "incident.report", incident.number)
    reports.insert(connection, {
        "report_id": report_id, "source": "staff", "form_id": form_id, "digest": wanted.digest,
        "site_id": place.site_id, "scenario": wanted.scenario, "kind": wanted.kind.value,
        "state": "taken", "words": wanted.note, "photos": list(wanted.beside.photos),
        "incident_id": incident.incident_id, "received_at": now_ms, "occurred_at": occurred_at,
    })  # fmt: skip
    return incident.incident_id


def _the_same(incident_id: str, is_same: bool) -> str:
    if not is_same:
        zh = "这个 idempotency_key 已用于另一份上报，请换一个"
        raise OtherContentError(zh, "this idempotency_key belongs to another report: use a new one")
    return incident_id


def _place(connection: Connection, site_id: str) -> Place:
    place = incidents.place(connection, site_id)
    if place is None:
        zh, en = f"没有场所 {site_id!r}", f"there is no site {site_id!r}"
        raise UnknownSiteError(zh, en)
    return place


def _must_be_theirs(actor: Actor, wanted: _Wanted, place: Place) -> None:
    if wanted.kind in HAS_ITS_OWN_WAY:
        zh = "这类事项不能在此上报：心灵关爱请填转介表，课程请预约"
        raise UnfitKindError(zh, "not reported here: use the referral form, or book the course")
    if not may_report(actor, wanted.kind, frozenset(place.relations.values())):
        zh = "您的角色或单位不能上报该场所的这类事项：由区级值班员、该场所相关单位和主管部门上报"
        en = "your role or unit may not report such a thing there: the district, the site's units "
        raise NotAllowedError(zh, en + "and the department responsible may")
    if not fits(wanted.scenario, wanted.kind):
        zh = f"事项 {wanted.kind} 不属于场景 {wanted.scenario}"
        raise UnfitKindError(zh, f"{wanted.kind} does not belong to {wanted.scenario}")


def _believed(occurred_at: int | None, now_ms: int) -> int:
    if occurred_at is None:
        return now_ms
    if occurred_at > now_ms + SKEW_MS:
        zh, en = "发生时间在将来，请更正", "the time is in the future, please correct it"
        raise UnfitTimeError(zh, en)
    if occurred_at < now_ms - OLDEST_MS:
        zh, en = "发生时间超过一年，请更正", "the time is more than a year ago, please correct it"
        raise UnfitTimeError(zh, en)
    return min(occurred_at, now_ms)


def _photos(
    connection: Connection, actor: Actor, names: tuple[str, ...]
) -> list[dict[str, object]]:
    """Give the pictures that this person has brought for the report."""
    if len(set(names)) > MOST_PHOTOS:
        zh, en = f"照片最多 {MOST_PHOTOS} 张", f"{MOST_PHOTOS} photos at most"
        raise UnusablePhotoError(zh, en)
    brought = {
        str(file["sha256"]): file
        for file in reports.files(connection, list(names))
        if file["device_id"] == actor.actor_id[:63]
    }
    if lacking := sorted(set(names) - set(brought)):
        zh = f"照片 {lacking[0][:12]}… 尚未上传，请先 POST /api/v1/reports/photos"
        raise UnusablePhotoError(zh, f"photo {lacking[0][:12]}… has not been brought yet")
    return list(brought.values())
