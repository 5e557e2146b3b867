"""Anybody reports by a place's QR code: a case, one of a case, or held for a person to look at."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from central.adapters.store import incidents, reports, timeline
from central.adapters.store.incidents import Incident, Place
from central.adapters.store.timeline import Entry, spoken
from central.core.kinds import HandKind
from central.core.naming import Words
from central.core.playbook import Playbook
from central.core.refusals import UnknownSiteError
from central.core.reporting import TOPICS, Judged, Limits, Sent, Topic, Verdict, judge
from central.core.workflow import Status
from central.incidents.opening import Sighting, open_case
from central.incidents.taking import playbook_for
from contract.scenarios import Scenario, Severity

PUBLIC = "public"
NAME = "群众上报 / the public"
HOUR_MS = reports.HOUR_MS


@dataclass(frozen=True, slots=True)
class Heard:
    """One report as it came. `photos` are files already made anew: sha256 and size in bytes."""

    report_id: str
    form_id: str
    receipt: str
    site_id: str
    topic: Topic
    words: str
    address_mark: str
    filled_in_s: float
    is_trapped: bool = False
    photos: tuple[tuple[str, int], ...] = ()
    photos_lost: int = 0
    lat: float | None = None
    lon: float | None = None
    reply: bytes | None = None

    @property
    def said(self) -> "Said":
        """Give what the story tells of it."""
        return Said(self.words, self.photos, self.photos_lost, self.lat, self.lon)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a report; a form that comes again gives the same receipt."""

    receipt: str
    state: str
    incident_id: str | None


def admit(connection: Connection, address_mark: str, limits: Limits, now_ms: int) -> Judged:
    """Count one more report of an address, and say whether it is refused unread."""
    in_hour = reports.count(connection, "sent_hour", address_mark, HOUR_MS, now_ms)
    in_day = reports.count(connection, "sent_day", address_mark, reports.DAY_MS, now_ms)
    sent = Sent(joins=True, sent_by_address_in_hour=in_hour, sent_by_address_in_day=in_day)
    return judge(sent, limits)


def hear(desk: "Desk", heard: Heard, limits: Limits) -> Kept:
    """Keep a report from anybody, in the caller's transaction.

    Raises:
        UnknownSiteError: no such place; nothing was kept.
    """
    connection, now_ms = desk.connection, desk.now_ms
    incidents.queue_up(connection)
    if (known := reports.of_form(connection, heard.form_id)) is not None:
        return Kept(known["receipt"], known["state"], known["incident_id"])
    place = desk.place(heard.site_id)
    about = TOPICS[heard.topic]
    near = desk.near(about.scenario, about.kind, place.site_id)
    counts = {
        "opened_by_address_in_hour": ("opened_address", heard.address_mark),
        "opened_at_site_in_hour": ("opened_site", place.site_id),
    }
    before = {
        name: reports.counted(connection, scope, mark, HOUR_MS, now_ms)
        for name, (scope, mark) in counts.items()
    }
    sent = Sent(joins=near is not None, filled_in_s=heard.filled_in_s,
                is_trapped=heard.is_trapped, **before)  # fmt: skip
    judged = judge(sent, limits)
    if judged.verdict is Verdict.TAKE:
        for scope, mark in counts.values():
            reports.count(connection, scope, mark, HOUR_MS, now_ms)
    if judged.verdict is Verdict.HOLD:
        incident = desk.held(place, about.scenario, judged.why)
    else:
        incident = near or desk.opened(place, about.scenario, about.kind)
    state = {Verdict.HOLD: "held", Verdict.JOIN: "joined"}.get(judged.verdict, "taken")
    desk.tell(incident, heard.said, state, place)
    _keep(desk, heard, state, judged.why[0], incident.incident_id)
    return Kept(heard.receipt, state, incident.incident_id)


