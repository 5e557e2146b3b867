"""Keeps referrals and what is written of them, each child under one key of its own."""

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select, text, update
from uuid_utils import uuid4

from central.adapters.care.schema import CARE, CHILD, LOOK, META, RECORD, REFERRAL, VERSION
from central.adapters.person_keys import KeyGoneError, PersonKeys, lock, unlock
from central.adapters.store.engine import Store, StoreError
from central.core.care import Child, Grade, Record, Referral, Work
from central.core.people import Actor
from central.core.refusals import UnknownReferralError

FIRST = "0" * 64
PEPPER = "lookup"
"""The key that hides whose number a lookup is; it is no child's."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A referral in clear, for one look."""

    referral_id: str
    child_id: str
    child: Child
    referral: Referral
    records: tuple[tuple[int, str, Record], ...]


class CareStore:
    """The database and the keys; both made where they are new."""

    def __init__(self, store: Store, keys: PersonKeys) -> None:
        self.store = store
        self._keys = keys

    def prepare(self) -> "CareStore":
        """Make the tables; a database of another version is refused, not bent."""
        self._keys.prepare()
        with self.store.transaction() as connection:
            CARE.create_all(connection)
            found = connection.execute(select(META.c.version)).scalars().all()
            if not found:
                connection.execute(META.insert().values(version=VERSION))
        if found and found != [VERSION]:
            msg = f"心灵关爱库版本不对 / the care store is of another version: {found}"
            raise StoreError(msg)
        return self

    def refer(self, actor: Actor, child: Child, referral: Referral, now_ms: int) -> str:
        """Keep a referral; give its opaque id."""
        referral_id = str(uuid4())
        with self.store.transaction() as connection:
            child_id = self._child(connection, child)
            connection.execute(REFERRAL.insert().values(
                referral_id=referral_id, child_id=child_id, unit_code=child.unit_code,
                sealed=self._seal(child_id, referral.model_dump(mode="json")), state="open",
                created_at=now_ms, created_by=actor.actor_id,
            ))  # fmt: skip
            self._note(connection, actor, (referral_id, child_id), "refer", "", now_ms)
        return referral_id

    def read(self, actor: Actor, referral_id: str, reason: str, now_ms: int) -> Opened:
        """Open a referral; the look is kept with its reason before anything is seen.

        Raises:
            UnknownReferralError: there is none, or it has been erased.
        """
        with self.store.transaction() as connection:
            row = self._row(connection, referral_id)
            self._note(connection, actor, (referral_id, row["child_id"]), "read", reason, now_ms)
        with self.store.reading() as connection:
            query = select(RECORD).where(RECORD.c.referral_id == referral_id)
            lines = connection.execute(query.order_by(RECORD.c.at, RECORD.c.record_id)).mappings()
            records = tuple(
                (line["at"], line["by_name"],
                 Record.model_validate(self._open(row["child_id"], line["sealed"])))
                for line in lines
            )  # fmt: skip
            sealed = select(CHILD.c.sealed).where(CHILD.c.child_id == row["child_id"])
            child = self._open(row["child_id"], connection.execute(sealed).scalar_one())
        return Opened(
            referral_id, row["child_id"], Child.model_validate(child),
            Referral.model_validate(self._open(row["child_id"], row["sealed"])), records,
        )  # fmt: skip

    def write(self, actor: Actor, referral_id: str, record: Record, now_ms: int) -> None:
        """Add a line to the record; a closing ends the referral."""
        with self.store.transaction() as connection:
            row = self._row(connection, referral_id)
            connection.execute(RECORD.insert().values(
                record_id=str(uuid4()), referral_id=referral_id,
                sealed=self._seal(row["child_id"], record.model_dump(mode="json")), at=now_ms,
                by=actor.actor_id, by_name=actor.name,
            ))  # fmt: skip
            if record.kind is Work.CLOSING:
                mine = REFERRAL.c.referral_id == referral_id
                connection.execute(
                    update(REFERRAL).where(mine).values(state="closed", closed_at=now_ms)
                )
            self._note(connection, actor, (referral_id, row["child_id"]), record.kind.value, "",
                       now_ms)  # fmt: skip

    def erase(self, actor: Actor, referral_id: str, now_ms: int) -> None:
        """Erase the child of a referral: key first, then all that was locked under it."""
        with self.store.transaction() as connection:
            child_id = self._row(connection, referral_id)["child_id"]
            self._note(connection, actor, (referral_id, child_id), "erase", "", now_ms)
        self._keys.destroy(child_id)
        with self.store.transaction() as connection:
            ids = list(connection.execute(
                select(REFERRAL.c.referral_id).where(REFERRAL.c.child_id == child_id)
            ).scalars())  # fmt: skip
            gone = {"sealed": None}
            connection.execute(update(RECORD).where(RECORD.c.referral_id.in_(ids)).values(gone))
            connection.execute(update(REFERRAL).where(REFERRAL.c.child_id == child_id).values(gone))
            mine = update(CHILD).where(CHILD.c.child_id == child_id)
            connection.execute(mine.values(sealed=None, lookup=None, erased_at=now_ms))

    def rows(self, ids: list[str] | None = None) -> list[dict[str, Any]]:
        """List referrals without content, the newest first; those named, or all."""
        columns = REFERRAL.c
        query = select(columns.referral_id, columns.unit_code, columns.state, columns.created_at)
        if ids is not None:
            query = query.where(columns.referral_id.in_(ids))
        with self.store.reading() as connection:
            found = connection.execute(query.order_by(columns.created_at.desc())).mappings()
            return [dict(row) for row in found]

    def grades(self, since: int, until: int) -> dict[tuple[str, str], int]:
        """Count referrals by school and their first grade; erased ones are not counted."""
        query = select(REFERRAL.c.child_id, REFERRAL.c.unit_code, RECORD.c.sealed,
                       RECORD.c.referral_id).join(
            RECORD, RECORD.c.referral_id == REFERRAL.c.referral_id
        ).where(REFERRAL.c.created_at >= since, REFERRAL.c.created_at < until,
                RECORD.c.sealed.is_not(None)).order_by(RECORD.c.at)  # fmt: skip
        first: dict[str, tuple[str, str]] = {}
        with self.store.reading() as connection:
            for row in connection.execute(query):
                said = Record.model_validate(self._open(row.child_id, row.sealed))
                if said.kind is Work.GRADE and isinstance(said.grade, Grade):
                    first.setdefault(row.referral_id, (row.unit_code, said.grade.value))
        counts: dict[tuple[str, str], int] = {}
        for key in first.values():
            counts[key] = counts.get(key, 0) + 1
        return counts

    def looks(self, referral_id: str) -> list[dict[str, Any]]:
        """List who looked at a referral and when, with the reason where the key is still there."""
        query = select(LOOK, REFERRAL.c.child_id).join(
            REFERRAL, REFERRAL.c.referral_id == LOOK.c.referral_id
        ).where(LOOK.c.referral_id == referral_id).order_by(LOOK.c.id)  # fmt: skip
        with self.store.reading() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return [
            {"at": row["at"], "actor": row["actor"], "action": row["action"],
             "reason": self._reason(row["child_id"], row["sealed_reason"])}
            for row in rows
        ]  # fmt: skip

    def is_chained(self) -> bool:
        """Tell whether no look has been changed or taken away."""
        before = FIRST
        with self.store.reading() as connection:
            for row in connection.execute(select(LOOK).order_by(LOOK.c.id)).mappings():
                if row["previous_hash"] != before or row["hash"] != _hash(before, row):
                    return False
                before = row["hash"]
        return True

    def _child(self, connection: Connection, child: Child) -> str:
        said = f"{child.unit_code}\x00{child.school_no}".encode()
        lookup = hmac.digest(self._keys.of_or_new(PEPPER), said, "sha256").hex()
        known = select(CHILD.c.child_id).where(CHILD.c.lookup == lookup)
        child_id = connection.execute(known).scalar_one_or_none()
        if child_id is None:
            child_id = str(uuid4())
            self._keys.of_or_new(child_id)
            connection.execute(CHILD.insert().values(
                child_id=child_id, unit_code=child.unit_code, lookup=lookup,
                sealed=self._seal(child_id, child.model_dump(mode="json")),
            ))  # fmt: skip
        return str(child_id)

    def _row(self, connection: Connection, referral_id: str) -> dict[str, Any]:
        query = select(REFERRAL).where(REFERRAL.c.referral_id == referral_id)
        row = connection.execute(query).mappings().first()
        if row is None or row["sealed"] is None:
            zh, en = "没有这份转介，或已删除", "there is no such referral, or it has been erased"
            raise UnknownReferralError(zh, en)
        return dict(row)

    def _note(
        self, connection: Connection, actor: Actor, of: tuple[str, str], action: str, reason: str,
        now_ms: int,
    ) -> None:  # fmt: skip
        if connection.dialect.name == "postgresql":  # SQLite's writer is alone already
            connection.execute(text("SELECT pg_advisory_xact_lock(4808803)"))
        last = select(LOOK.c.hash).order_by(LOOK.c.id.desc()).limit(1)
        before = connection.execute(last).scalar_one_or_none() or FIRST
        row = {"at": now_ms, "actor": actor.actor_id, "referral_id": of[0], "action": action,
               "sealed_reason": self._seal(of[1], reason) if reason else None}  # fmt: skip
        connection.execute(LOOK.insert().values(
            **row, previous_hash=before, hash=_hash(before, row)
        ))  # fmt: skip

    def _seal(self, child_id: str, said: Any) -> bytes:
        """Lock under a key that is there: an erased child never gets another."""
        content = json.dumps(said, ensure_ascii=False).encode()
        try:
            return lock(self._keys.of(child_id), content, child_id)
        except KeyGoneError:
            raise _erased() from None

    def _open(self, child_id: str, sealed: bytes | None) -> Any:
        if sealed is None:
            raise _erased()
        try:
            return json.loads(unlock(self._keys.of(child_id), sealed, child_id))
        except KeyGoneError:
            raise _erased() from None

    def _reason(self, child_id: str, sealed: bytes | None) -> str | None:
        try:
            return str(self._open(child_id, sealed)) if sealed else None
        except UnknownReferralError:
            return None


def _erased() -> UnknownReferralError:
    zh, en = "该学生的记录已删除", "this child's record has been erased"
    return UnknownReferralError(zh, en)


def _hash(before: str, row: Any) -> str:
    sealed = row["sealed_reason"] or b""
    said = [before, row["at"], row["actor"], row["referral_id"], row["action"], sealed.hex()]
    return sha256(json.dumps(said).encode()).hexdigest()
