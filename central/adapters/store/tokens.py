"""What programs sign in with: a token, of which only the hash is kept."""

from typing import Any

from sqlalchemy import Connection, or_, select, update

from central.adapters.store.sign_ins import Visitor, hash_of
from central.adapters.store.tables import API_TOKEN
from central.core.people import Actor, Role

NAME_CHARS = 12
SEEN_EVERY_MS = 5 * 60 * 1000


def find(connection: Connection, token: str, now_ms: int) -> Visitor | None:
    """Tell which program this is, unless its token has run out or was revoked."""
    columns = API_TOKEN.c
    row = connection.execute(
        select(API_TOKEN).where(
            columns.token_hash == hash_of(token),
            columns.is_revoked.is_(False),
            or_(columns.expires_at.is_(None), columns.expires_at > now_ms),
        )
    ).one_or_none()
    if row is None:
        return None
    actor = Actor(f"token:{row.name}", row.name, Role(row.role), row.unit_code)
    scopes = frozenset(row.scopes.split())
    return Visitor(actor, "zh_Hans_CN", seen_at=row.used_at or 0, scopes=scopes)


def seen(connection: Connection, token: str, now_ms: int) -> None:
    """Note that a token is in use."""
    mine = API_TOKEN.c.token_hash == hash_of(token)
    connection.execute(update(API_TOKEN).where(mine).values(used_at=now_ms))


def listed(connection: Connection) -> list[dict[str, Any]]:
    """List the tokens, the newest first; `token_id` names one without opening anything."""
    query = select(API_TOKEN).order_by(API_TOKEN.c.created_at.desc(), API_TOKEN.c.name)
    found = [dict(row) for row in connection.execute(query).mappings()]
    return [{"token_id": row.pop("token_hash")[:NAME_CHARS], **row} for row in found]


def revoke(connection: Connection, named: str) -> list[str]:
    """Revoke the tokens of a name, or the one of an id; give the names of those it hit."""
    columns = API_TOKEN.c
    is_id = columns.token_hash.startswith(named, autoescape=True)
    mine = or_(columns.name == named, is_id) if len(named) == NAME_CHARS else columns.name == named
    still = select(columns.token_hash, columns.name).where(mine, columns.is_revoked.is_(False))
    hit = connection.execute(still).all()
    hashes = [row.token_hash for row in hit]
    connection.execute(
        update(API_TOKEN).where(columns.token_hash.in_(hashes)).values(is_revoked=True)
    )
    return [row.name for row in hit]
