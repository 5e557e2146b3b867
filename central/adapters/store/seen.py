"""How far somebody has read: what has happened since they last looked."""

from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from central.adapters.store import timeline
from central.adapters.store.incidents import upsert
from central.adapters.store.reach import may_know
from central.adapters.store.schema.desk import BOARD_SEEN, INCIDENT_SEEN
from central.adapters.store.tables import INCIDENT, SITE, TIMELINE
from central.core.people import Actor

FURTHEST_BACK = 5000
"""Lines of the story: who has not looked for longer is told of these, and sees the list."""
DAY_MS = 24 * 3600 * 1000

UNHEARD = frozenset({"notified", "notice_out", "notice_failed", "suggested", "subject_named"})
"""What is no news by itself."""


def changed(
    connection: Connection, actor: Actor, now_ms: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """List the cases in which others have done something since somebody last looked.

    Each comes with its last line, the newest first. Gives also the line up to which this is true.
    """
    newest = timeline.newest(connection)
    read_to = _read_to(connection, actor.actor_id, newest)
    seen, line = INCIDENT_SEEN.c, TIMELINE.c
    mine = and_(seen.incident_id == line.incident_id, seen.actor_id == actor.actor_id)
    since = (
        and_(line.id > read_to, line.at > now_ms - DAY_MS) if read_to == 0 else line.id > read_to
    )
    fresh = (  # first the newest lines by their number: a planner left to itself groups them all
        select(line.id).where(line.id > newest - FURTHEST_BACK).limit(FURTHEST_BACK).subquery()
    )
    last = (
        select(func.max(line.id).label("id"), func.count().label("count"))
        .join(fresh, fresh.c.id == line.id)
        .outerjoin(INCIDENT_SEEN, mine)
        .where(
            since,
            line.actor != actor.actor_id,
            line.event.not_in(sorted(UNHEARD)),
            or_(seen.line_id.is_(None), line.id > seen.line_id),
        )
        .group_by(line.incident_id)
        .subquery()
    )
    query = (
        select(
            line.incident_id, line.event, line.actor, line.actor_name, line.at, last.c.count,
            INCIDENT.c.number, INCIDENT.c.kind, INCIDENT.c.severity, INCIDENT.c.status,
            INCIDENT.c.is_drill,
            SITE.c.name_zh.label("site_zh"), SITE.c.name_en.label("site_en"),
        )
        .join(last, last.c.id == line.id)
        .join(INCIDENT, INCIDENT.c.incident_id == line.incident_id)
        .join(SITE, SITE.c.site_id == INCIDENT.c.site_id)
        .where(may_know(actor))
        .order_by(line.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()], newest


def all_read(connection: Connection, actor: Actor, line_id: int, now_ms: int) -> None:
    """Keep that somebody has taken note of all that happened up to a line."""
    _put(connection, BOARD_SEEN, {"actor_id": actor.actor_id}, {"line_id": line_id, "at": now_ms})
    done = and_(INCIDENT_SEEN.c.actor_id == actor.actor_id, INCIDENT_SEEN.c.line_id <= line_id)
    connection.execute(INCIDENT_SEEN.delete().where(done))


def is_news(connection: Connection, actor: Actor, incident_id: str, line_id: int) -> bool:
    """Tell whether a case has gone on since somebody last had it open."""
    columns = INCIDENT_SEEN.c
    mine = and_(columns.actor_id == actor.actor_id, columns.incident_id == incident_id)
    had = connection.execute(select(columns.line_id).where(mine)).scalar()
    return had is None or had < line_id


def opened(connection: Connection, actor: Actor, incident_id: str, line_id: int) -> None:
    """Keep that somebody has read one case as far as a line of its story.

    What is too far back to be told of is forgotten.
    """
    columns = INCIDENT_SEEN.c
    far = and_(columns.actor_id == actor.actor_id, columns.line_id < line_id - FURTHEST_BACK)
    connection.execute(INCIDENT_SEEN.delete().where(far))
    key = {"actor_id": actor.actor_id, "incident_id": incident_id}
    _put(connection, INCIDENT_SEEN, key, {"line_id": line_id})


def _read_to(connection: Connection, actor_id: str, newest: int) -> int:
    query = select(BOARD_SEEN.c.line_id).where(BOARD_SEEN.c.actor_id == actor_id)
    return min(int(connection.execute(query).scalar() or 0), newest)


def _put(connection: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    statement = upsert(connection)(table).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
