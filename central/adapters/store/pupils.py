"""The roster's rows: found by school, class and number; a name is a locked box here."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, literal, select, update

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.pupils import (
    CLASS_TEACHER,
    GUARDIAN,
    PUPIL,
    PUPIL_ENTRY,
    SCHOOL_CLASS,
)
from central.adapters.store.tables import ACCOUNT, ENROLMENT
from central.core.people import Role

ACCOUNT_PREFIX = "account:"
MOST_GUARDIANS = 4


@dataclass(frozen=True, slots=True)
class Pupil:
    """A row of the roster; `locked` is the name under the pupil's key, None once erased."""

    pupil_id: str
    unit_code: str
    class_code: str | None
    school_no: str | None
    birth_year: int | None
    is_boarder: bool
    dormitory_room: str | None
    locked: bytes | None
    key_digest: str
    created_at: int
    changed_at: int
    withdrawn_at: int | None = None
    withdrawn_by: str | None = None
    key_destroyed_at: int | None = None

    @property
    def is_gone(self) -> bool:
        """Tell whether the pupil was withdrawn."""
        return self.withdrawn_at is not None


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """A guardian's row; `locked` holds name, phone and zlb under the child's key."""

    guardian_id: str
    pupil_id: str
    locked: bytes
    relation: str
    told_by_sms: bool
    told_by_zlb: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pupils are asked for, by what is not locked; `classes` None: all of the school."""

    unit_code: str | None = None
    classes: Collection[str] | None = None
    school_no: str | None = None
    is_boarder: bool | None = None
    after: str = ""
    limit: int = 100


def found(connection: Connection, pupil_id: str) -> Pupil | None:
    """Give a pupil's row, also of one who was withdrawn."""
    row = connection.execute(select(PUPIL).where(PUPIL.c.pupil_id == pupil_id)).one_or_none()
    return _pupil(row) if row else None


def several(connection: Connection, pupil_ids: Collection[str]) -> dict[str, Pupil]:
    """Give the rows of several pupils by id."""
    query = select(PUPIL).where(PUPIL.c.pupil_id.in_(sorted(pupil_ids)))
    return {row.pupil_id: _pupil(row) for row in connection.execute(query)}


def by_school_no(connection: Connection, unit_code: str, school_no: str) -> Pupil | None:
    """Find a pupil by the school's own number."""
    query = select(PUPIL).where(PUPIL.c.unit_code == unit_code, PUPIL.c.school_no == school_no)
    row = connection.execute(query).one_or_none()
    return _pupil(row) if row else None


