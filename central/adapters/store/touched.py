"""Which cases a transaction has changed, so that what is kept of them can follow at its end."""

from sqlalchemy import Connection

_NOTED = "touched cases"


def touch(connection: Connection, *incident_ids: str) -> None:
    """Note that cases have changed in this transaction."""
    connection.info.setdefault(_NOTED, set()).update(incident_ids)


def taken(connection: Connection) -> list[str]:
    """Give the cases that have changed since the last time it was asked, and forget them."""
    return sorted(connection.info.pop(_NOTED, ()))
