"""Texts of playbooks: uploaded, in force, gone back to."""

from typing import Any

from sqlalchemy import Connection, RowMapping, and_, insert, select, update

from central.adapters.store.schema.registry import PLAYBOOK_TEXT


def put(connection: Connection, row: dict[str, Any]) -> None:
    """Keep a text."""
    connection.execute(insert(PLAYBOOK_TEXT).values(**row))


def listed(connection: Connection, playbook: str) -> list[RowMapping]:
    """List the texts of a playbook, the newest first."""
    columns = PLAYBOOK_TEXT.c
    query = select(PLAYBOOK_TEXT).where(columns.playbook == playbook)
    ordered = query.order_by(columns.uploaded_at.desc(), columns.text_id.desc())
    return list(connection.execute(ordered).mappings())


def found(connection: Connection, text_id: str) -> RowMapping | None:
    """Give one text."""
    query = select(PLAYBOOK_TEXT).where(PLAYBOOK_TEXT.c.text_id == text_id)
    return connection.execute(query).mappings().first()


def end(connection: Connection, playbook: str, now_ms: int) -> None:
    """Say that none of a name is in force any more."""
    columns = PLAYBOOK_TEXT.c
    mine = and_(columns.playbook == playbook, columns.in_force_at.is_not(None),
                columns.ended_at.is_(None))  # fmt: skip
    connection.execute(update(PLAYBOOK_TEXT).where(mine).values(ended_at=now_ms))


def put_in_force(connection: Connection, row: RowMapping, now_ms: int) -> None:
    """Say that a text is in force from now on."""
    end(connection, row["playbook"], now_ms)
    mine = update(PLAYBOOK_TEXT).where(PLAYBOOK_TEXT.c.text_id == row["text_id"])
    connection.execute(mine.values(in_force_at=now_ms, ended_at=None))
