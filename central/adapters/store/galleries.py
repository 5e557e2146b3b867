"""Which device is owed which entries: planned here as ids, sealed only when it is sent."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from central.adapters.store import enrolments
from central.adapters.store.tables import DEVICE, DOWN_MESSAGE, ENROLMENT, ENROLMENT_SITE, SITE
from central.core.enrolment import PROFILE_OF, PURPOSE_OF
from central.core.galleries import is_due_again, plans
from contract.scenarios import Scenario
from contract.topics import Down


def devices_of(connection: Connection, entry: RowMapping) -> list[str]:
    """List the devices that are to know an entry: of its purpose, at its school's places or named.

    Revoked ones are never among them.
    """
    named = enrolments.site_ids(connection, entry["entry_id"])
    chosen = select(DEVICE.c.device_id, DEVICE.c.site_id, SITE.c.relations).join(
        SITE, SITE.c.site_id == DEVICE.c.site_id
    )
    chosen = chosen.where(
        DEVICE.c.is_revoked.is_(False), DEVICE.c.profile == PROFILE_OF[Scenario(entry["purpose"])]
    )
    return [
        row.device_id
        for row in connection.execute(chosen.order_by(DEVICE.c.device_id))
        if row.site_id in named or row.relations.get("school") == entry["unit_code"]
    ]


def entries_of(connection: Connection, device_id: str, now_ms: int) -> list[str]:
    """List the entries that a device is to know now."""
    chosen = select(DEVICE.c.site_id, DEVICE.c.profile, DEVICE.c.is_revoked, SITE.c.relations)
    row = connection.execute(
        chosen.join(SITE, SITE.c.site_id == DEVICE.c.site_id).where(DEVICE.c.device_id == device_id)
    ).one()
    if row.is_revoked or row.profile not in PURPOSE_OF:  # a door's gateway matches nobody
        return []
    named = select(ENROLMENT_SITE.c.entry_id).where(ENROLMENT_SITE.c.site_id == row.site_id)
    wanted = select(ENROLMENT.c.entry_id).where(
        ENROLMENT.c.purpose == PURPOSE_OF[row.profile].value,
        enrolments.is_alive(now_ms),
        or_(
            ENROLMENT.c.unit_code == row.relations.get("school", ""),
            ENROLMENT.c.entry_id.in_(named),
        ),
    )
    return list(connection.execute(wanted.order_by(ENROLMENT.c.entry_id)).scalars())


def tell(
    connection: Connection, device_ids: Sequence[str], now_ms: int,
    *, entry_ids: Sequence[str] = (), removed: Sequence[str] = (),
) -> None:  # fmt: skip
    """Owe devices a change; one that never asked for a gallery gets it whole when it does."""
    for device_id in sorted(device_ids):
        if _gallery_key(connection, device_id) is not None:
            _queue(connection, device_id, entry_ids, removed, now_ms)


def begin_anew(connection: Connection, device_id: str, now_ms: int) -> int:
    """Owe a device its whole gallery; give how many entries that are."""
    owed = entries_of(connection, device_id, now_ms)
    _queue(connection, device_id, owed, (), now_ms, is_anew=True)
    return len(owed)


def behind(connection: Connection, now_ms: int) -> list[str]:
    """List the devices that report another key or another revision than they should have."""
    chosen = select(*_STANDING).where(DEVICE.c.is_revoked.is_(False), DEVICE.c.is_online.is_(True))
    rows = connection.execute(chosen.order_by(DEVICE.c.device_id)).mappings()
    return [row["device_id"] for row in rows if _is_behind(row, now_ms)]


def catch_up(connection: Connection, device_id: str, now_ms: int) -> None:
    """Begin anew with a device that is behind.

    One that does not confirm is told again ever more seldom; one that was never owed anything only
    has its key remembered.
    """
    chosen = select(*_STANDING).where(DEVICE.c.device_id == device_id).with_for_update()
    row = connection.execute(chosen).mappings().one()
    if not _is_behind(row, now_ms) or _waits(connection, device_id):
        return
    reported = row["reported"]
    is_new_key = reported["sealing_key"] != row["gallery_key"]
    tries = 0 if is_new_key else row["gallery_tries"] + 1
    change = {"gallery_key": reported["sealing_key"], "gallery_tries": tries}
    connection.execute(update(DEVICE).where(DEVICE.c.device_id == device_id).values(**change))
    held = row["gallery_revision"] or reported.get("gallery_revision", 0)
    if held or entries_of(connection, device_id, now_ms):
        begin_anew(connection, device_id, now_ms)


def confirmed(connection: Connection, device_id: str) -> bool:
    """Tell whether a device holds what it should, by its own word."""
    chosen = select(*_STANDING).where(DEVICE.c.device_id == device_id)
    row = connection.execute(chosen).mappings().one()
    reported: dict[str, Any] = row["reported"] or {}
    return bool(reported.get("gallery_revision", 0) == row["gallery_revision"])


_STANDING = (
    DEVICE.c.device_id, DEVICE.c.reported, DEVICE.c.gallery_key, DEVICE.c.gallery_revision,
    DEVICE.c.gallery_at, DEVICE.c.gallery_tries,
)  # fmt: skip


def _is_behind(row: RowMapping, now_ms: int) -> bool:
    reported: dict[str, Any] = row["reported"] or {}
    key = reported.get("sealing_key")
    if key is None:
        return False
    if key != row["gallery_key"]:
        return True
    is_current = reported.get("gallery_revision", 0) == row["gallery_revision"]
    return not is_current and is_due_again(row["gallery_tries"], row["gallery_at"], now_ms)


def _queue(
    connection: Connection, device_id: str, entry_ids: Sequence[str], removed: Sequence[str],
    now_ms: int, *, is_anew: bool = False,
) -> None:  # fmt: skip
    """Count the revisions on and queue; the device's row is ours until the commit, so is order."""
    count = len(plans(0, entry_ids, removed, is_anew=is_anew))
    last = connection.execute(
        update(DEVICE)
        .where(DEVICE.c.device_id == device_id)
        .values(gallery_revision=DEVICE.c.gallery_revision + count, gallery_at=now_ms)
        .returning(DEVICE.c.gallery_revision)
    ).scalar_one()
    for plan in plans(last - count, entry_ids, removed, is_anew=is_anew):
        connection.execute(
            insert(DOWN_MESSAGE).values(
                device_id=device_id, leaf=Down.GALLERY.value, body=plan.model_dump_json(),
                created_at=now_ms,
            )
        )  # fmt: skip


def _gallery_key(connection: Connection, device_id: str) -> str | None:
    chosen = select(DEVICE.c.gallery_key).where(DEVICE.c.device_id == device_id)
    return connection.execute(chosen).scalar()


def _waits(connection: Connection, device_id: str) -> bool:
    chosen = select(func.count()).where(
        DOWN_MESSAGE.c.device_id == device_id,
        DOWN_MESSAGE.c.leaf == Down.GALLERY.value,
        DOWN_MESSAGE.c.published_at.is_(None),
    )
    return connection.execute(chosen).scalar_one() > 0
