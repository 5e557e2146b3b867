"""Claims with which devices come, and what became of each try."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from central.adapters.store.schema.identities import DEVICE_ATTEMPT, DEVICE_CLAIM
from central.adapters.store.tables import DEVICE, SITE
from central.core.claims import WELL, WINDOW_MS, Claim, Step

MOST_SHOWN = 200
ATTEMPTS_KEPT_MS = 180 * 24 * 3600 * 1000
MOST_ATTEMPTS = 20_000
"""Whoever knocks for months fills no disk: the oldest go."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a device to get a certificate; `code` is empty where it went well."""

    address: str
    step: Step
    code: str = ""
    claim_id: str = ""
    device_id: str = ""
    hardware: str = ""


def put(connection: Connection, claim: Claim, secret: str, by: str, now_ms: int) -> None:
    """Keep a new claim by its secret's hash; open ones of the same device are withdrawn."""
    withdraw(connection, claim.device_id, now_ms)
    connection.execute(
        DEVICE_CLAIM.insert().values(
            claim_id=claim.claim_id,
            secret_hash=_hash(secret),
            device_id=claim.device_id,
            created_at=now_ms,
            created_by=by,
            expires_at=claim.expires_at,
        )
    )


def withdraw(connection: Connection, device_id: str, now_ms: int) -> int:
    """Withdraw a device's open claims; give how many there were."""
    columns = DEVICE_CLAIM.c
    is_open = and_(columns.device_id == device_id, columns.spki.is_(None),
                   columns.withdrawn_at.is_(None))  # fmt: skip
    changed = update(DEVICE_CLAIM).where(is_open).values(withdrawn_at=now_ms)
    return int(connection.execute(changed).rowcount)


def found(connection: Connection, claim_id: str, secret: str) -> Claim | None:
    """Give a claim to whoever knows its secret, held until the transaction ends."""
    columns = DEVICE_CLAIM.c
    mine = and_(columns.claim_id == claim_id, columns.secret_hash == _hash(secret))
    row = connection.execute(select(DEVICE_CLAIM).where(mine).with_for_update()).one_or_none()
    if row is None:
        return None
    return Claim(row.claim_id, row.device_id, row.expires_at, row.withdrawn_at, row.spki)


def device_of(connection: Connection, claim_id: str) -> str:
    """Give the device that a claim is for, without its secret: for the record of a try."""
    chosen = select(DEVICE_CLAIM.c.device_id).where(DEVICE_CLAIM.c.claim_id == claim_id)
    return str(connection.execute(chosen).scalar() or "")


def use(connection: Connection, claim_id: str, spki: str, serial: str, now_ms: int) -> None:
    """Bind a claim to the key that has come with it."""
    mine = DEVICE_CLAIM.c.claim_id == claim_id
    connection.execute(
        update(DEVICE_CLAIM).where(mine).values(spki=spki, serial=serial, used_at=now_ms)
    )


def serial_of(connection: Connection, claim_id: str) -> str:
    """Give the certificate that a used claim has led to."""
    chosen = select(DEVICE_CLAIM.c.serial).where(DEVICE_CLAIM.c.claim_id == claim_id)
    return str(connection.execute(chosen).scalar_one())


def tried(connection: Connection, attempt: Attempt, now_ms: int) -> None:
    """Keep a try; of those that came too often the first. Old ones are forgotten."""
    columns = DEVICE_ATTEMPT.c
    if attempt.step is Step.RATE and _was_told(connection, attempt.address, now_ms):
        return
    newest = select(func.max(columns.id)).scalar_subquery()
    is_old = or_(columns.at < now_ms - ATTEMPTS_KEPT_MS, columns.id <= newest - MOST_ATTEMPTS)
    connection.execute(delete(DEVICE_ATTEMPT).where(is_old))
    connection.execute(
        DEVICE_ATTEMPT.insert().values(
            at=now_ms,
            address=attempt.address[:64],
            claim_id=attempt.claim_id[:16],
            device_id=attempt.device_id,
            step=attempt.step.value,
            code=attempt.code,
            hardware=attempt.hardware[:200],
        )
    )


def refused_of_late(
    connection: Connection, address: str, claim_id: str, now_ms: int
) -> tuple[int, int]:
    """Count the refusals of late: from an address, and of a claim."""
    columns = DEVICE_ATTEMPT.c
    lately = and_(columns.at > now_ms - WINDOW_MS, columns.step.not_in([*WELL, Step.RATE]))
    counted = select(func.count()).select_from(DEVICE_ATTEMPT)
    from_address = counted.where(lately, columns.address == address[:64])
    of_claim = counted.where(lately, columns.claim_id == claim_id[:16], columns.claim_id != "")
    return (
        int(connection.execute(from_address).scalar_one()),
        int(connection.execute(of_claim).scalar_one()),
    )


def listed(connection: Connection) -> list[dict[str, Any]]:
    """List claims with their devices and places, the newest first."""
    columns = DEVICE_CLAIM.c
    query = (
        select(
            columns.claim_id, columns.device_id, columns.created_at, columns.created_by,
            columns.expires_at, columns.withdrawn_at, columns.used_at, columns.spki,
            DEVICE.c.profile, DEVICE.c.is_online, DEVICE.c.availability_at, SITE.c.name_zh,
            SITE.c.name_en,
        )
        .join_from(DEVICE_CLAIM, DEVICE, columns.device_id == DEVICE.c.device_id)
        .join(SITE, DEVICE.c.site_id == SITE.c.site_id)
        .order_by(columns.created_at.desc(), columns.claim_id)
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def attempts(connection: Connection, device_id: str | None = None) -> list[dict[str, Any]]:
    """List tries, the newest first; of one device where it is named."""
    query = select(DEVICE_ATTEMPT).order_by(DEVICE_ATTEMPT.c.id.desc()).limit(MOST_SHOWN)
    if device_id is not None:
        query = query.where(DEVICE_ATTEMPT.c.device_id == device_id)
    return [dict(row) for row in connection.execute(query).mappings()]


def _was_told(connection: Connection, address: str, now_ms: int) -> bool:
    columns = DEVICE_ATTEMPT.c
    lately = and_(columns.at > now_ms - WINDOW_MS, columns.step == Step.RATE,
                  columns.address == address[:64])  # fmt: skip
    return connection.execute(select(columns.id).where(lately).limit(1)).first() is not None


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
