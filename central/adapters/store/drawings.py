"""Pictures that were asked of devices, and what the district has drawn on them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from central.adapters.store.schema.fleet import DEVICE_DRAWING, DEVICE_PICTURE
from central.adapters.store.tables import DOWN_MESSAGE
from contract.drawing import CameraDrawing, Command, Desired
from contract.messages import Reported
from contract.topics import Down


def ask_picture(connection: Connection, command: Command, by: str, reason: str) -> None:
    """Ask a device for a picture, in the caller's transaction."""
    asked_at, expires_at = (_ms(at) for at in (command.at, command.expires_at))
    connection.execute(DEVICE_PICTURE.insert().values(
        command_id=command.command_id, device_id=command.device_id, camera_id=command.camera_id,
        reason=reason, asked_by=by, asked_at=asked_at, expires_at=expires_at,
    ))  # fmt: skip
    _send(connection, command.device_id, Down.COMMAND, command.model_dump_json(), asked_at)


def asked(connection: Connection, device_id: str, command_id: str) -> RowMapping | None:
    """Give what was asked of a device and has no answer yet."""
    columns = DEVICE_PICTURE.c
    query = select(DEVICE_PICTURE).where(
        columns.command_id == command_id,
        columns.device_id == device_id,
        columns.answered_at.is_(None),
    )
    return connection.execute(query).mappings().first()


def keep_answer(connection: Connection, command_id: str, **values: Any) -> None:
    """Keep what a device has answered."""
    chosen = DEVICE_PICTURE.c.command_id == command_id
    connection.execute(update(DEVICE_PICTURE).where(chosen).values(**values))


def last_asked(connection: Connection, device_id: str, camera_id: str) -> RowMapping | None:
    """Give the last picture that was asked of a camera, answered or not; without its bytes."""
    return _newest(connection, device_id, camera_id)


def last_picture(connection: Connection, device_id: str, camera_id: str) -> RowMapping | None:
    """Give the last picture of a camera that came; without its bytes."""
    return _newest(connection, device_id, camera_id, came=True)


def picture(connection: Connection, device_id: str, command_id: str) -> bytes | None:
    """Give a picture's bytes."""
    columns = DEVICE_PICTURE.c
    query = select(columns.picture).where(
        columns.command_id == command_id, columns.device_id == device_id
    )
    found: bytes | None = connection.execute(query).scalar()
    return found


def forget_pictures(connection: Connection, before_ms: int) -> int:
    """Delete pictures that were asked for before a time; give how many."""
    gone = delete(DEVICE_PICTURE).where(DEVICE_PICTURE.c.asked_at < before_ms)
    return connection.execute(gone).rowcount


def put_drawing(
    connection: Connection, wanted: dict[str, Any], by: str, now_ms: int, undoes: int | None = None
) -> int:
    """Keep what is to be drawn (`device_id`, `camera_id`, `over`, `drawing`, `before`) and send it.

    Gives its revision.
    """
    device_id, drawing = wanted["device_id"], wanted["drawing"]
    columns = DEVICE_DRAWING.c
    query = select(func.max(columns.revision)).where(columns.device_id == device_id)
    revision = int(connection.execute(query).scalar() or 0) + 1
    connection.execute(DEVICE_DRAWING.insert().values(
        device_id=device_id, revision=revision, camera_id=wanted["camera_id"],
        drawn_over=wanted["over"], drawing=_plain(drawing), before=_plain(wanted["before"]),
        made_at=now_ms, made_by=by, undoes=undoes,
    ))  # fmt: skip
    desired = Desired(
        device_id=device_id,
        revision=revision,
        camera_id=wanted["camera_id"],
        over=wanted["over"],
        drawing=drawing,
        at=datetime.fromtimestamp(now_ms // 1000, UTC),
    )
    _send(connection, device_id, Down.DESIRED, desired.model_dump_json(), now_ms)
    return revision


def settle(connection: Connection, said: Reported, now_ms: int) -> None:
    """Keep what a device says has become of the drawings that it was sent."""
    columns = DEVICE_DRAWING.c
    mine = update(DEVICE_DRAWING).where(
        columns.device_id == said.device_id, columns.taken_at.is_(None), columns.refused == ""
    )
    taken = mine.where(columns.revision == said.config_revision)
    connection.execute(taken.values(taken_at=now_ms))
    if said.config_refused:
        refused = mine.where(columns.revision == said.config_seen)
        connection.execute(refused.values(refused=said.config_refused))


def last_drawing(connection: Connection, device_id: str, camera_id: str) -> RowMapping | None:
    """Give the last drawing for a camera."""
    columns = DEVICE_DRAWING.c
    query = select(DEVICE_DRAWING).where(
        columns.device_id == device_id, columns.camera_id == camera_id
    )
    newest = query.order_by(columns.revision.desc()).limit(1)
    return connection.execute(newest).mappings().first()


def _newest(
    connection: Connection, device_id: str, camera_id: str, *, came: bool = False
) -> RowMapping | None:
    columns = DEVICE_PICTURE.c
    query = select(*(one for one in columns if one.name != "picture")).where(
        columns.device_id == device_id, columns.camera_id == camera_id
    )
    if came:
        query = query.where(columns.revision.is_not(None))
    newest = query.order_by(columns.asked_at.desc(), columns.command_id.desc()).limit(1)
    return connection.execute(newest).mappings().first()


def _send(connection: Connection, device_id: str, leaf: Down, body: str, now_ms: int) -> None:
    connection.execute(DOWN_MESSAGE.insert().values(
        device_id=device_id, leaf=leaf.value, body=body, created_at=now_ms
    ))  # fmt: skip


def _plain(drawing: CameraDrawing) -> dict[str, Any]:
    return drawing.model_dump(mode="json")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
