"""Every certificate that a device was given: which holds, which is revoked and why."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from central.adapters.certificates import Issued
from central.adapters.store.schema.identities import DEVICE_CERTIFICATE, DEVICE_CHALLENGE
from central.adapters.store.tables import DEVICE
from central.core.claims import CHALLENGE_MS, DAY_MS, RENEW_GRACE_DAYS, Kept


def put(
    connection: Connection, device_id: str, issued: Issued, of: tuple[str, str], now_ms: int
) -> None:
    """Keep a certificate as the one that a device has now; `of`: its key's and issuer's names."""
    expires_at = int(issued.expires_at.timestamp() * 1000)
    connection.execute(
        insert(DEVICE_CERTIFICATE).values(
            serial=issued.serial,
            device_id=device_id,
            spki=of[0],
            issuer=of[1],
            pem=issued.certificate.decode(),
            issued_at=now_ms,
            expires_at=expires_at,
        )
    )
    connection.execute(
        update(DEVICE)
        .where(DEVICE.c.device_id == device_id)
        .values(certificate_serial=issued.serial, certificate_expires_at=expires_at)
    )


def found(connection: Connection, serial: str) -> Kept | None:
    """Give what is kept of a certificate, held until the transaction ends."""
    query = select(DEVICE_CERTIFICATE).where(DEVICE_CERTIFICATE.c.serial == serial)
    row = connection.execute(query.with_for_update()).one_or_none()
    return _kept(row) if row else None


def of_key(connection: Connection, device_id: str, spki: str) -> tuple[Kept, str] | None:
    """Give a device's newest certificate for a key, with its PEM: its answer may have been lost."""
    columns = DEVICE_CERTIFICATE.c
    mine = and_(columns.device_id == device_id, columns.spki == spki)
    query = select(DEVICE_CERTIFICATE).where(mine).order_by(columns.issued_at.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return (_kept(row), str(row.pem)) if row else None


def revoke(
    connection: Connection, device_id: str, reason: str, now_ms: int, *, but: str = ""
) -> list[str]:
    """Revoke what a device has, but the one named; give the serials that this changed."""
    columns = DEVICE_CERTIFICATE.c
    mine = and_(columns.device_id == device_id, columns.revoked_at.is_(None),
                columns.serial != but)  # fmt: skip
    serials = list(connection.execute(select(columns.serial).where(mine)).scalars())
    connection.execute(
        update(DEVICE_CERTIFICATE).where(mine).values(revoked_at=now_ms, reason=reason)
    )
    return serials


def revoked(connection: Connection, now_ms: int) -> list[str]:
    """List what may not be used though its time is not over, in order."""
    columns = DEVICE_CERTIFICATE.c
    still = columns.expires_at > now_ms - RENEW_GRACE_DAYS * DAY_MS
    chosen = select(columns.serial).where(columns.revoked_at.is_not(None), still)
    return list(connection.execute(chosen.order_by(columns.serial)).scalars())


def devices_of(connection: Connection, serials: Sequence[str]) -> list[str]:
    """Name the devices that these certificates were given to, in order."""
    columns = DEVICE_CERTIFICATE.c
    query = select(columns.device_id).where(columns.serial.in_(serials)).distinct()
    return list(connection.execute(query.order_by(columns.device_id)).scalars())


def is_current(connection: Connection, serial: str, device_id: str) -> bool:
    """Tell whether a certificate is a device's, and neither of them revoked."""
    columns = DEVICE_CERTIFICATE.c
    mine = and_(columns.serial == serial, columns.device_id == device_id,
                columns.revoked_at.is_(None), DEVICE.c.is_revoked.is_(False))  # fmt: skip
    query = select(columns.serial).join(DEVICE, DEVICE.c.device_id == columns.device_id)
    return connection.execute(query.where(mine)).first() is not None


def issued_by_others(connection: Connection, issuers: Iterable[str]) -> list[str]:
    """List living devices whose present certificate none of these authorities has issued."""
    columns = DEVICE_CERTIFICATE.c
    query = (
        select(DEVICE.c.device_id)
        .join(DEVICE_CERTIFICATE, columns.serial == DEVICE.c.certificate_serial)
        .where(DEVICE.c.is_revoked.is_(False), columns.issuer.not_in(list(issuers)))
        .order_by(DEVICE.c.device_id)
    )
    return list(connection.execute(query).scalars())


def challenge(connection: Connection, nonce: str, serial: str, now_ms: int) -> None:
    """Keep a challenge for a certificate; those that have run out are forgotten."""
    columns = DEVICE_CHALLENGE.c
    connection.execute(delete(DEVICE_CHALLENGE).where(columns.expires_at <= now_ms))
    row = {"nonce_hash": _hash(nonce), "serial": serial, "expires_at": now_ms + CHALLENGE_MS}
    connection.execute(insert(DEVICE_CHALLENGE).values(row))


def spend(connection: Connection, nonce: str, serial: str, now_ms: int) -> bool:
    """Take a challenge; False where it was for another, is too old, or was taken before."""
    columns = DEVICE_CHALLENGE.c
    mine = and_(columns.nonce_hash == _hash(nonce), columns.serial == serial,
                columns.expires_at > now_ms)  # fmt: skip
    return connection.execute(delete(DEVICE_CHALLENGE).where(mine)).rowcount == 1


def _kept(row: Row[tuple[object, ...]]) -> Kept:
    return Kept(row.serial, row.device_id, row.spki, row.expires_at, row.revoked_at, row.reason)


def _hash(nonce: str) -> str:
    return sha256(nonce.encode()).hexdigest()
