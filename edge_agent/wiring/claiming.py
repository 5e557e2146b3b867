"""How a device comes to its certificate, and keeps it fresh: from the card to the files."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contract.claims import (
    MAX_TICKET_BYTES,
    EnrolmentWanted,
    Identity,
    RenewalWanted,
    TicketError,
    ticket_of,
)
from edge_agent.adapters.district import District, DistrictError
from edge_agent.adapters.identity import IdentityError, IdentityFolder, write_for_processes
from edge_agent.adapters.place_file import FILES, place, trust_releases
from edge_agent.adapters.scrubbing import scrub
from edge_agent.config import EdgeConfig
from edge_agent.core.renewal import days_left, is_due

MODEL = Path("/proc/device-tree/model")
KEYS = {"signing_key": "central.pub", "enrolment_key": "enrolment.pub",
        "release_keys": "release.pub"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who the device is now; `left_on_card` where the claim could not be removed, and why."""

    device_id: str
    until: datetime
    left_on_card: str = ""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of it: `is_new` where there is another certificate."""

    is_new: bool
    days_left: int


def enrol(ticket_file: Path, config_file: Path) -> Enrolled:
    """Go once from the claim on the card to certificate and config, then take the claim away.

    Whatever fails on the way, it may be begun again: the key stays, and the same key with the
    same claim gets the same certificate.

    Raises:
        TicketError, DistrictError, IdentityError, OSError: with what to do.
    """
    ticket = ticket_of(_read(ticket_file))
    folder = config_file.parent
    folder.mkdir(parents=True, exist_ok=True)
    mine = IdentityFolder(folder / FILES["key_file"], folder / FILES["cert_file"])
    mine.settle()
    district = District.of(ticket)
    wanted = EnrolmentWanted(claim=ticket.claim, csr=mine.first_request(), hardware=_hardware())
    given = district.enrol(wanted)
    _keep(folder, given)
    place(config_file, given, ticket.url)
    mine.take_first(given.certificate)
    try:
        scrub(ticket_file)
        left = ""
    except OSError as error:
        left = str(error)
    return Enrolled(given.device_id, mine.validity.until, left)


def renew(
    config: EdgeConfig,
    config_file: Path,
    now: Callable[[], datetime],
    *,
    is_forced: bool = False,
    reach: Callable[[str, bytes], District] = District,
) -> Renewed:
    """Ask for the next certificate where it is time, or where the district has a new authority.

    Raises:
        DistrictError, IdentityError: with what to do.
    """
    broker = config.broker
    if broker.ca_file is None or broker.cert_file is None or broker.key_file is None:
        msg = "配置里没有证书,请先入网 (the config names no certificate: enrol first)"
        raise IdentityError(msg)
    if not broker.renew_url:
        msg = "配置 [broker] 里没有 renew_url (where to renew is not known)"
        raise IdentityError(msg)
    mine = IdentityFolder(broker.key_file, broker.cert_file)
    mine.settle()
    trusted = _trusted(broker.ca_file)
    district = reach(broker.renew_url, trusted)
    held = mine.validity
    has_changed = _without_blanks(district.authorities()) != _without_blanks(trusted)
    if not (is_forced or has_changed or is_due(held.since, held.until, now())):
        return Renewed(is_new=False, days_left=days_left(held.until, now()))
    request = mine.next_request()
    nonce = district.challenge(mine.certificate)
    signature = b64encode(mine.signed(nonce, request)).decode()
    wanted = RenewalWanted(
        certificate=mine.certificate, csr=request, nonce=nonce, signature=signature
    )
    given = district.renew(wanted)
    write_for_processes(broker.ca_file, given.authorities.encode())
    if given.release_keys:
        write_for_processes(config_file.parent / KEYS["release_keys"], given.release_keys.encode())
        trust_releases(config_file, KEYS["release_keys"])
    mine.take_next(given.certificate)
    return Renewed(is_new=True, days_left=days_left(mine.validity.until, now()))


def _keep(folder: Path, given: Identity) -> None:
    write_for_processes(folder / FILES["ca_file"], given.authorities.encode())
    for field, name in KEYS.items():
        if content := getattr(given, field):
            write_for_processes(folder / name, content.encode())


def _read(ticket_file: Path) -> str:
    try:
        with ticket_file.open("rb") as file:
            return file.read(MAX_TICKET_BYTES).decode()
    except FileNotFoundError:
        msg = f"{ticket_file}: 卡上没有入网码,请重新制卡 (no claim on the card)"
        raise TicketError(msg) from None
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{ticket_file}: 入网码读不出 (the claim cannot be read): {error}"
        raise TicketError(msg) from None


def _trusted(ca_file: Path) -> bytes:
    try:
        return ca_file.read_bytes()
    except OSError as error:
        msg = f"{ca_file}: 读不出 CA 证书 (the authority's certificate cannot be read): {error}"
        raise IdentityError(msg) from error


def _without_blanks(pem: bytes) -> bytes:
    return b"".join(pem.split())


def _hardware() -> str:
    try:
        return MODEL.read_text("utf-8", "replace").strip("\x00 \n")[:200]
    except OSError:
        return ""


__all__ = ["DistrictError", "Enrolled", "IdentityError", "Renewed", "TicketError", "enrol", "renew"]
