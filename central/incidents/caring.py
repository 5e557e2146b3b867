"""A referral becomes a case that knows nothing of it; its grade calls for those who help."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from central.adapters.care.keeping import CareStore, Opened
from central.adapters.store import audit, bookings, incidents, tasks, timeline
from central.adapters.store.engine import Store
from central.adapters.store.schema.care import CARE_CASE
from central.adapters.store.timeline import spoken
from central.core.care import (
    CALLS_FOR,
    Assessed,
    Band,
    Child,
    Record,
    Referral,
    Sign,
    Source,
    Work,
    may_grade,
    may_read,
    may_refer,
)
from central.core.kinds import HandKind
from central.core.people import Actor, Role
from central.core.playbook import Playbook
from central.core.refusals import (
    MissingNoteError,
    NotAllowedError,
    UnknownReferralError,
    UnknownSiteError,
)
from central.core.report_back import Report
from central.core.workflow import Step
from central.incidents.opening import Sighting, open_case
from central.incidents.stepping import KEPT_ELSEWHERE, take_step
from central.incidents.taking import playbook_for
from contract.scenarios import Scenario, Severity

LEAST_REASON = 4


@dataclass(frozen=True)
class CareDesk:
    """Where referrals are made and read: the care store beside the district's own."""

    store: Store
    care: CareStore
    now_ms: int
    playbooks: tuple[Playbook, ...] | None = None

    def refer(self, actor: Actor, child: Child, referral: Referral) -> str:
        """Keep a referral and open its case; give the opaque id.

        Raises:
            NotAllowedError, UnknownSiteError: nothing was kept.
        """
        if not may_refer(actor, child.unit_code):
            zh = "您的角色或单位不能转介该校学生"
            raise NotAllowedError(zh, "your role or unit may not refer a pupil of that school")
        with self.store.reading() as connection:
            if bookings.site_of_school(connection, child.unit_code) is None:
                zh = "该学校还没有登记场所：请管理员在“系统管理 › 场所”登记，“学校”选它"
                en = "the school has no place yet: register one in Settings, Places"
                raise UnknownSiteError(zh, en)
        referral_id = self.care.refer(actor, child, referral, self.now_ms)
        self.open_case(referral_id, child.unit_code, actor.actor_id)
        return referral_id

    def open_case(self, referral_id: str, unit_code: str, by: str) -> None:
        """Open the case of a referral, once: also after a crash between the two stores."""
        with self.store.transaction() as connection:
            incidents.queue_up(connection)
            if _incident_of(connection, referral_id) is not None:
                return
            site_id = bookings.site_of_school(connection, unit_code)
            place = incidents.place(connection, site_id) if site_id else None
            if place is None:
                return
            kind = HandKind.REFERRAL_GRADED
            playbook = playbook_for(self.playbooks, Scenario.MIND_CARE, kind)
            seen = Sighting(Scenario.MIND_CARE, kind, Severity.INFO, occurred_at=self.now_ms)
            incident = open_case(connection, place, playbook, seen, self.now_ms).incident
            row = {"referral_id": referral_id, "incident_id": incident.incident_id}
            connection.execute(CARE_CASE.insert().values(row))
            entry = spoken("referred", "收到一份转介，内容只在心灵关爱中可读",
                           "a referral has come; it is read in mind care only")  # fmt: skip
            timeline.tell(connection, incident.incident_id, self.now_ms, entry)
            audit.append(connection, self.now_ms, by, "care.refer", referral_id)

    def settle(self) -> int:
        """Open the cases of referrals that have none yet; give how many."""
        with self.store.reading() as connection:
            known = set(connection.execute(select(CARE_CASE.c.referral_id)).scalars())
        left = [row for row in self.care.rows() if row["referral_id"] not in known]
        for row in left:
            self.open_case(row["referral_id"], row["unit_code"], "central")
        return len(left)

    def assess(self, actor: Actor, unit_code: str, rows: list[Assessed]) -> int:
        """Refer those whom a test points out; give how many. What is normal is not kept."""
        found = [row for row in rows if row.band is not Band.NORMAL]
        for row in found:
            child = Child(unit_code=unit_code, school_no=row.school_no, name=row.name,
                          class_name=row.class_name)  # fmt: skip
            note = f"{row.instrument}: {row.band.value}"
            referral = Referral(source=Source.ASSESSMENT, signs=(Sign.OTHER,), note=note)
            self.refer(actor, child, referral)
        return len(found)

    def read(self, actor: Actor, referral_id: str, reason: str) -> Opened:
        """Open a referral for somebody who has to do with it; the reason is kept.

        Raises:
            UnknownReferralError, NotAllowedError, MissingNoteError.
        """
        incident_id, units = self._case(referral_id)
        if not may_read(actor, units):
            zh = "只有办理单位的心理专员可以阅读"
            raise NotAllowedError(zh, "only psychologists of the units with a task may read it")
        if len(reason.strip()) < LEAST_REASON:
            zh, en = "请写明查阅原因", "please say why you read it"
            raise MissingNoteError(zh, en)
        with self.store.transaction() as connection:
            audit.append(connection, self.now_ms, actor.actor_id, "care.read", referral_id)
        del incident_id
        return self.care.read(actor, referral_id, reason.strip(), self.now_ms)

    def grade(self, actor: Actor, referral_id: str, record: Record) -> None:
        """Grade a referral: the grade stays here, the case hears who is called for.

        Raises:
            UnknownReferralError, NotAllowedError, MissingNoteError, and what a step refuses.
        """
        incident_id, units = self._case(referral_id)
        unit_code = self._unit(referral_id)
        if not may_grade(actor, unit_code, units):
            zh = "只有本校心理专员可以分级"
            raise NotAllowedError(zh, "only a psychologist of the school grades")
        if record.grade is None or record.kind is not Work.GRADE:
            zh, en = "请选择级别", "please choose the grade"
            raise MissingNoteError(zh, en)
        with self.store.transaction() as connection:
            mine = next(one for one in tasks.of_incident(connection, incident_id)
                        if one.unit_code == actor.unit_code)  # fmt: skip
            take_step(
                connection, actor, incident_id, mine.task_id, Step.REPORT_BACK, self.now_ms,
                note=KEPT_ELSEWHERE, report=Report(outcome=CALLS_FOR[record.grade]),
            )  # fmt: skip
            self.care.write(actor, referral_id, record, self.now_ms)

    def write(self, actor: Actor, referral_id: str, record: Record) -> None:
        """Write down an intervention, a re-assessment or the closing.

        Raises:
            UnknownReferralError, NotAllowedError, MissingNoteError.
        """
        _incident, units = self._case(referral_id)
        if not may_read(actor, units) or record.kind is Work.GRADE:
            zh, en = "您不能写入这份记录", "this record is not yours to write"
            raise NotAllowedError(zh, en)
        if record.kind is Work.REASSESSMENT and record.grade is None:
            zh, en = "复评请选择级别", "a re-assessment needs a grade"
            raise MissingNoteError(zh, en)
        with self.store.transaction() as connection:
            audit.append(connection, self.now_ms, actor.actor_id, "care.write", referral_id)
        self.care.write(actor, referral_id, record, self.now_ms)

    def erase(self, actor: Actor, referral_id: str) -> None:
        """Erase a child, at the wish of those who may: the data protection officer sees to it.

        Raises:
            NotAllowedError, UnknownReferralError.
        """
        if actor.role is not Role.DPO:
            zh, en = "由个人信息保护负责人删除", "the data protection officer erases"
            raise NotAllowedError(zh, en)
        with self.store.transaction() as connection:
            audit.append(connection, self.now_ms, actor.actor_id, "care.erase", referral_id)
        self.care.erase(actor, referral_id, self.now_ms)

    def mine(self, actor: Actor) -> list[dict[str, object]]:
        """List the referrals that somebody has to do with, without content."""
        with self.store.reading() as connection:
            rows = connection.execute(select(CARE_CASE)).all()
            cases = {
                row.referral_id: row.incident_id for row in rows
                if may_read(actor, {t.unit_code
                                    for t in tasks.of_incident(connection, row.incident_id)})
            }  # fmt: skip
        return [row | {"incident_id": cases[row["referral_id"]]}
                for row in self.care.rows(list(cases))]  # fmt: skip

    def _case(self, referral_id: str) -> tuple[str, set[str]]:
        with self.store.reading() as connection:
            incident_id = _incident_of(connection, referral_id)
            if incident_id is None:
                zh, en = "没有这份转介", "there is no such referral"
                raise UnknownReferralError(zh, en)
            units = {one.unit_code for one in tasks.of_incident(connection, incident_id)}
        return incident_id, units

    def _unit(self, referral_id: str) -> str:
        (row,) = self.care.rows([referral_id])
        return str(row["unit_code"])


def _incident_of(connection: Connection, referral_id: str) -> str | None:
    query = select(CARE_CASE.c.incident_id).where(CARE_CASE.c.referral_id == referral_id)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found