def listed(connection: Connection, wanted: Wanted) -> list[Pupil]:
    """List living pupils by id."""
    columns = PUPIL.c
    query = select(PUPIL).where(columns.withdrawn_at.is_(None), columns.pupil_id > wanted.after)
    for name in ("unit_code", "school_no", "is_boarder"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(columns[name] == value)
    if wanted.classes is not None:
        query = query.where(columns.class_code.in_(sorted(wanted.classes)))
    return [_pupil(row) for row in connection.execute(
        query.order_by(columns.pupil_id).limit(wanted.limit)
    )]  # fmt: skip


def by_numbers(
    connection: Connection, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Pupil]:
    """Find many pupils by school and the school's own number, in one question a school."""
    asked: dict[str, list[str]] = {}
    for unit_code, school_no in pairs:
        asked.setdefault(unit_code, []).append(school_no)
    found = {}
    for unit_code, numbers in sorted(asked.items()):
        query = select(PUPIL).where(
            PUPIL.c.unit_code == unit_code, PUPIL.c.school_no.in_(sorted(numbers))
        )
        for row in connection.execute(query):
            found[unit_code, str(row.school_no)] = _pupil(row)
    return found


def living(connection: Connection) -> list[str]:
    """List the ids of all living pupils."""
    query = select(PUPIL.c.pupil_id).where(PUPIL.c.withdrawn_at.is_(None))
    return list(connection.execute(query).scalars())


def counts(connection: Connection) -> dict[str, int]:
    """Count the living pupils of each school."""
    columns = PUPIL.c
    query = select(columns.unit_code, func.count()).where(columns.withdrawn_at.is_(None))
    return {str(code): int(n) for code, n in connection.execute(query.group_by(columns.unit_code))}


def insert(connection: Connection, *added: Pupil) -> None:
    """Keep new pupils."""
    values = [{name: getattr(one, name) for name in Pupil.__slots__} for one in added]
    if values:
        connection.execute(PUPIL.insert(), values)


def change(connection: Connection, pupil_id: str, **values: Any) -> None:
    """Change columns of a pupil."""
    connection.execute(update(PUPIL).where(PUPIL.c.pupil_id == pupil_id).values(**values))


def guardians(connection: Connection, pupil_id: str) -> list[GuardianRow]:
    """List a pupil's guardians, the first named first."""
    query = select(GUARDIAN).where(GUARDIAN.c.pupil_id == pupil_id)
    return [
        GuardianRow(**{name: getattr(row, name) for name in GuardianRow.__slots__})
        for row in connection.execute(query.order_by(GUARDIAN.c.guardian_id))
    ]


def families(connection: Connection, pupil_ids: Collection[str]) -> dict[str, list[GuardianRow]]:
    """Give the guardians of several pupils, by pupil."""
    query = select(GUARDIAN).where(GUARDIAN.c.pupil_id.in_(sorted(pupil_ids)))
    found: dict[str, list[GuardianRow]] = {}
    for row in connection.execute(query.order_by(GUARDIAN.c.guardian_id)):
        kept = GuardianRow(**{name: getattr(row, name) for name in GuardianRow.__slots__})
        found.setdefault(kept.pupil_id, []).append(kept)
    return found


def guardian(connection: Connection, guardian_id: str) -> GuardianRow | None:
    """Give a guardian's row."""
    query = select(GUARDIAN).where(GUARDIAN.c.guardian_id == guardian_id)
    row = connection.execute(query).one_or_none()
    return GuardianRow(**{n: getattr(row, n) for n in GuardianRow.__slots__}) if row else None


def put_guardians(
    connection: Connection, pupil_ids: Collection[str], rows: Iterable[GuardianRow]
) -> None:
    """Replace the guardians of pupils by these."""
    connection.execute(delete(GUARDIAN).where(GUARDIAN.c.pupil_id.in_(sorted(pupil_ids))))
    values = [{name: getattr(row, name) for name in GuardianRow.__slots__} for row in rows]
    if values:
        connection.execute(GUARDIAN.insert(), values)


def put_class(connection: Connection, unit_code: str, class_code: str, name: str = "") -> None:
    """Keep a class of a school; one that is there stays as it is."""
    row = {"unit_code": unit_code, "class_code": class_code, "name": name}
    connection.execute(upsert(connection)(SCHOOL_CLASS).values(row).on_conflict_do_nothing())


def put_classes(connection: Connection, codes: Iterable[tuple[str, str]]) -> None:
    """Keep classes of schools; those that are there stay as they are."""
    rows = [{"unit_code": unit, "class_code": code, "name": ""} for unit, code in sorted(codes)]
    if rows:
        statement = upsert(connection)(SCHOOL_CLASS).on_conflict_do_nothing()
        connection.execute(statement, rows)


def class_names(connection: Connection, unit_code: str) -> dict[str, str]:
    """Give what a school calls its classes, where it calls them anything, by code."""
    query = select(SCHOOL_CLASS.c.class_code, SCHOOL_CLASS.c.name)
    rows = connection.execute(query.where(SCHOOL_CLASS.c.unit_code == unit_code))
    return {row.class_code: row.name for row in rows}


def teach(connection: Connection, actor_id: str, unit_code: str, class_code: str) -> None:
    """Let somebody teach a class, which is made where there is none."""
    put_class(connection, unit_code, class_code)
    row = {"actor_id": actor_id, "unit_code": unit_code, "class_code": class_code}
    connection.execute(upsert(connection)(CLASS_TEACHER).values(row).on_conflict_do_nothing())


def teach_only(
    connection: Connection, actor_id: str, unit_code: str, codes: Collection[str]
) -> None:
    """Let somebody teach just these classes of a school."""
    columns = CLASS_TEACHER.c
    connection.execute(delete(CLASS_TEACHER).where(columns.actor_id == actor_id))
    for code in sorted(codes):
        teach(connection, actor_id, unit_code, code)


def classes_of(connection: Connection, actor_id: str, unit_code: str) -> set[str]:
    """Give the classes that somebody teaches in a school."""
    query = select(CLASS_TEACHER.c.class_code).where(
        CLASS_TEACHER.c.actor_id == actor_id, CLASS_TEACHER.c.unit_code == unit_code
    )
    return set(connection.execute(query).scalars())


def teachers(connection: Connection, unit_code: str, class_code: str) -> list[str]:
    """Give the usernames of the active class teachers of a class."""
    account_id = literal(ACCOUNT_PREFIX) + ACCOUNT.c.username
    query = (
        select(ACCOUNT.c.username)
        .join(CLASS_TEACHER, CLASS_TEACHER.c.actor_id == account_id)
        .where(
            CLASS_TEACHER.c.unit_code == unit_code,
            CLASS_TEACHER.c.class_code == class_code,
            ACCOUNT.c.unit_code == unit_code,
            ACCOUNT.c.role == Role.CLASS_TEACHER,
            ACCOUNT.c.is_active.is_(True),
        )
        .order_by(ACCOUNT.c.username)
    )
    return list(connection.execute(query).scalars())


def link(connection: Connection, entry_id: str, pupil_id: str) -> str:
    """Say that an entry of a gallery is this pupil; give whose it is now: the first to say so."""
    row = {"entry_id": entry_id, "pupil_id": pupil_id}
    connection.execute(upsert(connection)(PUPIL_ENTRY).values(row).on_conflict_do_nothing())
    chosen = select(PUPIL_ENTRY.c.pupil_id).where(PUPIL_ENTRY.c.entry_id == entry_id)
    return str(connection.execute(chosen).scalar_one())


def of_entries(connection: Connection, entry_ids: Sequence[str]) -> dict[str, str]:
    """Give the pupils whose entries these are, by entry; entries of nobody are left out."""
    query = select(PUPIL_ENTRY).where(PUPIL_ENTRY.c.entry_id.in_(list(entry_ids)))
    return {row.entry_id: row.pupil_id for row in connection.execute(query)}


def entries(connection: Connection, pupil_id: str) -> list[str]:
    """List the entries of a pupil."""
    query = select(PUPIL_ENTRY.c.entry_id).where(PUPIL_ENTRY.c.pupil_id == pupil_id)
    return list(connection.execute(query.order_by(PUPIL_ENTRY.c.entry_id)).scalars())


def is_enrolled(connection: Connection, entry_id: str, unit_code: str) -> bool:
    """Tell whether a school has a living pupil's enrolment of this id."""
    columns = ENROLMENT.c
    query = select(columns.entry_id).where(
        columns.entry_id == entry_id,
        columns.unit_code == unit_code,
        columns.kind == "pupil",
        columns.withdrawn_at.is_(None),
    )
    return connection.execute(query).first() is not None


def empty(connection: Connection, pupil_id: str, by: str, now_ms: int) -> None:
    """Withdraw a pupil: what is personal goes at once, the key right after."""
    connection.execute(delete(GUARDIAN).where(GUARDIAN.c.pupil_id == pupil_id))
    connection.execute(delete(PUPIL_ENTRY).where(PUPIL_ENTRY.c.pupil_id == pupil_id))
    change(
        connection, pupil_id, class_code=None, school_no=None, birth_year=None, is_boarder=False,
        dormitory_room=None, locked=None, withdrawn_at=now_ms, withdrawn_by=by,
    )  # fmt: skip


def keys_to_destroy(connection: Connection) -> list[tuple[str, str]]:
    """List id and key digest of those who were withdrawn while their key still lies there."""
    columns = PUPIL.c
    query = select(columns.pupil_id, columns.key_digest).where(
        columns.withdrawn_at.is_not(None), columns.key_destroyed_at.is_(None)
    )
    return [(row.pupil_id, row.key_digest) for row in connection.execute(query)]


def key_destroyed(connection: Connection, pupil_id: str, now_ms: int) -> bool:
    """Remember that a key is gone; tell whether it was not known before."""
    chosen = and_(PUPIL.c.pupil_id == pupil_id, PUPIL.c.key_destroyed_at.is_(None))
    done = connection.execute(update(PUPIL).where(chosen).values(key_destroyed_at=now_ms))
    return done.rowcount == 1


def _pupil(row: Row[Any]) -> Pupil:
    return Pupil(**{name: getattr(row, name) for name in Pupil.__slots__})
