"""Enrolling and erasing: what is checked, kept, audited and told to devices, in one transaction."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import Connection, RowMapping

from central.adapters.galleries.keys import GalleryKeys, digest_of, lock, unlock
from central.adapters.store import audit, consents, directory, enrolments, galleries, pupils
from central.adapters.store.engine import Store
from central.adapters.store.tables import ORG_UNIT
from central.core import consents as consent_rules
from central.core import enrolment as rules
from central.core.people import Actor
from central.core.refusals import NotAllowedError, UnknownUnitError
from contract.enrolment import PLACE, Enrolment
from contract.gallery import Likeness
from contract.sealing import SealError, from_text, unseal

BY_TIME = "central:expiry"


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps the district's enrolments."""

    keys: GalleryKeys

    def enrol(self, connection: Connection, actor: Actor, wanted: Enrolment, now_ms: int) -> None:
        """Keep a new enrolment, or a renewed likeness of a living one, and owe it to devices.

        Raises:
            CaseError: not theirs to do, without its ground, or sealed to another key.
        """
        this_year = datetime.fromtimestamp(now_ms / 1000, UTC).year
        rules.check(wanted, actor, now_ms, this_year)
        self._check_places(connection, wanted)
        pupil_id = self._check_consent(connection, wanted, now_ms)
        before = enrolments.found(connection, wanted.entry_id)
        _check_same(before, wanted)
        likeness = self._opened(wanted)
        key = self.keys.of_or_new(wanted.entry_id)
        content = likeness.model_dump_json().encode()
        told = [] if before is None else galleries.devices_of(connection, before)
        row = _row(wanted, actor, now_ms) | {
            "likeness": lock(key, content, wanted.entry_id), "key_digest": digest_of(key),
        }  # fmt: skip
        enrolments.put(connection, row, wanted.site_ids)
        if pupil_id and pupils.link(connection, wanted.entry_id, pupil_id) != pupil_id:
            zh = f"这个人脸登记已属于另一名学生：{wanted.entry_id}"
            raise rules.EnrolmentError(zh, "this entry is another pupil's")
        now_known = enrolments.found(connection, wanted.entry_id)
        assert now_known is not None  # noqa: S101 - for the type checker: it was just put
        wants = galleries.devices_of(connection, now_known)
        galleries.tell(connection, wants, now_ms, entry_ids=[wanted.entry_id])
        no_more = sorted(set(told) - set(wants))
        galleries.tell(connection, no_more, now_ms, removed=[wanted.entry_id])
        audit.append(
            connection, now_ms, actor.actor_id, "enrolment.put", f"enrolment:{wanted.entry_id}",
            {"purpose": wanted.purpose.value, "consent": wanted.consent, "devices": len(wants)},
        )  # fmt: skip

    def withdraw(
        self, connection: Connection, entry_id: str, by: str, now_ms: int, reason: str = ""
    ) -> list[str]:
        """End an enrolment; give the devices that are told to forget. Twice changes nothing.

        Raises:
            UnknownEntryError: there is no such entry.
        """
        row = enrolments.found(connection, entry_id)
        if row is None:
            raise unknown_entry(entry_id)
        if row["withdrawn_at"] is not None:
            return []
        devices = galleries.devices_of(connection, row)
        enrolments.empty(connection, entry_id, by, now_ms)
        galleries.tell(connection, devices, now_ms, removed=[entry_id])
        audit.append(
            connection, now_ms, by, "enrolment.withdraw", f"enrolment:{entry_id}",
            {"reason": reason, "devices": devices},
        )  # fmt: skip
        return devices

    def unname(self, connection: Connection, entry_id: str, by: str, now_ms: int) -> None:
        """Take name and class out of a likeness, as a guardian wants who agreed to them before."""
        row = enrolments.found(connection, entry_id)
        if row is None or row["likeness"] is None or not row["may_be_named"]:
            return
        key = self.keys.of(entry_id)
        known = Likeness.model_validate_json(unlock(key, row["likeness"], entry_id))
        plain = known.model_copy(
            update={"may_be_named": False, "name": "", "class_name": "", "reading": ""}
        )
        locked = lock(key, plain.model_dump_json().encode(), entry_id)
        enrolments.change(
            connection, entry_id, likeness=locked, may_be_named=False, changed_at=now_ms
        )
        galleries.tell(
            connection, galleries.devices_of(connection, row), now_ms, entry_ids=[entry_id]
        )
        audit.append(connection, now_ms, by, "enrolment.unname", f"enrolment:{entry_id}")

    def _check_consent(self, connection: Connection, wanted: Enrolment, now_ms: int) -> str | None:
        """Hold an enrolment to the registered consent it refers to; give whose that is."""
        if not re.fullmatch(consent_rules.NUMBER, wanted.consent):
            return None
        row = consents.by_number(connection, wanted.consent, now_ms)
        named = []
        if row is not None:
            pupil_id = str(row["pupil_id"])
            aloud = (pupil_id, consent_rules.Consented.NAMED_ALOUD)
            living = consents.of_pupils(connection, [pupil_id], now_ms)
            named = [consents.kept(living[aloud])] if aloud in living else []
        error = consent_rules.refused(wanted, consents.kept(row) if row else None, named)
        if error:
            raise error
        return str(row["pupil_id"]) if row else None

    def erase(self, store: Store, now_ms: int) -> int:
        """Destroy the keys of all who were withdrawn, with proof; give how many.

        After the commit that withdrew them: a key must not go where the withdrawal is undone.
        """
        with store.reading() as connection:
            rows = enrolments.keys_to_destroy(connection)
        for row in rows:
            self.keys.destroy(row["entry_id"])
            with store.transaction() as connection:
                if enrolments.key_destroyed(connection, row["entry_id"], now_ms):
                    audit.append(
                        connection, now_ms, "central", "enrolment.key_destroyed",
                        f"enrolment:{row['entry_id']}", {"key_digest": row["key_digest"]},
                    )  # fmt: skip
        return len(rows)

    def tend(self, store: Store, now_ms: int) -> None:
        """Do what time asks for: end what has expired, erase, and catch up with devices."""
        with store.reading() as connection:
            over = enrolments.expired(connection, now_ms)
        for entry_id in over:
            with store.transaction() as connection:
                self.withdraw(connection, entry_id, BY_TIME, now_ms, "expired")
        self.erase(store, now_ms)
        with store.reading() as connection:
            behind = galleries.behind(connection, now_ms)
        for device_id in behind:
            with store.transaction() as connection:
                galleries.catch_up(connection, device_id, now_ms)

    def _check_places(self, connection: Connection, wanted: Enrolment) -> None:
        error = rules.unknown(wanted.site_ids, enrolments.site_ids(connection))
        if error:
            raise error
        units = {row["code"] for row in directory.rows(connection, ORG_UNIT, "code")}
        if wanted.unit_code not in units:
            zh = f"没有这个单位：{wanted.unit_code}"
            raise UnknownUnitError(zh, f"no such unit: {wanted.unit_code}")

    def _opened(self, wanted: Enrolment) -> Likeness:
        """Open what the station sealed; a name without consent is refused there and here."""
        try:
            content = unseal(
                from_text(wanted.sealed), self.keys.enrolment_key, PLACE, wanted.entry_id
            )
            likeness = Likeness.model_validate_json(content)
        except (SealError, ValidationError) as error:
            zh = "登记文件打不开：不是用本区的公钥加密，或已损坏"
            raise rules.EnrolmentError(zh, "does not open: another key, or damaged") from error
        if likeness.may_be_named != wanted.may_be_named:
            zh = "登记文件内外关于喊名字的说法不一致"
            raise rules.EnrolmentError(zh, "says two things about being named")
        return likeness


