"""Background checks, kept while somebody is employed."""

from typing import Any

from sqlalchemy import Connection, RowMapping, case, delete, func, select, update

from central.adapters.store.incidents import upsert
from central.adapters.store.schema.backgrounds import BACKGROUND_CHECK
from central.adapters.store.tables import ORG_UNIT, SITE
from central.core.backgrounds import Check, CheckOutcome, Coverage

_COLUMNS = BACKGROUND_CHECK.c


def found(connection: Connection, unit_code: str, person: str) -> RowMapping | None:
    """Read one check; nobody else may change it now."""
    query = select(BACKGROUND_CHECK).where(
        _COLUMNS.unit_code == unit_code, _COLUMNS.person == person
    )
    return connection.execute(query.with_for_update()).mappings().first()


def put(connection: Connection, check: Check, now_ms: int) -> None:
    """Keep a check in place of an earlier one of the same person."""
    values: dict[str, Any] = {
        "category": check.category, "outcome": check.outcome,
        "checked_on": check.checked_on and check.checked_on.isoformat(),
        "employed_until": check.employed_until and check.employed_until.isoformat(),
        "changed_at": now_ms,
    }  # fmt: skip
    key = {"unit_code": check.unit, "person": check.person}
    statement = upsert(connection)(BACKGROUND_CHECK).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def opened(connection: Connection, check: Check, incident_id: str) -> None:
    """Keep which case a finding has opened."""
    mine = update(BACKGROUND_CHECK).where(
        _COLUMNS.unit_code == check.unit, _COLUMNS.person == check.person
    )
    connection.execute(mine.values(incident_id=incident_id))


def erase(connection: Connection, unit_code: str, person: str) -> bool:
    """Forget a person; False where nobody of that code was there."""
    mine = delete(BACKGROUND_CHECK).where(
        _COLUMNS.unit_code == unit_code, _COLUMNS.person == person
    )
    return connection.execute(mine).rowcount == 1


def has_left(connection: Connection, today: str) -> bool:
    """Tell whether somebody's last day was before today."""
    query = select(_COLUMNS.person).where(_COLUMNS.employed_until < today).limit(1)
    return connection.execute(query).first() is not None


def erase_left(connection: Connection, today: str) -> int:
    """Forget all whose last day was before today; give how many."""
    return connection.execute(
        delete(BACKGROUND_CHECK).where(_COLUMNS.employed_until < today)
    ).rowcount


def coverage(connection: Connection) -> list[Coverage]:
    """Count for each school whose checks have ended, of those on its list; 0 of 0 where none."""
    is_done = case((_COLUMNS.outcome != CheckOutcome.PENDING, 1), else_=0)
    needs = case((_COLUMNS.outcome == CheckOutcome.NEEDS_ACTION, 1), else_=0)
    query = (
        select(
            ORG_UNIT.c.code,
            func.coalesce(func.sum(is_done), 0).label("done"),
            func.count(_COLUMNS.person).label("listed"),
            func.coalesce(func.sum(needs), 0).label("needs"),
        )
        .outerjoin(BACKGROUND_CHECK, _COLUMNS.unit_code == ORG_UNIT.c.code)
        .where(ORG_UNIT.c.kind == "school")
        .group_by(ORG_UNIT.c.code)
        .order_by(ORG_UNIT.c.code)
    )
    return [
        Coverage(row.code, int(row.done) if row.listed else 0, int(row.listed),
                 int(row.needs) if row.listed else 0)
        for row in connection.execute(query)
    ]  # fmt: skip


def site_of_school(connection: Connection, unit_code: str, *kinds: str) -> str | None:
    """Give a place that stands for a school: of the first kind that it has one of."""
    query = select(SITE.c.site_id, SITE.c.kind, SITE.c.relations).order_by(SITE.c.site_id)
    mine = [row for row in connection.execute(query) if row.relations.get("school") == unit_code]
    for kind in kinds:
        for row in mine:
            if row.kind == kind:
                return str(row.site_id)
    return None