@dataclass(frozen=True, slots=True)
class Said:
    """What a line of the story holds of a report."""

    words: str
    photos: tuple[tuple[str, int], ...] = ()
    photos_lost: int = 0
    lat: float | None = None
    lon: float | None = None

    @property
    def detail(self) -> dict[str, Any]:
        """Give what is shown beside the words."""
        report: dict[str, Any] = {}
        if self.photos:
            report["photos"] = [sha256 for sha256, _ in self.photos]
        if self.lat is not None and self.lon is not None:
            report["place"] = {"lat": self.lat, "lon": self.lon}
        return {"report": report} if report else {}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where reports become cases: in one transaction, by the playbooks in force."""

    connection: Connection
    now_ms: int
    playbooks: tuple[Playbook, ...] | None = None

    def place(self, site_id: str) -> Place:
        """Find a place, or refuse."""
        place = incidents.place(self.connection, site_id)
        if place is None:
            zh, en = "没有这个场所", "there is no such place"
            raise UnknownSiteError(zh, en)
        return place

    def near(self, scenario: Scenario, kind: HandKind, site_id: str | None) -> Incident | None:
        """Find the open case that a report belongs to: same place, kind, near in time."""
        playbook = playbook_for(self.playbooks, scenario, kind)
        wanted = scenario if site_id else None
        for case in reports.open_near(self.connection, wanted, kind, site_id):
            if case.takes(self.now_ms, playbook.correlate_within_s):
                held = incidents.hold(self.connection, case.incident_id)
                same = held and held.playbook.playbook == playbook.playbook
                if held and same and held.status is not Status.CLOSED:
                    return held
        return None

    def opened(self, place: Place, scenario: Scenario, kind: HandKind) -> Incident:
        """Open a case; the report itself is counted when it is told."""
        playbook = playbook_for(self.playbooks, scenario, kind)
        seen = Sighting(scenario, kind, Severity.WARNING, occurred_at=self.now_ms)
        incident = open_case(self.connection, place, playbook, seen, self.now_ms).incident
        return replace(incident, alert_count=0)

    def held(self, place: Place, scenario: Scenario, why: Words) -> Incident:
        """Give the one open case in which held reports are looked at, of whichever place."""
        kind = HandKind.REPORTS_HELD
        incident = self.near(scenario, kind, None) or self.opened(place, scenario, kind)
        entry = spoken("held", f"暂缓派发，待人工核实：{why[0]}",
                       f"held for a person to look at: {why[1]}")  # fmt: skip
        timeline.tell(self.connection, incident.incident_id, self.now_ms, entry)
        return incident

    def tell(self, incident: Incident, said: Said, state: str, place: Place) -> None:
        """Put a report into a case's story, and count it there."""
        for sha256, size_bytes in said.photos:
            file = {"sha256": sha256, "media_type": "image/jpeg", "size_bytes": size_bytes,
                    "device_id": PUBLIC}  # fmt: skip
            incidents.keep_picture(self.connection, incident.incident_id, file, self.now_ms)
        where = f"【{place.name_zh}】" if state == "held" else ""
        lost = f"（{said.photos_lost} 张照片无法读取）" if said.photos_lost else ""
        entry = Entry("heard", PUBLIC, NAME, f"{where}{said.words}{lost}", detail=said.detail)
        timeline.tell(self.connection, incident.incident_id, self.now_ms, entry)
        if state == "joined":
            timeline.tell(self.connection, incident.incident_id, self.now_ms, _JOINED)
        incidents.change(
            self.connection, incident.incident_id, alert_count=incident.alert_count + 1,
            last_alert_at=max(incident.last_alert_at, self.now_ms),
        )  # fmt: skip


_JOINED = spoken(
    "joined",
    "同一场所、同类问题，时间相近且尚未处置：并入本事件，不再重复派发",
    "same place, same kind, near in time, not yet dealt with: joined, nobody is woken again",
)


def _keep(desk: Desk, heard: Heard, state: str, why: str, incident_id: str) -> None:
    about = TOPICS[heard.topic]
    photos = [sha256 for sha256, _ in heard.photos]
    said = {"site": heard.site_id, "topic": heard.topic, "words": heard.words, "photos": photos}
    reports.insert(desk.connection, {
        "report_id": heard.report_id, "source": PUBLIC, "form_id": heard.form_id,
        "digest": reports.digest_of(said), "receipt": heard.receipt, "site_id": heard.site_id,
        "scenario": about.scenario, "kind": about.kind.value, "state": state, "why": why[:200],
        "words": heard.words, "photos": photos, "lat": heard.lat, "lon": heard.lon,
        "incident_id": incident_id, "received_at": desk.now_ms, "occurred_at": desk.now_ms,
        "address_mark": heard.address_mark, "reply": heard.reply,
    })  # fmt: skip