def unknown_entry(entry_id: str) -> rules.UnknownEntryError:
    """Say that there is no such entry."""
    return rules.UnknownEntryError(f"没有这个登记：{entry_id}", f"no such enrolment: {entry_id}")


def _check_same(before: RowMapping | None, wanted: Enrolment) -> None:
    """An id is one person's for ever: neither another unit's nor a withdrawn one comes back."""
    if before is None:
        return
    if before["withdrawn_at"] is not None:
        zh = "这个编号已注销，请用新编号登记"
        raise rules.EnrolmentError(zh, "this id was withdrawn: enrol under a new one")
    same = (before["unit_code"], before["kind"], before["purpose"])
    if same != (wanted.unit_code, wanted.kind, wanted.purpose.value):
        zh = "这个编号已属于另一个登记"
        raise NotAllowedError(zh, "this id belongs to another enrolment")


def _row(wanted: Enrolment, actor: Actor, now_ms: int) -> dict[str, object]:
    disposition = wanted.disposition
    return {
        "entry_id": wanted.entry_id,
        "kind": wanted.kind,
        "purpose": wanted.purpose.value,
        "unit_code": wanted.unit_code,
        "authority": wanted.authority,
        "consent": wanted.consent,
        "guardian_consent": wanted.guardian_consent,
        "may_be_named": wanted.may_be_named,
        "birth_year": wanted.birth_year,
        "disposition": None if disposition is None else disposition.model_dump(mode="json"),
        "created_at": now_ms,
        "created_by": actor.actor_id,
        "changed_at": now_ms,
        "expires_at": int(wanted.expires_at.timestamp() * 1000),
    }
